from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class BscProvider(models.Model):
    """A club, gym, foundation or other organisation people can move with."""

    _name = "bsc.provider"
    _description = "Sport Provider"
    _inherit = ["bsc.privacy.mixin", "mail.thread", "mail.activity.mixin"]
    _inherits = {"res.partner": "partner_id"}
    _order = "id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        "Contact card",
        required=True,
        ondelete="restrict",
        index=True,
        help="The contact of this provider; address and people are kept there.",
    )
    # The contact has these two as well: a provider can stop while the contact stays.
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    coach_id = fields.Many2one(
        "res.users",
        tracking=True,
        index="btree_not_null",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        check_company=True,
    )
    kind = fields.Selection(
        [
            ("club", "Sports club"),
            ("open_club", "Open club"),
            ("foundation", "Foundation"),
            ("commercial", "Gym or sports school"),
            ("welfare", "Welfare organisation"),
            ("municipality", "Municipality"),
            ("other", "Other"),
        ],
        tracking=True,
    )
    wants_new_group = fields.Boolean(
        "Wants to start a new group",
        tracking=True,
        help="This provider is willing to start a new group where there is demand.",
    )
    can_take_on = fields.Text(
        "Can still take on",
        help="What this provider can still take on: how many people, which groups.",
    )
    offering_ids = fields.One2many("bsc.offering", "provider_id")
    offering_count = fields.Integer(compute="_compute_offering_count")
    check_ids = fields.One2many("bsc.check", "provider_id", "Criteria checks")
    check_count = fields.Integer(compute="_compute_check_count")
    vetting_state = fields.Selection(
        [
            ("none", "Not checked"),
            ("running", "Check running"),
            ("valid", "Valid check"),
            ("lapsed", "Lapsed"),
            ("failed", "Does not meet criteria"),
        ],
        "Criteria",
        compute="_compute_vetting_state",
        store=True,
        index=True,
        help="Where the check of this provider as a whole stands.",
    )

    _partner_uniq = models.Constraint(
        "UNIQUE(company_id, partner_id)", "This contact is already a sport provider."
    )

    @api.depends("offering_ids")
    def _compute_offering_count(self):
        counts = {
            provider.id: count
            for provider, count in self.env["bsc.offering"]._read_group(
                [("provider_id", "in", self.ids)], ["provider_id"], ["__count"]
            )
        }
        for provider in self:
            provider.offering_count = counts.get(provider.id, 0)

    @api.depends("check_ids")
    def _compute_check_count(self):
        counts = {
            provider.id: count
            for provider, count in self.env["bsc.check"]._read_group(
                [("provider_id", "in", self.ids)], ["provider_id"], ["__count"]
            )
        }
        for provider in self:
            provider.check_count = counts.get(provider.id, 0)

    @api.depends("check_ids.state", "check_ids.offering_id")
    def _compute_vetting_state(self):
        for provider in self:
            checks = provider._get_general_checks()
            decided = checks._get_deciding()
            if decided:
                provider.vetting_state = decided.state
            elif checks._get_running():
                provider.vetting_state = "running"
            else:
                provider.vetting_state = "none"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("partner_id"):
                vals.setdefault("is_company", True)
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        providers = self.with_context(active_test=False)
        if providers.offering_ids or providers.check_ids:
            raise UserError(
                self.env._(
                    "A provider with offerings or checks cannot be deleted."
                    " Archive it, so that its history stays."
                )
            )

    def _get_general_checks(self):
        """Return the checks of these providers that hold for all they offer."""
        return self.check_ids.filtered(lambda check: not check.offering_id)

    def action_check_criteria(self):
        """Open the running check of this provider as a whole, or start one."""
        self.ensure_one()
        return self.env["bsc.check"]._action_check(self)

    @api.readonly
    def action_open_partner(self):
        """Open the contact of this provider."""
        self.ensure_one()
        return self.partner_id._get_records_action()

    @api.readonly
    def action_open_offerings(self):
        """Open the offerings of this provider."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_offering_action"
        )
        action["domain"] = Domain("provider_id", "=", self.id)
        action["context"] = {"default_provider_id": self.id}
        return action

    @api.readonly
    def action_open_checks(self):
        """Open the criteria checks of this provider."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_check_action"
        )
        action["domain"] = Domain("provider_id", "=", self.id)
        action["context"] = {"default_provider_id": self.id}
        return action
