from odoo import fields, models


class BscReferralMatch(models.TransientModel):
    """What fits a referral, best first, with the reasons."""

    _name = "bsc.referral.match"
    _description = "Match a Referral"

    referral_id = fields.Many2one("bsc.referral", required=True, ondelete="cascade")
    line_ids = fields.One2many("bsc.referral.match.line", "match_id")


class BscReferralMatchLine(models.TransientModel):
    """One offering and how well it fits."""

    _name = "bsc.referral.match.line"
    _description = "Match"
    _order = "score desc, id"

    match_id = fields.Many2one("bsc.referral.match", required=True, ondelete="cascade")
    offering_id = fields.Many2one("bsc.offering", required=True, ondelete="cascade")
    score = fields.Integer()
