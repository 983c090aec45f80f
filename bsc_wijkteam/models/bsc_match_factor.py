from odoo import fields, models


class BscMatchFactor(models.Model):
    """What counts when an offering is matched with a referral, and how much."""

    _name = "bsc.match.factor"
    _description = "Match Factor"
    _order = "sequence, id"

    name = fields.Char("Factor", required=True, translate=True)
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True, readonly=True)
    weight = fields.Integer(required=True, default=1)

    _code_uniq = models.UniqueIndex("(code)", "This factor already exists.")
    _check_weight = models.Constraint(
        "CHECK (weight BETWEEN 0 AND 10)", "Choose a weight of 0 to 10."
    )
