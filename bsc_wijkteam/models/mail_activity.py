from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError


class MailActivity(models.Model):
    """Promises are activities that stay countable, whatever becomes of them.

    Odoo deletes an activity that is cancelled and overwrites a deadline that is put
    off. A promise is withdrawn instead, with a reason, and remembers the day that was
    agreed on first. Activities of other types are left as they are.
    """

    _inherit = "mail.activity"

    bsc_is_promise = fields.Boolean(
        "Is a promise",
        compute="_compute_bsc_is_promise",
        search="_search_bsc_is_promise",
    )
    bsc_promised_by = fields.Selection(
        [("us", "We"), ("them", "They")],
        "Promised by",
        compute="_compute_bsc_promised_by",
        store=True,
        readonly=False,
        help="Which side made this promise. Empty for what is no promise.",
    )
    bsc_can_keep = fields.Boolean(
        "I can keep this", help="Promise only what you can keep."
    )
    bsc_date_promised = fields.Date(
        "First agreed for",
        compute="_compute_bsc_date_promised",
        store=True,
        precompute=True,
        help="The day that was agreed on first; it stays when the promise is put off.",
    )
    bsc_is_postponed = fields.Boolean(
        "Put off", compute="_compute_bsc_is_postponed", store=True
    )
    bsc_promise_state = fields.Selection(
        [
            ("open", "To be kept"),
            ("kept", "Kept in time"),
            ("late", "Kept late"),
            ("withdrawn", "Withdrawn"),
        ],
        "What became of it",
        compute="_compute_bsc_promise_state",
        store=True,
        index="btree_not_null",
        help="Late is what was done after the day that was agreed on first.",
    )
    bsc_withdraw_reason = fields.Char("Reason to withdraw", readonly=True, copy=False)
    bsc_relation_id = fields.Many2one(
        "bsc.relation",
        "Collaboration",
        compute="_compute_bsc_relation_id",
        store=True,
        index="btree_not_null",
        ondelete="set null",
    )
    bsc_evaluation_id = fields.Many2one(
        "bsc.evaluation",
        "Evaluation",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The evaluation in which this was agreed on.",
    )

    @api.depends("activity_type_id.bsc_is_promise")
    def _compute_bsc_is_promise(self):
        promise_type_ids = self.env["mail.activity.type"]._get_promise_type_ids()
        for activity in self:
            activity.bsc_is_promise = activity.activity_type_id.id in promise_type_ids

    def _search_bsc_is_promise(self, operator, value):
        if operator != "in":
            return NotImplemented
        promise_type_ids = self.env["mail.activity.type"]._get_promise_type_ids()
        return [("activity_type_id", "in", promise_type_ids)]

    @api.depends("bsc_is_promise")
    def _compute_bsc_promised_by(self):
        for activity in self:
            by = activity.bsc_promised_by or "us"
            activity.bsc_promised_by = activity.bsc_is_promise and by

    @api.depends("bsc_is_promise", "date_deadline")
    def _compute_bsc_date_promised(self):
        for activity in self:
            first = activity._origin.bsc_date_promised or activity.date_deadline
            activity.bsc_date_promised = activity.bsc_is_promise and first

    @api.depends("date_deadline", "bsc_date_promised")
    def _compute_bsc_is_postponed(self):
        for activity in self:
            first, now = activity.bsc_date_promised, activity.date_deadline
            activity.bsc_is_postponed = first and now and now > first

    @api.depends(
        "bsc_is_promise",
        "active",
        "date_done",
        "bsc_date_promised",
        "bsc_withdraw_reason",
    )
    def _compute_bsc_promise_state(self):
        for activity in self:
            if not activity.bsc_is_promise:
                activity.bsc_promise_state = False
            elif activity.active:
                activity.bsc_promise_state = "open"
            elif activity.bsc_withdraw_reason:
                activity.bsc_promise_state = "withdrawn"
            elif activity.date_done > activity.bsc_date_promised:
                activity.bsc_promise_state = "late"
            else:
                activity.bsc_promise_state = "kept"

    @api.depends("res_model", "res_id")
    def _compute_bsc_relation_id(self):
        for activity in self:
            is_relation = activity.res_model == "bsc.relation"
            activity.bsc_relation_id = is_relation and activity.res_id

    @api.constrains("user_id", "activity_type_id")
    def _check_bsc_owner(self):
        for activity in self:
            if activity.bsc_is_promise and not activity.user_id:
                raise ValidationError(
                    self.env._(
                        "Nobody looks after the promise “%(promise)s”. Choose who"
                        " does, also when the other side made it.",
                        promise=activity.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = self.env["bsc.evaluation"]._complete_promises(vals_list)
        promise_type_ids = self.env["mail.activity.type"]._get_promise_type_ids()
        for vals in vals_list:
            if vals.get("activity_type_id") in promise_type_ids:
                self._bsc_check_date(vals)
        activities = super().create(vals_list)
        activities._bsc_check_privacy()
        return activities

    def write(self, vals):
        if any(activity.bsc_is_promise for activity in self):
            self._bsc_check_date(vals)
            if vals.get("active"):  # taken up again
                vals = {**vals, "bsc_withdraw_reason": False}
        res = super().write(vals)
        texts = {"summary", "note", "feedback", "bsc_withdraw_reason"}
        if not texts.isdisjoint(vals):
            self._bsc_check_privacy()
        return res

    def unlink(self):
        """Withdraw promises, delete all else.

        What the system clears away as superuser is deleted: the activities of a
        document that goes, of a participant who is forgotten, of long ago.
        """
        if self.env.su:
            return super().unlink()
        promises = self.filtered("bsc_is_promise")
        promises._bsc_withdraw(self.env._("No reason given"))
        return super(MailActivity, self - promises).unlink()

    def action_cancel(self):
        """Ask why a promise is withdrawn; cancel all else."""
        promises = self.filtered(
            lambda activity: activity.active and activity.bsc_is_promise
        )
        super(MailActivity, self - promises).action_cancel()
        return promises and promises.action_withdraw_promise()

    def action_notify(self):
        """Tell who has to do what; also what somebody did behind a link.

        Who has no login has no address to send from either, and the mail would fail:
        then the system is the sender.
        """
        if self.env.user._is_public():
            return super(MailActivity, self.with_user(SUPERUSER_ID)).action_notify()
        return super().action_notify()

    @api.readonly
    def action_withdraw_promise(self):
        """Open the dialog that asks why these promises are withdrawn."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_promise_withdraw_action"
        )
        action["context"] = {"default_activity_ids": self.ids}
        return action

    def _bsc_withdraw(self, reason):
        """Withdraw the promises that are still to be kept.

        :param str reason: why, in words the team may read
        """
        self.filtered(lambda activity: activity.bsc_promise_state == "open").write(
            {"active": False, "bsc_withdraw_reason": reason}
        )

    @api.model
    def _bsc_check_date(self, vals):
        """Refuse a promise without a date, before the database does so in its words."""
        if "date_deadline" in vals and not vals["date_deadline"]:
            raise ValidationError(
                self.env._(
                    "A promise needs a day before which it is kept. Choose a date."
                )
            )

    def _bsc_check_privacy(self):
        """Keep activities on our records free of identity (rule 5)."""
        self.env["bsc.privacy.mixin"]._check_texts(
            (
                activity.res_model,
                activity.res_id,
                (
                    activity.summary,
                    activity.note,
                    activity.feedback,
                    activity.bsc_withdraw_reason,
                ),
            )
            for activity in self
            if (activity.res_model or "").startswith("bsc.")
        )

    def _to_store_defaults(self, target):
        return super()._to_store_defaults(target) + ["bsc_is_promise"]
