from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain
from odoo.tools import format_date

RUNNING = ("planned", "asked")
# What both sides looked back on: fixed when the evaluation is closed.
CONTENT_FIELDS = {
    "relation_id",
    "contact_id",
    "date",
    "their_way",
    "our_remark",
    "their_remark",
    "line_ids",
    "agreement_ids",
}


class BscEvaluation(models.Model):
    """A look back at the collaboration, by both sides.

    One person speaks for each side: the coach in Odoo, the contact person of the team
    through a link or in a talk. What they agree on becomes promises of the
    collaboration at once, so that nothing gets lost when the evaluation stays open.
    """

    _name = "bsc.evaluation"
    _description = "Evaluation"
    _inherit = ["bsc.privacy.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    relation_id = fields.Many2one(
        "bsc.relation",
        "Team",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="relation_id.company_id", store=True, index=True, precompute=True
    )
    team_partner_id = fields.Many2one(
        string="Contact of the team", related="relation_id.partner_id"
    )
    coach_id = fields.Many2one(
        "res.users",
        compute="_compute_coach_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain="[('share', '=', False)]",
        check_company=True,
        help="Gives the scores of our side.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        "Contact person",
        compute="_compute_contact_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Speaks for the team and gives its scores.",
    )
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        copy=False,
        help="The day you look back together.",
    )
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("asked", "Asked"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        "Status",
        default="planned",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    is_running = fields.Boolean("In progress", compute="_compute_is_running")
    their_way = fields.Selection(
        [
            ("link", "Through a link, by themselves"),
            ("talk", "In our talk, I note them"),
        ],
        "The team gives its scores",
        default="link",
        required=True,
    )
    date_asked = fields.Datetime("Asked on", readonly=True, copy=False)
    date_answered = fields.Datetime("Answered on", readonly=True, copy=False)
    line_ids = fields.One2many(
        "bsc.evaluation.line",
        "evaluation_id",
        "Scores",
        default=lambda self: self._default_line_ids(),
    )
    our_remark = fields.Text(
        "Our remark",
        help="What goes well and what could be better, without names of residents.",
    )
    their_remark = fields.Text("Remark of the team")
    our_average = fields.Float(
        "Our score",
        digits=(2, 1),
        compute="_compute_averages",
        store=True,
        aggregator="avg",
        help="The average of our scores, 1 to 5.",
    )
    their_average = fields.Float(
        "Score of the team",
        digits=(2, 1),
        compute="_compute_averages",
        store=True,
        aggregator="avg",
        help="The average of the scores of the team, 1 to 5.",
    )
    previous_id = fields.Many2one(
        "bsc.evaluation", "Last time", compute="_compute_previous"
    )
    our_last_average = fields.Float(
        "Our score last time", digits=(2, 1), compute="_compute_previous"
    )
    their_last_average = fields.Float(
        "Score of the team last time", digits=(2, 1), compute="_compute_previous"
    )
    agreement_ids = fields.One2many(
        "mail.activity",
        "bsc_evaluation_id",
        "Agreements",
        context={"active_test": False},
        help="What you agree on. Each agreement is a promise of this collaboration.",
    )
    agreement_deadline = fields.Date(
        compute="_compute_agreement_deadline",
        help="When an agreement is due, unless you choose another day.",
    )

    _running_relation_uniq = models.UniqueIndex(
        "(relation_id) WHERE state IN ('planned', 'asked')",
        "An evaluation with this team is running already. Finish or cancel that first.",
    )

    @api.model
    def _default_line_ids(self):
        return [
            Command.create({"item_id": item.id})
            for item in self.env["bsc.evaluation.item"].search(Domain.TRUE)
        ]

    @api.depends("relation_id")
    def _compute_coach_id(self):
        for evaluation in self:
            evaluation.coach_id = evaluation.relation_id.coach_id or self.env.user

    @api.depends("relation_id")
    def _compute_contact_id(self):
        for evaluation in self:
            evaluation.contact_id = evaluation.relation_id.contact_id

    @api.depends("state")
    def _compute_is_running(self):
        for evaluation in self:
            evaluation.is_running = evaluation.state in RUNNING

    @api.depends("line_ids.our_score", "line_ids.their_score")
    def _compute_averages(self):
        for evaluation in self:
            for side in ("our", "their"):
                scores = evaluation.line_ids.mapped(f"{side}_score")
                scores = [int(score) for score in scores if score]
                evaluation[f"{side}_average"] = (
                    sum(scores) / len(scores) if scores else 0
                )

    @api.depends("relation_id", "date")
    def _compute_previous(self):
        done = self.search(
            [("relation_id", "in", self.relation_id.ids), ("state", "=", "done")]
        ).grouped("relation_id")
        for evaluation in self:
            moment = (evaluation.date, evaluation._origin.id or float("inf"))
            previous = done.get(evaluation.relation_id._origin, self.browse()).filtered(
                lambda other, moment=moment: (other.date, other.id) < moment
            )[:1]
            evaluation.previous_id = previous
            evaluation.our_last_average = previous.our_average
            evaluation.their_last_average = previous.their_average

    def _compute_agreement_deadline(self):
        promise = self.env.ref("bsc_wijkteam.mail_activity_type_promise")
        self.agreement_deadline = promise._get_date_deadline()

    @api.depends("relation_id.partner_id.name", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for evaluation in self:
            date = evaluation.date and format_date(self.env, evaluation.date)
            parts = (evaluation.relation_id.display_name, date)
            evaluation.display_name = " · ".join(part for part in parts if part)

    @api.constrains("contact_id", "relation_id")
    def _check_contact(self):
        for evaluation in self:
            contact, team = evaluation.contact_id, evaluation.relation_id.partner_id
            if contact and not contact._bsc_belongs_to(team):
                raise ValidationError(
                    self.env._(
                        "%(person)s is not a contact of “%(team)s”. Choose someone of"
                        " this team to give its scores.",
                        person=contact.name,
                        team=team.name,
                    )
                )

    @api.constrains("state")
    def _check_done(self):
        for evaluation in self:
            if evaluation.state == "done" and not evaluation.our_average:
                raise ValidationError(
                    self.env._(
                        "You have not given your own scores yet. Do that first, then"
                        " close the evaluation with “%(team)s”.",
                        team=evaluation.relation_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        evaluations = super().create(vals_list)
        evaluations._check_their_remark(set().union(*vals_list))
        return evaluations

    def write(self, vals):
        if not CONTENT_FIELDS.isdisjoint(vals):
            self._check_open()
        self._check_answered(vals)
        closing = self.filtered(
            lambda evaluation: vals.get("state") == "done"
            and evaluation.state != "done"
        )
        res = super().write(vals)
        if "state" in vals:
            # The database, too, sees at once that another one may start.
            self.flush_recordset(["state"])
        self._check_their_remark(vals)
        closing._plan_next()
        return res

    def _check_open(self):
        """Refuse changes of an evaluation that is over: later ones compare with it."""
        for evaluation in self:
            if evaluation.state not in RUNNING:
                raise ValidationError(
                    self.env._(
                        "The evaluation “%(evaluation)s” is closed and stays as it was."
                        " Reopen it to change something.",
                        evaluation=evaluation.display_name,
                    )
                )

    def _plan_next(self):
        """Set when each team is due again, counted from its last evaluation."""
        relations = self.relation_id
        relations._close_evaluation_activities()
        for relation, last_date in self._read_group(
            [("relation_id", "in", relations.ids), ("state", "=", "done")],
            ["relation_id"],
            ["date:max"],
        ):
            months = relation.company_id.bsc_evaluation_months
            relation.date_evaluation = last_date + relativedelta(months=months)

    def action_done(self):
        """Close the evaluation; the next one is planned."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        self.write({"date": min(self.date, today), "state": "done"})

    def action_cancel(self):
        """Give up this evaluation: its link no longer works."""
        self.ensure_one()
        self.state = "cancelled"

    def action_reopen(self):
        """Take up a closed evaluation again."""
        self.ensure_one()
        self.state = "asked" if self.date_asked else "planned"

    @api.model
    def _complete_promises(self, vals_list):
        """Make what is agreed on in an evaluation a promise of the collaboration.

        :param list vals_list: values of new activities, of any kind
        :return: the values, completed where they come from an evaluation
        """
        if not any(vals.get("bsc_evaluation_id") for vals in vals_list):
            return vals_list
        promise = self.env.ref("bsc_wijkteam.mail_activity_type_promise")
        model = self.env["ir.model"]._get("bsc.relation")
        completed = []
        for vals in vals_list:
            if evaluation_id := vals.get("bsc_evaluation_id"):
                evaluation = self.browse(evaluation_id)
                vals = {
                    "bsc_promised_by": "us",
                    **vals,
                    "user_id": vals.get("user_id") or evaluation.coach_id.id,
                    "activity_type_id": promise.id,
                    "res_model_id": model.id,
                    "res_id": evaluation.relation_id.id,
                }
            completed.append(vals)
        return completed
