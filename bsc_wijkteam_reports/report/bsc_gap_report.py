from odoo import api, fields, models
from odoo.tools import SQL

from .bsc_report_mixin import selection_of


class BscGapReport(models.Model):
    """Who found no place, for whom and where, beside who is willing to start a group.

    One row per referral and target group for the demand: closed, or waiting for a date
    to look again, because there was no fitting offer or no place in it. And one row per
    provider, area and target group for the willing: what its offerings say, of all of
    them when the provider wants to start a new group, else of those where a new group
    is possible. Who is willing and says neither area nor target group has one row that
    leaves both open.

    A referral of two target groups counts in both, and once in their total; so does a
    provider. For insiders only, so small numbers are shown as they are. Whoever may
    see statistics may read it without access to the referrals themselves: no reference,
    participant, professional or free text belongs here (rule 5).
    """

    _name = "bsc.gap.report"
    _description = "Gap List"
    _inherit = ["bsc.report.mixin"]
    _auto = False
    _rec_name = "target_group_id"
    _order = "target_group_id, area_id, state, date desc, id"
    # What has to be written to the database before it is counted.
    _depends = {
        "bsc.offering": [
            "active",
            "area_ids",
            "is_new_group_possible",
            "provider_id",
            "target_group_ids",
        ],
        "bsc.provider": ["active", "company_id", "wants_new_group"],
        "bsc.reason": ["gap"],
        "bsc.referral": [
            "active",
            "area_id",
            "company_id",
            "date",
            "outcome",
            "reason_id",
            "stage_id",
            "target_group_ids",
        ],
        "bsc.referral.stage": ["is_closed", "requires_review_date"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    # by what to count
    target_group_id = fields.Many2one("bsc.target.group", readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("closed", "Closed"),
            ("willing", "Willing"),
        ],
        "What",
        readonly=True,
    )
    gap = fields.Selection(
        selection_of("bsc.reason", "gap"),
        readonly=True,
        help="There was no fitting offer, or no place in it.",
    )
    date = fields.Date(
        "Received on", readonly=True, help="When the referral was received."
    )
    provider_id = fields.Many2one(
        "bsc.provider", readonly=True, help="Who is willing to start a new group."
    )
    # what to count, see _read_group_select
    demand_count = fields.Integer(
        "Demand",
        readonly=True,
        aggregator="count_distinct",
        help="Referrals that wait or were closed because there was no fitting offer or"
        " no place.",
    )
    willing_count = fields.Integer(
        "Willing providers",
        readonly=True,
        aggregator="count_distinct",
        help="Providers that are willing to start a new group.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT
                -- A row keeps its id: made of what it is about, in the 53 bits that a
                -- browser counts with exactly.
                ((entry.subject_id::bigint << 18 | COALESCE(entry.area_id, 0)) << 11
                    | COALESCE(entry.target_group_id, 0)) << 1
                    | entry.willing_count AS id,
                entry.*,
                %s
            FROM (%s UNION ALL %s) entry
            %s
            """,
            self._wider_areas(),
            self._demand(),
            self._willing(),
            self._join_areas("entry"),
        )

    @api.model
    def _demand(self):
        # No field shows the subject: it only keeps totals from counting one twice.
        return SQL(
            """
            SELECT
                referral.id AS subject_id,
                referral.company_id,
                target.bsc_target_group_id AS target_group_id,
                referral.area_id,
                CASE WHEN stage.is_closed THEN 'closed' ELSE 'waiting' END AS state,
                reason.gap,
                referral.date,
                NULL::int AS provider_id,
                1 AS demand_count,
                0 AS willing_count
            FROM bsc_reason reason
            JOIN bsc_referral referral ON referral.reason_id = reason.id
            JOIN bsc_referral_stage stage ON stage.id = referral.stage_id
            LEFT JOIN bsc_referral_bsc_target_group_rel target
                ON target.bsc_referral_id = referral.id
            WHERE reason.gap IS NOT NULL
                AND referral.active
                AND referral.outcome IS DISTINCT FROM 'lasting'
                AND (stage.is_closed OR stage.requires_review_date)
            """
        )

    @api.model
    def _willing(self):
        return SQL(
            """
            SELECT
                provider.id AS subject_id,
                provider.company_id,
                meant.target_group_id,
                meant.area_id,
                'willing' AS state,
                NULL AS gap,
                NULL::date AS date,
                provider.id AS provider_id,
                0 AS demand_count,
                1 AS willing_count
            FROM bsc_provider provider
            LEFT JOIN LATERAL (
                SELECT DISTINCT
                    place.bsc_area_id AS area_id,
                    target.bsc_target_group_id AS target_group_id
                FROM bsc_offering offering
                LEFT JOIN bsc_area_bsc_offering_rel place
                    ON place.bsc_offering_id = offering.id
                LEFT JOIN bsc_offering_bsc_target_group_rel target
                    ON target.bsc_offering_id = offering.id
                WHERE offering.provider_id = provider.id
                    AND offering.active
                    AND (provider.wants_new_group OR offering.is_new_group_possible)
                    AND (
                        place.bsc_area_id IS NOT NULL
                        OR target.bsc_target_group_id IS NOT NULL
                    )
            ) meant ON TRUE
            WHERE provider.active
                AND (
                    provider.wants_new_group
                    OR EXISTS (
                        SELECT FROM bsc_offering offering
                        WHERE offering.provider_id = provider.id
                            AND offering.active
                            AND offering.is_new_group_possible
                    )
                )
            """
        )

    def _read_group_select(self, aggregate_spec, query):
        """Count a referral and a provider once, in however many rows they stand."""
        name, _colon, aggregator = aggregate_spec.partition(":")
        if name not in ("demand_count", "willing_count") or (
            aggregator != "count_distinct"
        ):
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "COUNT(DISTINCT %s) FILTER (WHERE %s = 1)",
            SQL.identifier(self._table, "subject_id"),
            self._field_to_sql(self._table, name, query),
        )

    @api.readonly
    def action_open_provider(self):
        """Open who is willing; of a demand there is nothing more to see.

        :return: an action, or False for a row of the demand
        """
        self.ensure_one()
        return bool(self.provider_id) and self.provider_id._get_records_action()
