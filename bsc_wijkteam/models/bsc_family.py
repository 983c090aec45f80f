from odoo import fields, models


class BscFamily(models.Model):
    """Several participants of one family, with one lead professional.

    Known by a reference only: who they are is kept with the participants.
    """

    _name = "bsc.family"
    _description = "Family"
    _inherit = ["bsc.privacy.mixin"]
    _rec_name = "reference"
    _order = "id desc"
    _check_company_auto = True

    reference = fields.Char(readonly=True, copy=False, index=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    referral_ids = fields.One2many("bsc.referral", "family_id", "Referrals")

    _reference_uniq = models.UniqueIndex(
        "(company_id, reference)", "This reference is already used."
    )
