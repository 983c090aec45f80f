from odoo import fields, models


class BscRelation(models.Model):
    """Promises of both sides, counted from the activities themselves."""

    _inherit = "bsc.relation"

    promise_open_count = fields.Integer("Open promises")
    promise_late_count = fields.Integer("Late promises")
