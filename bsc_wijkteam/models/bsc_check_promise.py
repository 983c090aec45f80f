from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .bsc_check import CLOSED

MAX_PROMISE = 250  # characters: it becomes the title of an activity


class BscCheckLine(models.Model):
    """What is agreed about a criterion that is not met yet: a promise with a date.

    The promise is planned as an activity of the coach, so that it is counted with all
    other promises. The date here is what was agreed: a coach who puts off the activity
    does not change it.
    """

    _inherit = "bsc.check.line"

    promise = fields.Char(
        "What is agreed", help="What the provider does to meet this criterion."
    )
    promise_date = fields.Date(
        "Before when", help="You are reminded on this day to look again."
    )
    promise_activity_id = fields.Many2one(
        "mail.activity",
        "Planned promise",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.constrains("promise")
    def _check_promise(self):
        for line in self:
            if len(line.promise or "") > MAX_PROMISE:
                raise ValidationError(
                    self.env._(
                        "Say in at most %(number)s characters what is agreed. You"
                        " wrote %(count)s.",
                        number=MAX_PROMISE,
                        count=len(line.promise),
                    )
                )

    @api.constrains("promise_date")
    def _check_promise_date(self):
        today = fields.Date.context_today(self)
        for line in self:
            if line.promise_date and line.promise_date < today:
                raise ValidationError(
                    self.env._(
                        "%(date)s is over already. Agree on a day that is still to"
                        " come.",
                        date=line.check_id._format_date(line.promise_date),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._plan_promises()
        return lines

    def write(self, vals):
        res = super().write(vals)
        if not {"verdict", "promise", "promise_date"}.isdisjoint(vals):
            self._plan_promises()
        return res

    def _is_promise_open(self):
        self.ensure_one()
        return (
            self.verdict == "not_yet"
            and self.promise_date
            and self.check_id.state not in CLOSED
        )

    def _plan_promises(self):
        """Keep the planned activities in step with what is agreed.

        One activity per line. It is done when the answer becomes yes, and withdrawn
        when the promise is dropped or its check is over. An activity that the coach
        marked as done comes back when another day is agreed, not before.
        """
        planned = self.promise_activity_id
        changes = defaultdict(planned.browse)
        new = self.browse()
        for line in self.filtered(lambda line: line._is_promise_open()):
            activity = line.promise_activity_id
            vals = line._prepare_promise()
            if activity.active:
                if (activity.summary, activity.date_deadline) != tuple(vals.values()):
                    changes[tuple(vals.items())] |= activity
            elif activity.date_deadline != line.promise_date:
                new |= line
        for vals, activities in changes.items():
            activities.write(dict(vals))
        ended = self.filtered(
            lambda line: line.promise_activity_id and not line._is_promise_open()
        )
        kept = ended.filtered(lambda line: line.verdict == "yes")
        kept = kept.promise_activity_id.filtered("active")
        dropped = ended.promise_activity_id.filtered("active") - kept
        if ended:
            ended.promise_activity_id = False
            kept.action_done()
            dropped._bsc_withdraw(self.env._("No longer asked in the criteria check"))
        if new:
            new._create_promises()

    def _create_promises(self):
        check_model = self.env["ir.model"]._get_id("bsc.check")
        activity_type = self.env["ir.model.data"]._xmlid_to_res_id(
            "bsc_wijkteam.mail_activity_type_promise", raise_if_not_found=False
        )
        activities = self.env["mail.activity"].create(
            [
                {
                    "res_model_id": check_model,
                    "res_id": line.check_id.id,
                    "activity_type_id": activity_type,
                    "automated": True,
                    "bsc_promised_by": "them",
                    "user_id": (line.check_id._get_coach() or self.env.user).id,
                    **line._prepare_promise(),
                }
                for line in self
            ]
        )
        for line, activity in zip(self, activities, strict=True):
            line.promise_activity_id = activity

    def _prepare_promise(self):
        """Return what the planned activity says, in the order it is compared in."""
        self.ensure_one()
        coach = self.check_id._get_coach() or self.env.user
        criterion = self.criterion_id.with_context(lang=coach.lang)
        parts = (criterion.display_name, self.promise)
        return {
            "summary": ": ".join(part for part in parts if part),
            "date_deadline": self.promise_date,
        }

    def action_promise(self):
        """Ask what is agreed about a criterion that is not met yet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not yet: what do you agree on?"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (
                    self.env.ref("bsc_wijkteam.bsc_check_line_view_form_promise").id,
                    "form",
                )
            ],
            "target": "new",
        }

    def action_not_yet(self):
        """Answer the criterion with not yet, and ask what is agreed about it."""
        super().action_not_yet()
        return self.action_promise()
