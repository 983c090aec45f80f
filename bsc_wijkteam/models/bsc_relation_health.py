from odoo import fields, models


class BscRelation(models.Model):
    """How healthy the collaboration is, and why, in words."""

    _inherit = "bsc.relation"

    date_last_contact = fields.Date(
        "Last contact",
        readonly=True,
        copy=False,
        index=True,
        help="The last meeting, call or feedback.",
    )
    contact_weeks = fields.Integer(
        "In touch every (weeks)",
        default=lambda self: self.env.company.bsc_contact_weeks,
        aggregator=None,
    )
    health = fields.Selection(
        [("good", "Good"), ("attention", "Needs attention"), ("bad", "Cooling down")],
        readonly=True,
        copy=False,
        index=True,
    )
    health_reasons = fields.Text("Why", help="Why the health is what it is.")
