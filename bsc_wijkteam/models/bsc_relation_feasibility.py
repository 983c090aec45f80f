from odoo import fields, models


class BscRelation(models.Model):
    """Whether this collaboration is feasible, before starting."""

    _inherit = "bsc.relation"

    feasibility_state = fields.Selection(
        [
            ("asked", "Asked"),
            ("feasible", "Feasible"),
            ("not_now", "Not now"),
        ],
        "Feasible?",
        tracking=True,
        help="Empty: not discussed yet.",
    )
