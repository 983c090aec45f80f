from odoo import fields, models


class BscIntervention(models.Model):
    """A recognised programme; unlike an activity it has a beginning and an end."""

    _name = "bsc.intervention"
    _description = "Recognised Intervention"
    _inherit = ["bsc.privacy.mixin"]
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("movement", "Sport and movement"),
            ("lifestyle", "Lifestyle"),
            ("gli", "Combined lifestyle intervention (GLI)"),
        ],
        required=True,
        default="movement",
    )
    recognition = fields.Selection(
        [
            ("recognised", "Recognised"),
            ("described", "Well described"),
            ("founded", "Well founded"),
            ("effective", "Good indications of effect"),
        ],
        help="Empty while the level is not known.",
    )
    for_whom = fields.Text(translate=True)
    owner = fields.Char()
    url = fields.Char("Source")
