from odoo import api, fields, models, tools
from odoo.exceptions import UserError

# What a stage may ask for before a collaboration moves on.
REQUIREMENTS = (
    "requires_coach",
    "requires_feasible",
    "requires_way_in",
    "requires_contact",
    "requires_meeting",
    "requires_goal",
    "requires_referral",
)


class BscRelationStage(models.Model):
    """A step on the path of collaboration with a team."""

    _name = "bsc.relation.stage"
    _description = "Collaboration Stage"
    _inherit = ["bsc.stage.mixin"]

    activity_plan_id = fields.Many2one(domain=[("res_model", "=", "bsc.relation")])
    questions = fields.Html(
        "What to ask", translate=True, help="What to ask in this stage."
    )
    bring = fields.Text(
        "What to bring", translate=True, help="What to take along in this stage."
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Files to bring",
        bypass_search_access=True,  # who reads the stage may read its files
        help="Factsheets and other papers that coaches take along in this stage.",
    )
    requires_coach = fields.Boolean("Needs a coach")
    requires_feasible = fields.Boolean("Needs a feasibility check that says yes")
    requires_way_in = fields.Boolean("Needs a way in")
    requires_contact = fields.Boolean("Needs a contact person")
    requires_meeting = fields.Boolean("Needs a meeting that took place")
    requires_goal = fields.Boolean("Needs a shared goal")
    requires_referral = fields.Boolean("Needs a first referral")

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        stages._own_attachments()
        return stages

    def write(self, vals):
        res = super().write(vals)
        if "attachment_ids" in vals:
            self._own_attachments()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        relations = self.env["bsc.relation"].sudo()  # in use by any company counts
        if relations.with_context(active_test=False).search_count(
            [("stage_id", "in", self.ids)], limit=1
        ):
            raise UserError(
                self.env._(
                    "A stage that is in use cannot be deleted."
                    " Move its collaborations first, or archive the stage."
                )
            )

    def _own_attachments(self):
        """Tie the files to their stage, so that who reads the stage reads them."""
        for stage in self:
            stage.attachment_ids.write({"res_model": stage._name, "res_id": stage.id})

    @api.model
    @tools.ormcache("sequence")
    def _get_requirements_before(self, sequence):
        """Return what all stages before a place on the path ask for.

        :param int sequence: the place on the path
        :return: tuple of names out of ``REQUIREMENTS``
        """
        passed = self.sudo().search(  # does not depend on who asks
            [("is_aside", "=", False), ("sequence", "<", sequence)]
        )
        return tuple(name for name in REQUIREMENTS if any(passed.mapped(name)))
