from odoo import api, fields, models
from odoo.exceptions import UserError


class BscRelationStage(models.Model):
    """A step on the path of collaboration with a team."""

    _name = "bsc.relation.stage"
    _description = "Collaboration Stage"
    _inherit = ["bsc.stage.mixin"]

    questions = fields.Html(translate=True, help="What to ask in this stage.")
    bring = fields.Text(
        "What to bring", translate=True, help="What to take along in this stage."
    )
    requires_coach = fields.Boolean("Needs a coach")
    requires_way_in = fields.Boolean("Needs a way in")
    requires_contact = fields.Boolean("Needs a contact person")
    requires_meeting = fields.Boolean("Needs a meeting that took place")
    requires_goal = fields.Boolean("Needs a shared goal")
    requires_referral = fields.Boolean("Needs a first referral")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        if self.env["bsc.relation"].sudo().with_context(  # in use by any company counts
            active_test=False
        ).search_count([("stage_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "A stage that is in use cannot be deleted."
                    " Move its collaborations first, or archive the stage."
                )
            )
