from odoo import api, fields, models
from odoo.exceptions import ValidationError


class BscReferral(models.Model):
    """Where somebody goes: only to an offering with a valid check (rule 1)."""

    _inherit = "bsc.referral"

    offering_id = fields.Many2one(
        "bsc.offering",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        copy=False,
        check_company=True,
    )
    provider_id = fields.Many2one(
        related="offering_id.provider_id", store=True, tracking=False
    )
    offering_cost = fields.Char(related="offering_id.cost", string="Cost")
    is_referable = fields.Boolean(related="offering_id.is_referable")
    offering_issues = fields.Text(
        compute="_compute_offering_issues",
        help="What keeps people from being referred to this offering.",
    )
    override_reason = fields.Char(
        "Reason to refer without a valid check",
        tracking=True,
        copy=False,
        help="A coordinator may refer to an offering without a valid check."
        " The reason stays on record.",
    )
    override_user_id = fields.Many2one(
        "res.users", "Allowed by", readonly=True, copy=False, ondelete="restrict"
    )
    is_overridden = fields.Boolean(
        compute="_compute_is_overridden", store=True, precompute=True
    )
    may_override = fields.Boolean(
        compute="_compute_may_override",
        help="The user may refer without a valid check, with a reason.",
    )

    @api.depends("offering_id.is_referable")
    def _compute_offering_issues(self):
        for referral in self:
            offering = referral.offering_id
            referral.offering_issues = (
                "; ".join(offering._get_referable_issues())
                if offering and not offering.is_referable
                else False
            )

    @api.depends("override_reason")
    def _compute_is_overridden(self):
        for referral in self:
            referral.is_overridden = bool(referral.override_reason)

    @api.depends("company_id")
    @api.depends_context("uid")
    def _compute_may_override(self):
        for referral in self:
            referral.may_override = referral.company_id._bsc_may_override()

    @api.constrains("offering_id")
    def _check_new_offering(self):
        """Changing the offering asks for a checked one again (rule 1)."""
        for referral in self:
            issues = referral._get_gate_issues()
            if issues:
                raise ValidationError("\n".join(issues))

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            company = self.env["res.company"].browse(vals.get("company_id"))
            self._stamp_override(vals, company or self.env.company)
        return super().create(vals_list)

    def write(self, vals):
        vals = dict(vals)
        if "offering_id" in vals and any(
            referral.offering_id.id != vals["offering_id"] for referral in self
        ):
            # An override holds for the offering it was given for.
            vals.setdefault("override_reason", False)
        self._stamp_override(vals, self.company_id)
        return super().write(vals)

    def _stamp_override(self, vals, companies):
        """Note who allowed an override; the organisation says who may (rule 1)."""
        vals.pop("override_user_id", None)
        if "override_reason" not in vals:
            return
        if vals["override_reason"]:
            companies._bsc_check_may_override()
            vals["override_user_id"] = self.env.uid
        else:
            vals["override_user_id"] = False

    def _get_gate_issues(self):
        """Return why one referral may not go to its offering now (rule 1).

        :return: list with at most one text that names exactly what is missing
        """
        self.ensure_one()
        offering = self.offering_id
        if not self.stage_id.requires_referable or not offering or self.override_reason:
            return []
        # Not the stored ``is_referable``: a check ends at midnight, before the job.
        issues = offering._get_referable_issues()
        if not issues:
            return []
        return [
            self.env._(
                "Nobody can be referred to “%(offering)s” yet: %(issues)s.",
                offering=offering.display_name,
                issues="; ".join(issues),
            )
        ]

    def _get_missing_requirements(self, origin):
        return super()._get_missing_requirements(origin) + self._get_gate_issues()
