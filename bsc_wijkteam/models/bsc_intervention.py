from odoo import fields, models


class BscIntervention(models.Model):
    """A recognised programme; unlike an activity it has a beginning and an end."""

    _name = "bsc.intervention"
    _description = "Recognised Intervention"
    _inherit = ["bsc.privacy.mixin"]
    _order = "name, id"

    # A proper name: the same in every language.
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
        help="How strong the evidence is. “Recognised” when the level is not known;"
        " empty when not even that is.",
    )
    date_recognised = fields.Date("Recognised on")
    for_whom = fields.Text(translate=True)
    owner = fields.Char(help="The organisation that looks after this programme.")
    url = fields.Char("Source", help="Where this was found.")
    offering_ids = fields.One2many("bsc.offering", "intervention_id", "Activities")

    _check_url = models.Constraint(
        "CHECK (url ~* '^https?://[^[:space:]]+$')",
        "A link starts with https:// and has no spaces.",
    )
