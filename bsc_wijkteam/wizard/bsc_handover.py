from odoo import fields, models


class BscHandover(models.TransientModel):
    """Hand over from coach to coach."""

    _name = "bsc.handover"
    _description = "Hand over from coach to coach"

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
