from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

# So long before it is due, the evaluation is among the activities of the coach: enough
# to ask the team and to agree on a day.
DAYS_AHEAD = 30


class BscRelation(models.Model):
    """Looking back with the team, again and again."""

    _inherit = "bsc.relation"

    date_evaluation = fields.Date(default=lambda self: self._default_date_evaluation())
    evaluation_ids = fields.One2many("bsc.evaluation", "relation_id")
    evaluation_count = fields.Integer(compute="_compute_evaluation_count")

    @api.model
    def _default_date_evaluation(self):
        months = self.env.company.bsc_evaluation_months
        return fields.Date.context_today(self) + relativedelta(months=months)

    @api.depends("evaluation_ids")
    def _compute_evaluation_count(self):
        counts = {
            relation.id: count
            for relation, count in self.env["bsc.evaluation"]._read_group(
                [("relation_id", "in", self.ids)], ["relation_id"], ["__count"]
            )
        }
        for relation in self:
            relation.evaluation_count = counts.get(relation._origin.id, 0)

    def write(self, vals):
        res = super().write(vals)
        if "date_evaluation" in vals:
            self._plan_evaluation()
        return res

    @api.readonly
    def action_open_evaluations(self):
        """Open the evaluations with this team, or the first one to be."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_evaluation_action"
        )
        action["domain"] = [("relation_id", "=", self.id)]
        action["context"] = {"default_relation_id": self.id}
        evaluations = self.env["bsc.evaluation"]
        if not self.evaluation_count and evaluations.has_access("create"):
            action["views"] = [(False, "form")]
        return action

    def _plan_evaluation(self):
        """Put the next evaluation among the activities of the coach, in time.

        The activity follows the date: it moves along, and goes when the date is far.
        """
        horizon = fields.Date.context_today(self) + timedelta(days=DAYS_AHEAD)
        planned = self._get_evaluation_activities()
        due = self.filtered(
            lambda relation: relation.active
            and relation.date_evaluation
            and relation.date_evaluation <= horizon
        )
        too_early = planned.filtered(lambda activity: activity.res_id not in due.ids)
        planned -= too_early
        too_early.unlink()
        for date, relations in due.grouped("date_evaluation").items():
            planned.filtered(
                lambda activity, ids=relations.ids: activity.res_id in ids
            ).date_deadline = date
        (due - self.browse(planned.mapped("res_id")))._add_evaluation_activity()

    def _add_evaluation_activity(self):
        activity_type = self.env.ref("bsc_wijkteam.mail_activity_type_evaluation")
        model = self.env["ir.model"]._get(self._name)
        self.mapped("display_name")  # read in one go, the activities show it
        # One batch and no mail for each: the coach sees it among the activities.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "summary": activity_type.summary,
                    "res_model_id": model.id,
                    "res_id": relation.id,
                    "date_deadline": relation.date_evaluation,
                    "user_id": relation.coach_id.id,
                }
                for relation in self
            ]
        )

    def _close_evaluation_activities(self):
        """Tick off the activities of evaluations that were just done."""
        self._get_evaluation_activities().action_done()

    def _get_evaluation_activities(self):
        activity_type = self.env.ref("bsc_wijkteam.mail_activity_type_evaluation")
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", activity_type.id),
            ]
        )

    @api.model
    def _cron_plan_evaluation(self):
        """Plan the evaluations that come near, all in one go."""
        activity_type = self.env.ref("bsc_wijkteam.mail_activity_type_evaluation")
        today = fields.Date.context_today(self)
        self.search(
            [
                ("date_evaluation", "<=", today + timedelta(days=DAYS_AHEAD)),
                ("stage_id.is_closed", "=", False),
                (
                    "activity_ids",
                    "not any",
                    [("activity_type_id", "=", activity_type.id)],
                ),
            ]
        )._add_evaluation_activity()
