from odoo import api, fields, models, tools


class BscStageMixin(models.AbstractModel):
    """What the stages of both pipelines share; behaviour is data, never an id."""

    _name = "bsc.stage.mixin"
    _description = "Pipeline Stage"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    fold = fields.Boolean("Folded in Kanban")
    is_closed = fields.Boolean(
        "Closed",
        help="Records in this stage are finished and no longer ask for attention.",
    )
    is_aside = fields.Boolean(
        "Beside the path",
        help="A stage beside the path can be entered from anywhere and never counts"
        " as a step forward.",
    )
    purpose = fields.Text(
        translate=True, help="What this stage is for, in one or two sentences."
    )
    guidance = fields.Html(
        "What to do",
        translate=True,
        help="What to do before moving on. Shown while you work.",
    )
    activity_plan_id = fields.Many2one(
        "mail.activity.plan",
        ondelete="set null",
        help="Activities that are planned when a record enters this stage.",
    )
    rotting_threshold_days = fields.Integer(
        "Days to rot",
        default=0,
        help="After this many days without a new stage the card is marked. 0 is never.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()  # the cached methods on stages
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()  # the cached methods on stages
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()  # the cached methods on stages
        return super().unlink()

    @api.model
    @tools.ormcache()
    def _get_first_id(self):
        """Return the identifier of the stage where the path begins.

        Cached, because every new record asks for it.

        :rtype: int
        """
        stages = self.sudo()  # where the path begins does not depend on who asks
        return stages.search([("is_aside", "=", False)], limit=1).id

    def _is_ahead_of(self, origin):
        """Tell whether coming here from another stage is a step forward.

        :param origin: the stage a record came from, empty for a new record
        :return: True for a step forward, and from a stage beside the path
        """
        self.ensure_one()
        return not origin or origin.is_aside or self.sequence > origin.sequence
