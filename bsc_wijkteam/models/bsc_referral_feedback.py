from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date


class BscReferral(models.Model):
    """Whether the referrer hears in time how it goes (rule 10), and the stories."""

    _inherit = "bsc.referral"

    feedback_ids = fields.One2many("bsc.feedback", "referral_id")
    feedback_count = fields.Integer(compute="_compute_feedback_count")
    date_feedback_due = fields.Date("Feedback due", copy=False, index=True)
    is_feedback_late = fields.Boolean(
        "Feedback late",
        compute="_compute_is_feedback_late",
        search="_search_is_feedback_late",
    )
    story_ids = fields.One2many("bsc.story", "referral_id")

    @api.depends("feedback_ids")
    def _compute_feedback_count(self):
        counts = {
            referral.id: count
            for referral, count in self.env["bsc.feedback"]._read_group(
                [("referral_id", "in", self.ids)], ["referral_id"], ["__count"]
            )
        }
        for referral in self:
            referral.feedback_count = counts.get(referral.id, 0)

    @api.depends("date_feedback_due")
    def _compute_is_feedback_late(self):
        today = fields.Date.context_today(self)
        for referral in self:
            due = referral.date_feedback_due
            referral.is_feedback_late = bool(due and due < today)

    def _search_is_feedback_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("date_feedback_due", "<", fields.Date.context_today(self))

    @api.model_create_multi
    def create(self, vals_list):
        referrals = super().create(vals_list)
        referrals.filtered(
            lambda referral: not referral.date_feedback_due and not referral.is_closed
        )._plan_feedback()
        return referrals

    def _on_stage_entered(self, stage):
        if stage.feedback_kind:
            self.date_feedback_due = fields.Date.context_today(self)
        return super()._on_stage_entered(stage)

    def _plan_feedback(self):
        """Set when feedback falls due, by the rhythm of the team (rule 10)."""

        def next_date(referral):
            last = max(referral.feedback_ids.mapped("date"), default=referral.date)
            return last + relativedelta(weeks=referral.relation_id.feedback_weeks)

        for date, referrals in self.grouped(next_date).items():
            referrals.date_feedback_due = date

    def _get_feedback_words(self):
        """Return what the placeholders of a prepared text stand for, as plain text."""
        if not self:
            return {}
        self.ensure_one()
        today = fields.Date.context_today(self)
        offering = self.offering_id
        month = format_date(self.env, self.review_date, date_format="MMMM y")
        return {
            "reference": self.reference,
            "sport": offering.sport_id.name or offering.name,
            "activity": offering.name,
            "provider": offering.provider_id.name,
            "weeks": str((today - self.date).days // 7),
            "rhythm": str(self.relation_id.feedback_weeks),
            "month": self.review_date and month,
        }

    def _get_digest_row(self, feedback, reader, is_small):
        """Return what the team reads about one referral: nothing of the person.

        :param feedback: the last ``bsc.feedback``, may be empty
        :param reader: ``res.partner`` who reads it on the page; empty on paper
        :param bool is_small: the team has so few referrals that month and place could
            tell who it is
        :return: dictionary of plain values
        """
        self.ensure_one()
        stage = self.stage_id

        def month(date):
            return date and format_date(self.env, date, date_format="MMMM y")

        where = []
        if stage.requires_offering and not is_small:
            areas = self.offering_id.area_ids
            names = areas.mapped("name") if len(areas) <= 2 else []
            where = [self.offering_id.sport_id.name, *names]
        is_for_reader = (
            reader and feedback.recipient_id == reader and feedback.date_sent
        )
        return {
            "reference": self.reference,
            "received": not is_small and month(self.date),
            "where": ", ".join(filter(None, where)),
            "review": stage.requires_review_date and month(self.review_date),
            "feedback": feedback and format_date(self.env, feedback.date),
            "link": is_for_reader and feedback._get_link(),
            "asks": self._get_digest_asks(feedback),
        }

    def _get_digest_asks(self, feedback):
        """Return what the team can do for this referral, as sentences."""
        self.ensure_one()
        stage = self.stage_id
        if stage.is_closed:
            return []
        soon = fields.Date.context_today(self) + relativedelta(months=1)
        is_review_near = (
            stage.requires_review_date and self.review_date and self.review_date <= soon
        )
        did_not_help = feedback.helped == "no"
        asks = [
            (not self.referrer_id, self.env._("Who of you leads for this person?")),
            (not self.client_id, self.env._("How may we reach this person?")),
            (
                is_review_near,
                self.env._("Is it time to look again? Tell us how it stands."),
            ),
            (
                did_not_help,
                self.env._("The last feedback did not help you yet. What do you need?"),
            ),
        ]
        return [ask for is_asked, ask in asks if is_asked]

    def action_give_feedback(self):
        """Open the dialog to report back to the referrer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give feedback"),
            "res_model": "bsc.feedback",
            "view_mode": "form",
            "views": [
                (self.env.ref("bsc_wijkteam.bsc_feedback_view_form_give").id, "form")
            ],
            "target": "new",
            "context": {"default_referral_id": self.id},
        }
