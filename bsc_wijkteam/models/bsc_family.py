from odoo import api, fields, models
from odoo.exceptions import ValidationError


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
    relation_id = fields.Many2one(
        "bsc.relation",
        "Team",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    team_partner_id = fields.Many2one(
        related="relation_id.partner_id", string="Contact of the team"
    )
    lead_id = fields.Many2one(
        "res.partner",
        "Lead professional",
        compute="_compute_lead_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        help="The one professional who hears how all of this family are doing.",
    )
    referral_ids = fields.One2many("bsc.referral", "family_id", "Referrals")
    referral_references = fields.Char(
        "All referrals",
        compute="_compute_referral_references",
        help="Those of colleagues too, by their reference.",
    )

    _reference_uniq = models.UniqueIndex(
        "(company_id, reference)", "This reference is already used."
    )

    @api.depends("relation_id")
    def _compute_lead_id(self):
        for family in self:
            team = family.relation_id.partner_id
            if not family.lead_id or not family.lead_id._bsc_belongs_to(team):
                family.lead_id = family.relation_id.contact_id

    @api.depends("referral_ids.reference")
    def _compute_referral_references(self):
        references = self._get_references()
        for family in self:
            family.referral_references = ", ".join(references.get(family.id, []))

    @api.constrains("lead_id", "relation_id")
    def _check_lead(self):
        for family in self:
            team = family.relation_id.partner_id
            if not family.lead_id._bsc_belongs_to(team):
                raise ValidationError(
                    self.env._(
                        "%(person)s is not a contact of “%(team)s”. The lead of a"
                        " family is a professional of the team that refers.",
                        person=family.lead_id.name,
                        team=team.name,
                    )
                )

    @api.constrains("relation_id")
    def _check_referrals(self):
        for family in self:
            # They stay with the team they came from.
            referrals = self.env["bsc.referral"].sudo()  # also those of colleagues
            relations = referrals.search([("family_id", "=", family.id)]).relation_id
            if relations - family.relation_id:
                raise ValidationError(
                    self.env._(
                        "Family %(family)s has referrals of “%(team)s”. Its team stays"
                        " as it is; make a new family for another team.",
                        family=family.reference,
                        team=relations[:1].display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        references = self.env["ir.sequence"]._bsc_next_references(
            self._name, len(vals_list)
        )
        return super().create(
            [
                {**vals, "reference": reference}
                for vals, reference in zip(vals_list, references, strict=True)
            ]
        )

    def _get_references(self):
        """Return the references of all referrals, also those of colleagues.

        Read beside the fields of the families: what a coach may not open must not come
        to stand there.

        :return: lists of references by the id of the family
        """
        referrals = self.env["bsc.referral"].sudo()  # a reference is no secret
        rows = referrals.search_fetch(
            [("family_id", "in", self.ids)], ["family_id", "reference"], order="id"
        )
        references = {}
        for referral in rows:
            references.setdefault(referral.family_id.id, []).append(referral.reference)
        return references
