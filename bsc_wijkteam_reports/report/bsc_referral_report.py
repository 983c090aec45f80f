from odoo import api, fields, models
from odoo.tools import SQL

from .bsc_report_mixin import selection_of


class BscReferralReport(models.Model):
    """One row per referral with nothing that tells who: for counting only.

    Whoever may see statistics may read it without access to the referrals themselves,
    so no reference, participant, professional or free text belongs here (rule 5).
    """

    _name = "bsc.referral.report"
    _description = "Referral Analysis"
    _inherit = ["bsc.report.mixin"]
    _auto = False
    _rec_name = "relation_id"
    _order = "date desc, id desc"
    # What has to be written to the database before it is counted.
    _depends = {
        "bsc.feedback": ["is_on_time", "referral_id"],
        "bsc.offering": ["sport_id"],
        "bsc.reason": ["gap"],
        "bsc.referral": [
            "active",
            "age_band",
            "area_id",
            "coach_id",
            "company_id",
            "date",
            "date_feedback_due",
            "date_intake",
            "date_lasting",
            "date_start",
            "is_overridden",
            "offering_id",
            "outcome",
            "provider_id",
            "reason_id",
            "relation_id",
            "source",
            "stage_id",
            "target_group_ids",
        ],
        "bsc.referral.stage": ["is_closed"],
    }

    active = fields.Boolean(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    # by what to count
    date = fields.Date("Received on", readonly=True)
    stage_id = fields.Many2one("bsc.referral.stage", readonly=True)
    relation_id = fields.Many2one("bsc.relation", "Team", readonly=True)
    coach_id = fields.Many2one("res.users", readonly=True)
    target_group_ids = fields.Many2many(
        "bsc.target.group",
        # The row has the id of its referral, and so its target groups.
        relation="bsc_referral_bsc_target_group_rel",
        column1="bsc_referral_id",
        column2="bsc_target_group_id",
        readonly=True,
        help="A referral counts in each of its target groups.",
    )
    age_band = fields.Selection(
        selection_of("bsc.referral", "age_band"), "Age group", readonly=True
    )
    source = fields.Selection(selection_of("bsc.referral", "source"), readonly=True)
    provider_id = fields.Many2one("bsc.provider", readonly=True)
    sport_id = fields.Many2one("bsc.sport", readonly=True)
    outcome = fields.Selection(selection_of("bsc.referral", "outcome"), readonly=True)
    reason_id = fields.Many2one("bsc.reason", readonly=True)
    gap = fields.Selection(
        selection_of("bsc.reason", "gap"),
        readonly=True,
        help="There was no fitting offer, or no place in it.",
    )
    is_overridden = fields.Boolean("Without a valid check", readonly=True)
    # what to count
    referred_count = fields.Integer("Referred", readonly=True)
    started_count = fields.Integer(
        "Started",
        readonly=True,
        help="Referrals of people who started taking part, whether or not they still"
        " do.",
    )
    take_up = fields.Float(
        "Take-up",
        readonly=True,
        aggregator="avg",
        help="Started ÷ referred.",
    )
    lasting_count = fields.Integer(
        "Lasting",
        readonly=True,
        help="Referrals of people who came as far as taking part lastingly.",
    )
    open_count = fields.Integer("Still open", readonly=True)
    days_to_intake = fields.Float(
        "Days to first contact",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Average number of days from receiving the referral to the intake.",
    )
    days_to_start = fields.Float(
        "Days to start",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Average number of days from receiving the referral to the start.",
    )
    feedback_count = fields.Integer("Feedback given", readonly=True)
    feedback_on_time_count = fields.Integer(
        "Feedback on time",
        readonly=True,
        help="How often feedback was given on or before the date it was due.",
    )
    feedback_late_count = fields.Integer(
        "Feedback late",
        readonly=True,
        help="Referrals whose referrer should have heard by now how it goes.",
    )

    @property
    def _table_query(self):
        return SQL("%s %s", self._select(), self._from())

    @api.model
    def _select(self):
        return SQL(
            """
            SELECT
                referral.id,
                referral.active,
                referral.company_id,
                referral.date,
                referral.stage_id,
                referral.relation_id,
                referral.coach_id,
                referral.area_id,
                %(wider_areas)s,
                referral.age_band,
                referral.source,
                referral.provider_id,
                offering.sport_id,
                referral.outcome,
                referral.reason_id,
                reason.gap,
                referral.is_overridden,
                1 AS referred_count,
                flag.is_started::int AS started_count,
                flag.is_started::int::float AS take_up,
                flag.is_lasting::int AS lasting_count,
                flag.is_open::int AS open_count,
                (referral.date_intake - referral.date)::float AS days_to_intake,
                (referral.date_start - referral.date)::float AS days_to_start,
                COALESCE(feedback.given, 0) AS feedback_count,
                COALESCE(feedback.on_time, 0) AS feedback_on_time_count,
                flag.is_late::int AS feedback_late_count
            """,
            wider_areas=self._wider_areas(),
        )

    @api.model
    def _from(self):
        return SQL(
            """
            FROM bsc_referral referral
            JOIN bsc_referral_stage stage ON stage.id = referral.stage_id
            %(areas)s
            LEFT JOIN bsc_offering offering ON offering.id = referral.offering_id
            LEFT JOIN bsc_reason reason ON reason.id = referral.reason_id
            LEFT JOIN (
                SELECT
                    referral_id,
                    COUNT(*) AS given,
                    COUNT(*) FILTER (WHERE is_on_time) AS on_time
                FROM bsc_feedback
                GROUP BY referral_id
            ) feedback ON feedback.referral_id = referral.id
            CROSS JOIN LATERAL (
                SELECT
                    -- Who skips a step on the board has started all the same.
                    COALESCE(
                        referral.date_start IS NOT NULL
                        OR referral.date_lasting IS NOT NULL
                        OR referral.outcome = 'lasting',
                        FALSE
                    ) AS is_started,
                    COALESCE(
                        referral.date_lasting IS NOT NULL
                        OR referral.outcome = 'lasting',
                        FALSE
                    ) AS is_lasting,
                    stage.is_closed IS NOT TRUE AS is_open,
                    COALESCE(referral.date_feedback_due < %(today)s, FALSE) AS is_late
            ) flag
            """,
            areas=self._join_areas("referral"),
            today=fields.Date.context_today(self),
        )
