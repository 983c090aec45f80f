from statistics import median

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import formatLang


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
        check_company=True,
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
    # ``contact_id`` would not do: the contact of a provider is its ``partner_id``.
    call_id = fields.Many2one(
        "res.partner",
        "Who to call",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        domain="[('id', 'child_of', partner_id), ('is_company', '=', False)]",
        help="The person of this provider whom you call first.",
    )
    call_phone = fields.Char("Direct phone", related="call_id.phone")
    call_email = fields.Char("Direct e-mail", related="call_id.email")
    # what it can and wants to do
    wants_new_group = fields.Boolean(
        "Wants to start a new group",
        tracking=True,
        help="This provider is willing to start a new group where there is demand.",
    )
    can_take_on = fields.Text(
        "Can still take on",
        help="What this provider can still take on: how many people, which groups.",
    )
    wants_trainers_course = fields.Boolean(
        "Trainers' course",
        tracking=True,
        help="This provider would like a course for its trainers.",
    )
    wants_pedagogical_support = fields.Boolean(
        "Pedagogical support",
        tracking=True,
        help="This provider would like help with guiding a group or a participant.",
    )
    support_wishes = fields.Text(
        "Other support", help="What else would help this provider."
    )
    # what it offers, and whether that is checked
    offering_ids = fields.One2many("bsc.offering", "provider_id")
    offering_count = fields.Integer(compute="_compute_offering_count")
    area_ids = fields.Many2many(
        "bsc.area",
        string="Areas",
        compute="_compute_area_ids",
        search="_search_area_ids",
        help="The areas this provider offers something in.",
    )
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
    current_check_id = fields.Many2one(
        "bsc.check",
        "Deciding check",
        compute="_compute_vetting_state",
        store=True,
        index="btree_not_null",
        help="The check of this provider as a whole that counts.",
    )
    check_valid_until = fields.Date(related="current_check_id.valid_until")
    # how it answers when it is asked whether somebody can come
    request_ids = fields.One2many(
        "bsc.referral.request", "provider_id", "Questions asked"
    )
    request_count = fields.Integer("Times asked", compute="_compute_answers")
    waiting_count = fields.Integer("Not answered yet", compute="_compute_answers")
    answer_count = fields.Integer("Answers", compute="_compute_answers")
    accept_rate = fields.Float(
        "Accepted",
        compute="_compute_answers",
        digits=(16, 2),
        help="How often the answer was that somebody can come.",
    )
    answer_days = fields.Float(
        "Days to answer",
        compute="_compute_answers",
        digits=(16, 1),
        help="Half of the answers came within this number of days.",
    )
    answer_note = fields.Char("Answers when asked", compute="_compute_answer_note")

    _partner_uniq = models.Constraint(
        "UNIQUE(company_id, partner_id)", "This contact is already a sport provider."
    )

    @api.depends("offering_ids")
    def _compute_offering_count(self):
        counts = self._count("bsc.offering")
        for provider in self:
            provider.offering_count = counts.get(provider.id, 0)

    @api.depends("check_ids")
    def _compute_check_count(self):
        counts = self._count("bsc.check")
        for provider in self:
            provider.check_count = counts.get(provider.id, 0)

    @api.depends("offering_ids.area_ids")
    def _compute_area_ids(self):
        for provider in self:
            provider.area_ids = provider.offering_ids.area_ids

    def _search_area_ids(self, operator, value):
        return Domain("offering_ids.area_ids", operator, value)

    @api.depends("check_ids.state", "check_ids.offering_id")
    def _compute_vetting_state(self):
        for provider in self:
            checks = provider._get_general_checks()
            decided = checks._get_deciding()
            provider.current_check_id = decided
            if decided:
                provider.vetting_state = decided.state
            elif checks._get_running():
                provider.vetting_state = "running"
            else:
                provider.vetting_state = "none"

    @api.depends("request_ids.answer", "request_ids.days_to_answer")
    def _compute_answers(self):
        groups = (
            self.env["bsc.referral.request"]
            .sudo()  # numbers only, also for those who see no referrals
            ._read_group(
                [("provider_id", "in", self.ids)],
                ["provider_id", "answer"],
                ["__count", "days_to_answer:array_agg"],
            )
        )
        found = {(provider.id, answer): values for provider, answer, *values in groups}
        for provider in self:
            (accepted, days_accepted), (declined, days_declined), (waiting, _days) = (
                found.get((provider._origin.id, answer), (0, []))
                for answer in ("accepted", "declined", False)
            )
            answered = accepted + declined
            provider.request_count = answered + waiting
            provider.waiting_count = waiting
            provider.answer_count = answered
            provider.accept_rate = accepted / answered if answered else 0
            provider.answer_days = median(days_accepted + days_declined or [0])

    @api.depends("accept_rate", "answer_days", "answer_count")
    @api.depends_context("lang")
    def _compute_answer_note(self):
        for provider in self:
            days = provider.answer_days
            provider.answer_note = (
                self.env._(
                    "%(rate)s%% accepted, of %(count)s answers. Days to answer:"
                    " %(days)s.",
                    rate=round(provider.accept_rate * 100),
                    count=provider.answer_count,
                    days=formatLang(self.env, days, digits=int(days % 1 > 0)),
                )
                if provider.answer_count
                else self.env._("No answers yet")
            )

    @api.constrains("call_id", "partner_id")
    def _check_call(self):
        for provider in self:
            person = provider.call_id
            if person and not person._bsc_belongs_to(provider.partner_id):
                raise ValidationError(
                    self.env._(
                        "%(person)s is not a contact of “%(provider)s”. Choose someone"
                        " of this provider to call.",
                        person=person.name,
                        provider=provider.name,
                    )
                )

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

    def _count(self, model):
        """Return how many records of a model each of these providers has, by its id."""
        groups = self.env[model]._read_group(
            [("provider_id", "in", self.ids)], ["provider_id"], ["__count"]
        )
        return {provider.id: count for provider, count in groups}

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
    def action_open_requests(self):
        """Open the questions that were put to this provider."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_referral_request_action"
        )
        action["domain"] = Domain("provider_id", "=", self.id)
        return action

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
