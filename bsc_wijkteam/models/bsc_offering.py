from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

MAX_AGE = 120  # years
MAX_NAME = 200  # characters: what a card can still show


class BscOffering(models.Model):
    """One thing a person can join: what, where, when, for whom, at what cost."""

    _name = "bsc.offering"
    _description = "Offering"
    _inherit = ["bsc.privacy.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _check_company_auto = True
    _rec_names_search = ["name", "provider_id.name"]

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    provider_id = fields.Many2one(
        "bsc.provider",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    company_id = fields.Many2one(
        related="provider_id.company_id", store=True, index=True, precompute=True
    )
    provider_partner_id = fields.Many2one(
        related="provider_id.partner_id", string="Contact of the provider"
    )
    coach_id = fields.Many2one(related="provider_id.coach_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    # what
    sport_id = fields.Many2one("bsc.sport", index="btree_not_null", ondelete="restrict")
    level_id = fields.Many2one("bsc.level", index="btree_not_null", ondelete="restrict")
    intervention_id = fields.Many2one(
        "bsc.intervention",
        "Recognised intervention",
        index="btree_not_null",
        ondelete="restrict",
        help="The recognised programme that is followed here, if any.",
    )
    description = fields.Text(help="What people do here, in plain words.")
    guidance = fields.Text(help="Who guides the group, and with which experience.")
    is_adapted = fields.Boolean(
        "Adapted sports", help="Made for people with a disability."
    )
    accessibility = fields.Text(
        help="How to get in and around: lift, adapted toilet, parking, quiet room."
    )
    # for whom and where
    target_group_ids = fields.Many2many("bsc.target.group")
    area_ids = fields.Many2many(
        "bsc.area", help="The areas this activity is near to or meant for."
    )
    place_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        help="The address where people meet, e.g. the sports hall.",
    )
    min_age = fields.Integer("From age", aggregator=None)
    max_age = fields.Integer(
        "To age", aggregator=None, help="0 means that there is no upper age."
    )
    ages = fields.Char(compute="_compute_ages", help="For which ages, in words.")
    contact_id = fields.Many2one(
        "res.partner",
        "Contact person",
        index="btree_not_null",
        ondelete="set null",
        help="Whom to call about this activity.",
    )
    slot_ids = fields.One2many("bsc.offering.slot", "offering_id", "Times", copy=True)
    times = fields.Char("When", compute="_compute_times")
    origin_id = fields.Many2one(
        "bsc.offering",
        "Copied from",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The same offering in an earlier season.",
    )
    # room
    is_limited = fields.Boolean(
        "Limited places", help="Only so many people can take part at a time."
    )
    places = fields.Integer(aggregator=None)
    places_taken = fields.Integer(
        compute="_compute_places_taken",
        store=True,
        aggregator=None,
        help="Places taken by people who were referred.",
    )
    places_free = fields.Integer(
        "Free places", compute="_compute_places_free", store=True, aggregator=None
    )
    has_free_places = fields.Boolean(
        "Room for more people",
        compute="_compute_places_free",
        store=True,
        help="The places are not limited, or not all are taken.",
    )
    is_new_group_possible = fields.Boolean("New group possible")
    # criteria
    check_ids = fields.One2many("bsc.check", "offering_id", "Own criteria checks")
    current_check_id = fields.Many2one(
        "bsc.check",
        "Deciding check",
        compute="_compute_is_referable",
        store=True,
        index="btree_not_null",
        help="The check of this offering or, without one, of its provider.",
    )
    check_state = fields.Selection(related="current_check_id.state", string="Criteria")
    check_valid_until = fields.Date(related="current_check_id.valid_until")
    is_referable = fields.Boolean(
        compute="_compute_is_referable",
        store=True,
        index=True,
        help="People may be referred here: the offering and its provider are active"
        " and the criteria check is valid.",
    )
    referable_issues = fields.Text(
        "What is missing", compute="_compute_referable_issues"
    )
    referral_ids = fields.One2many("bsc.referral", "offering_id")

    _name_provider_idx = models.Index("(provider_id, name)")
    _check_name = models.Constraint(
        f"CHECK (char_length(name) <= {MAX_NAME})",
        "The name of an offering has at most 200 characters. Put the rest in the"
        " description.",
    )
    _check_ages = models.Constraint(
        f"CHECK (min_age >= 0 AND max_age >= 0 AND min_age <= {MAX_AGE}"
        f" AND max_age <= {MAX_AGE} AND (max_age = 0 OR min_age <= max_age))",
        "The ages are not right: “from” may not be above “to”, and nobody is over 120.",
    )
    _check_places_positive = models.Constraint(
        "CHECK (places >= 0)", "The number of places cannot be negative."
    )

    @api.depends(
        "slot_ids.weekday",
        "slot_ids.hour_from",
        "slot_ids.hour_to",
        "slot_ids.date_from",
        "slot_ids.date_to",
    )
    @api.depends_context("lang", "tz")
    def _compute_times(self):
        """Tell the times of this season and the next; of one that is over, its end."""
        today = fields.Date.context_today(self)
        for offering in self:
            slots = offering.slot_ids
            if current := slots.filtered(lambda s: not s.date_to or s.date_to >= today):
                offering.times = current._get_times(today)
            elif slots:
                offering.times = self.env._(
                    "season over since %(date)s",
                    date=slots._format_day(max(slots.mapped("date_to")), today),
                )
            else:
                offering.times = False

    @api.depends("min_age", "max_age")
    @api.depends_context("lang")
    def _compute_ages(self):
        for offering in self:
            ages = {"min": offering.min_age, "max": offering.max_age}
            if offering.min_age and offering.max_age:
                offering.ages = self.env._("from %(min)s to %(max)s", **ages)
            elif offering.min_age:
                offering.ages = self.env._("from %(min)s", **ages)
            elif offering.max_age:
                offering.ages = self.env._("up to %(max)s", **ages)
            else:
                offering.ages = False

    @api.depends(
        "referral_ids.active",
        "referral_ids.stage_id",
        "referral_ids.stage_id.occupies_place",
    )
    def _compute_places_taken(self):
        # A place is taken whoever may see the referral.
        counts = {
            offering.id: count
            for offering, count in self.env["bsc.referral"]
            .sudo()  # counts only, nothing of the referrals is shown
            ._read_group(
                [
                    ("offering_id", "in", self.ids),
                    ("stage_id.occupies_place", "=", True),
                ],
                ["offering_id"],
                ["__count"],
            )
        }
        for offering in self:
            offering.places_taken = counts.get(offering.id, 0)

    @api.depends("places", "places_taken", "is_limited")
    def _compute_places_free(self):
        for offering in self:
            offering.places_free = (
                offering.places - offering.places_taken if offering.is_limited else 0
            )
            offering.has_free_places = (
                not offering.is_limited or offering.places_free > 0
            )

    @api.depends(
        "active",
        "provider_id.active",
        "check_ids.state",
        "provider_id.check_ids.offering_id",
        "provider_id.check_ids.state",
    )
    def _compute_is_referable(self):
        for offering in self:
            general = offering.provider_id._get_general_checks()
            check = offering.check_ids._get_deciding() or general._get_deciding()
            offering.current_check_id = check
            offering.is_referable = (
                offering.active
                and offering.provider_id.active
                and check.state == "valid"
            )

    @api.depends(
        "is_referable",
        "current_check_id",
        "check_ids.line_ids.verdict",
        "check_ids.provider_stamp_date",
        "check_ids.team_stamp_date",
        "provider_id.check_ids.line_ids.verdict",
        "provider_id.check_ids.provider_stamp_date",
        "provider_id.check_ids.team_stamp_date",
    )
    @api.depends_context("lang")
    def _compute_referable_issues(self):
        for offering in self:
            offering.referable_issues = "\n".join(
                f"• {issue[:1].upper()}{issue[1:]}"
                for issue in offering._get_referable_issues()
            )

    @api.depends("name", "provider_id.name")
    def _compute_display_name(self):
        for offering in self:
            offering.display_name = (
                f"{offering.name} ({offering.provider_id.name})"
                if offering.provider_id
                else offering.name
            )

    @api.constrains("is_limited", "places", "places_taken")
    def _check_places(self):
        """Places are never overbooked (rule 2).

        Two coaches who take the last place at once both write ``places_taken`` of the
        same row: the database lets one through, and the other is checked again.
        """
        for offering in self:
            if offering.is_limited and offering.places_taken > offering.places:
                raise ValidationError(
                    self.env._(
                        "At “%(offering)s” all are taken of this many places:"
                        " %(places)s. Put the participant on the waiting list or choose"
                        " another activity.",
                        offering=offering.display_name,
                        places=offering.places,
                    )
                )

    @api.constrains("slot_ids")
    def _check_slots(self):
        slots = self.slot_ids.with_context(bsc_slots_pending=False)
        slots._check_no_overlap()

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for offering, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                # Short enough to keep what is added.
                name = offering.name[: MAX_NAME - 20]
                vals["name"] = self.env._("%(name)s (copy)", name=name)
        return vals_list

    def write(self, vals):
        if "provider_id" in vals:
            self._check_stays(vals["provider_id"])
        if "slot_ids" in vals:
            # Two times may change places: only how they end up is checked.
            self = self.with_context(bsc_slots_pending=True)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        offerings = self.with_context(active_test=False).sudo()  # referrals of anyone
        if offerings.referral_ids or offerings.check_ids:
            raise UserError(
                self.env._(
                    "An offering with referrals or checks cannot be deleted."
                    " Archive it, so that its history stays."
                )
            )

    def _check_stays(self, provider_id):
        """What was checked at one provider says nothing about another one.

        :param int provider_id: the provider these offerings are to be of
        :raise ValidationError: when one moves and has a check or a referral
        """
        offerings = self.with_context(active_test=False).sudo()  # referrals of anyone
        for offering in offerings:
            is_moved = offering.provider_id.id != provider_id
            if is_moved and (offering.check_ids or offering.referral_ids):
                raise ValidationError(
                    self.env._(
                        "“%(offering)s” has checks or referrals and stays with its"
                        " provider. Archive it, and add it anew with the other one.",
                        offering=offering.name,
                    )
                )

    def _get_referable_issues(self):
        """Return what keeps people from being referred to one offering.

        :return: list of sentences, empty when the offering is referable
        """
        self.ensure_one()
        issues = []
        if not self.active:
            issues.append(self.env._("the offering is archived"))
        if not self.provider_id.active:
            issues.append(self.env._("the provider is archived"))
        check = self.current_check_id
        if not check:
            issues.append(self.env._("there is no finished criteria check"))
            running = (
                self.check_ids._get_running()
                or self.provider_id._get_general_checks()._get_running()
            )
            issues.extend(running._get_open_points())
        # Not the stored state: a check ends at midnight, before the job of the day.
        elif check._get_own_state() == "lapsed":
            issues.append(
                self.env._(
                    "the criteria check lapsed on %(date)s",
                    date=check._format_date(check.valid_until),
                )
            )
        else:
            issues.extend(check._get_open_points())
        return issues

    @api.readonly
    def action_open_check(self):
        """Open the check that decides about this offering."""
        self.ensure_one()
        return self.current_check_id._get_records_action()

    def action_check_criteria(self):
        """Open the running check of this offering or its provider, or start one."""
        self.ensure_one()
        general = self.provider_id._get_general_checks()
        if not self.check_ids and (running := general._get_running()):
            return running._get_records_action()
        return self.env["bsc.check"]._action_check(self.provider_id, self)
