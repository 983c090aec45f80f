from odoo import fields, models


class BscFeedbackText(models.Model):
    """The text that is prepared for a moment of feedback."""

    _name = "bsc.feedback.text"
    _description = "Prepared Feedback"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=lambda self: self.env["bsc.feedback"]._fields["kind"].selection,
        required=True,
    )
    body = fields.Text("Message", required=True, translate=True)
