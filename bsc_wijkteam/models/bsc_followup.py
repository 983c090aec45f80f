from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import plaintext2html


class BscFollowup(models.Model):
    """Asking after some months whether somebody still takes part.

    Planned when somebody starts, as an activity of the coach as well. Who stops and
    starts again is followed from the new start on; what was answered stays.
    """

    _name = "bsc.followup"
    _description = "Follow-Up"
    _inherit = ["bsc.privacy.mixin"]
    _order = "date_due, id"

    referral_id = fields.Many2one(
        "bsc.referral", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="referral_id.company_id", store=True, index=True, precompute=True
    )
    coach_id = fields.Many2one(related="referral_id.coach_id")
    offering_id = fields.Many2one(
        "bsc.offering",
        compute="_compute_offering_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    provider_id = fields.Many2one(
        related="offering_id.provider_id", store=True, index="btree_not_null"
    )
    months = fields.Integer(required=True, aggregator=None)
    date_from = fields.Date(
        "Takes part since", required=True, default=fields.Date.context_today
    )
    date_due = fields.Date("Due on", required=True, index=True)
    date_asked = fields.Date("Provider asked on", readonly=True, copy=False)
    partner_id = fields.Many2one(
        "res.partner",
        "Who is asked",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    answer = fields.Selection(
        [("yes", "Still takes part"), ("no", "Stopped"), ("unknown", "Not known")],
        index=True,
    )
    date = fields.Date(
        "Answered on",
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
    )
    informant_id = fields.Many2one(
        "res.partner",
        "Told by",
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The provider by its link, or the colleague who noted it.",
    )
    note = fields.Text("What was said", help="Nothing that tells who it is.")
    reason_id = fields.Many2one(
        "bsc.reason", "Why stopped", index="btree_not_null", ondelete="restrict"
    )
    reason_next_step = fields.Text("Next step", related="reason_id.next_step")
    is_due = fields.Boolean(compute="_compute_is_due")
    is_running = fields.Boolean(
        compute="_compute_is_running",
        help="Whether the referral still is with this time of taking part.",
    )
    activity_id = fields.Many2one(
        "mail.activity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    _months_uniq = models.UniqueIndex(
        "(referral_id, date_from, months)", "This follow-up is planned already."
    )

    @api.depends("referral_id.offering_id")
    def _compute_offering_id(self):
        for followup in self:
            if not followup.answer or not followup.offering_id:
                followup.offering_id = followup.referral_id.offering_id

    @api.depends("answer")
    def _compute_date(self):
        today = fields.Date.context_today(self)
        for followup in self:
            followup.date = followup.answer and today
            followup.informant_id = followup.answer and self.env.user.partner_id

    @api.depends("date_due")
    def _compute_is_due(self):
        today = fields.Date.context_today(self)
        for followup in self:
            followup.is_due = followup.date_due and followup.date_due <= today

    @api.depends("date_from", "referral_id.date_since")
    def _compute_is_running(self):
        for followup in self:
            followup.is_running = followup.date_from == followup.referral_id.date_since

    @api.depends("referral_id.reference", "months")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for followup in self:
            followup.display_name = f"{followup.referral_id.reference} · " + (
                self.env._("after %(months)s months", months=followup.months)
            )

    @api.constrains("date", "answer")
    def _check_date(self):
        today = fields.Date.context_today(self)
        for followup in self:
            if followup.date and followup.date > today:
                raise ValidationError(
                    self.env._("An answer to a follow-up cannot lie in the future.")
                )

    def write(self, vals):
        if "answer" not in vals:
            res = super().write(vals)
            if vals.get("date_due"):
                activities = self.sudo().activity_id  # whoever has it
                activities.filtered("active").date_deadline = vals["date_due"]
            if vals.get("reason_id"):
                self.filtered(lambda line: line.answer == "no")._plan_what_next()
            return res
        changed = self.filtered(lambda line: line.answer != vals["answer"])
        if vals["answer"] != "no":
            vals = {**vals, "reason_id": False}
        res = super().write(vals)
        changed._on_answered()
        return res

    def action_answer(self):
        """Note the answer of the button that was pressed."""
        self.answer = self.env.context.get("bsc_answer")

    def action_stopped(self):
        """Go on with somebody who stopped: close, with the reason."""
        self.ensure_one()
        return self.referral_id.action_stopped()

    def _is_settled(self):
        """Tell whether the coach need not ask any more.

        A provider who does not know leaves it to the coach.
        """
        self.ensure_one()
        is_by_provider = self.partner_id and self.informant_id == self.partner_id
        return bool(self.answer) and not (self.answer == "unknown" and is_by_provider)

    def _on_answered(self):
        """Settle the activities, log the answers, and act on who stopped."""
        settled = self.filtered(lambda followup: followup._is_settled())
        opened = (self - settled).filtered("is_running")
        calls = self.sudo().activity_id  # of a colleague, or settled behind a link
        done = calls & settled.activity_id
        done.filtered("active").active = False
        again = calls & opened.activity_id
        again.filtered(lambda call: not call.active).active = True
        answers = dict(self._fields["answer"]._description_selection(self.env))
        for followup in self.filtered("answer"):
            followup.referral_id._log_own_words(
                self.env._(
                    "After %(months)s months: %(answer)s",
                    months=followup.months,
                    answer=answers[followup.answer],
                ),
                followup.informant_id,
            )
        self.filtered(lambda followup: followup.answer == "no")._plan_what_next()

    def _plan_what_next(self):
        """Have the coach act on who stopped, with the next step of the reason."""
        for followup in self:
            followup._tell_coach(
                lambda env: env._("Stopped. Call: what next?"),
                lambda env: env._(
                    "Does something else fit? Move the referral back and look what"
                    " fits. If not, close it with the reason."
                ),
            )

    def _tell_coach(self, summarise, advise=None):
        """Keep one activity with what was said; see ``_plan_news``.

        :param summarise: function of an environment: one line
        :param advise: function of an environment: what to do, where no reason says so
        """
        self.ensure_one()
        user = self.referral_id._get_follow_user()
        lang = user.sudo().lang or self.env.lang  # of a colleague
        told = self.with_context(lang=lang)
        advice = told.reason_next_step or (advise and advise(told.env))
        parts = filter(None, (told.note, advice))
        note = "".join(str(plaintext2html(part)) for part in parts)
        told.referral_id._plan_news(summarise(told.env), note, user)

    def _get_privacy_client(self):
        return self.referral_id.client_id
