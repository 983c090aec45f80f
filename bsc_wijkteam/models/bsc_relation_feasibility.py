from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

ENOUGH = [("yes", "Enough"), ("partly", "Partly"), ("no", "Not yet")]


class BscRelation(models.Model):
    """Before starting: whether it is feasible, and the way in.

    The coach fills in a short check and asks; a coordinator answers. Nothing depends on
    it unless a stage asks for it: who has nobody to ask simply begins.
    """

    _inherit = "bsc.relation"

    is_first_stage = fields.Boolean(compute="_compute_is_first_stage")
    feasibility_hours = fields.Float(
        "Hours per week",
        aggregator=None,
        tracking=True,
        help="The time you have for this collaboration.",
    )
    feasibility_knowledge = fields.Selection(
        ENOUGH, "Knowledge", help="What you know of this field and of the residents."
    )
    feasibility_skills = fields.Selection(
        ENOUGH, "Skills", help="What you can do: talk, listen, guide, keep going."
    )
    feasibility_support_theirs = fields.Selection(
        ENOUGH, "Support on their side", help="Whether the team wants this too."
    )
    feasibility_support_ours = fields.Selection(
        ENOUGH, "Support on our side", help="Whether our own organisation wants this."
    )
    feasibility_agreed_with = fields.Char(
        "Agreed with", help="Your manager, or somebody of the municipality."
    )
    feasibility_note = fields.Text(
        "Note", help="What has to be arranged first, or why it is not feasible now."
    )
    feasibility_state = fields.Selection(
        [
            ("asked", "Asked"),
            ("feasible", "Feasible"),
            ("not_now", "Not now"),
        ],
        "Feasible?",
        copy=False,
        tracking=True,
        help="Empty: not discussed yet.",
    )
    feasibility_ask_user_id = fields.Many2one(
        "res.users", "Asked by", readonly=True, copy=False
    )
    feasibility_ask_date = fields.Date("Asked on", readonly=True, copy=False)
    feasibility_answer_user_id = fields.Many2one(
        "res.users", "Answered by", readonly=True, copy=False
    )
    feasibility_answer_date = fields.Date("Answered on", readonly=True, copy=False)
    way_in = fields.Selection(
        [
            ("warm", "A warm contact"),
            ("policy", "The policy officer of the municipality"),
            ("network", "Someone in my own network"),
        ],
        "Way in",
        tracking=True,
        help="How you come in. A warm contact works best.",
    )
    way_in_partner_id = fields.Many2one(
        "res.partner",
        "Through whom",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The person who opens the door for you.",
    )
    way_in_note = fields.Char(
        "About the way in", help="How you know each other, or what was agreed."
    )

    _check_feasibility_hours = models.Constraint(
        "CHECK (feasibility_hours BETWEEN 0 AND 60)",
        "Note the hours per week as a number from 0 to 60.",
    )

    @api.depends("stage_id")
    def _compute_is_first_stage(self):
        first_id = self.env["bsc.relation.stage"]._get_first_id()
        for relation in self:
            relation.is_first_stage = relation.stage_id.id == first_id

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._complete_feasibility(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._complete_feasibility(vals))

    @api.model
    def _complete_feasibility(self, vals):
        """Note who asks or answers, and when.

        :raise AccessError: when somebody else than a coordinator answers
        """
        state = vals.get("feasibility_state", "unchanged")
        if state == "unchanged":
            return vals
        is_answer = state in ("feasible", "not_now")
        if is_answer and not (
            self.env.su
            or self.env.user.has_group("bsc_wijkteam.bsc_wijkteam_group_coordinator")
        ):
            raise AccessError(
                self.env._("Whether it is feasible is answered by a coordinator.")
            )
        now = {"user_id": self.env.uid, "date": fields.Date.context_today(self)}
        nobody = dict.fromkeys(now, False)
        noted = {"answer": now if is_answer else nobody}
        if not is_answer:
            noted["ask"] = now if state else nobody
        return {
            **{
                f"feasibility_{step}_{name}": value
                for step, values in noted.items()
                for name, value in values.items()
            },
            **vals,
        }

    def action_ask_feasibility(self):
        """Ask the coordinators whether this collaboration is feasible.

        :raise UserError: when the check itself is still empty
        """
        self.ensure_one()
        if not self.feasibility_hours:
            raise UserError(
                self.env._(
                    "Note first how many hours per week you have for this: without"
                    " time nobody can answer."
                )
            )
        self.feasibility_state = "asked"
        group = self.env.ref("bsc_wijkteam.bsc_wijkteam_group_coordinator")
        coordinators = group.sudo().all_user_ids.filtered(  # coaches do not read groups
            lambda user: (
                not user.share
                and user.active
                and self.company_id in user.company_ids
                and user != self.env.user
            )
        )
        self._tell_feasibility(
            coordinators.partner_id,
            self.env._(
                "Is a collaboration with %(team)s feasible? Please look at the check"
                " and answer.",
                team=self.display_name,
            ),
        )

    def action_answer_feasible(self):
        """Answer, as coordinator, that the coach can go ahead."""
        self._answer_feasibility(
            "feasible", self.env._("It is feasible: you can go ahead.")
        )

    def action_answer_not_now(self):
        """Answer, as coordinator, that now is not the moment."""
        self._answer_feasibility(
            "not_now", self.env._("Not now: look at the note, or talk to me.")
        )

    def _answer_feasibility(self, state, body):
        self.write({"feasibility_state": state})
        for relation in self:
            reader = relation.feasibility_ask_user_id or relation.coach_id
            relation._tell_feasibility((reader - self.env.user).partner_id, body)

    def _tell_feasibility(self, partners, body):
        self.ensure_one()
        self.message_post(
            body=body, partner_ids=partners.ids, subtype_xmlid="mail.mt_note"
        )
