from odoo import fields, models


class BscStageMixin(models.AbstractModel):
    """What the stages of both pipelines share; behaviour is data, never an id."""

    _name = "bsc.stage.mixin"
    _description = "Pipeline Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    fold = fields.Boolean("Folded in Kanban")
    is_closed = fields.Boolean(
        help="Records in this stage are finished and no longer ask for attention."
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
        translate=True, help="What to do before moving on. Shown while you work."
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
