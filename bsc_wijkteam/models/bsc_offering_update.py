from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .bsc_offering_answer import KINDS

ACTIVITY_TYPE = "bsc_wijkteam.mail_activity_type_update"


class BscOfferingUpdate(models.Model):
    """What a provider says has changed in an offering; it waits for the coach's OK."""

    _name = "bsc.offering.update"
    _description = "Correction by the Provider"
    _inherit = ["bsc.privacy.mixin"]
    _order = "date desc, id desc"

    offering_id = fields.Many2one(
        "bsc.offering", required=True, index=True, ondelete="cascade"
    )
    provider_id = fields.Many2one(
        related="offering_id.provider_id", store=True, index=True, precompute=True
    )
    coach_id = fields.Many2one(related="provider_id.coach_id")
    partner_id = fields.Many2one(
        "res.partner",
        "Sent by",
        index="btree_not_null",
        ondelete="set null",
        help="The person of the provider whose link was used.",
    )
    date = fields.Datetime("Sent on", required=True, default=fields.Datetime.now)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("taken", "Taken over"),
            ("declined", "Declined"),
            ("withdrawn", "Withdrawn by the provider"),
        ],
        "Status",
        required=True,
        default="waiting",
        index=True,
    )
    proposed = fields.Json(copy=False, export_string_translation=False)
    before = fields.Json(copy=False, export_string_translation=False)
    remark = fields.Text()
    is_stopped = fields.Boolean("This activity has stopped")
    with_cost = fields.Boolean("Take over the cost", default=True)
    with_times = fields.Boolean("Take over the times", default=True)
    with_places = fields.Boolean("Take over the places", default=True)
    with_contact = fields.Boolean("Take over the contact person", default=True)
    cost_old = fields.Char("Cost now", compute="_compute_changes")
    cost_new = fields.Char("New cost", compute="_compute_changes")
    times_old = fields.Char("Times now", compute="_compute_changes")
    times_new = fields.Char("New times", compute="_compute_changes")
    places_old = fields.Char("Places now", compute="_compute_changes")
    places_new = fields.Char("New places", compute="_compute_changes")
    contact_old = fields.Char("Contact person now", compute="_compute_changes")
    contact_new = fields.Char("New contact person", compute="_compute_changes")
    summary = fields.Text("What changes", compute="_compute_changes")
    changed_since = fields.Text(
        compute="_compute_changes",
        help="What was different when the provider answered.",
    )
    open_referral_count = fields.Integer(compute="_compute_open_referral_count")
    reason = fields.Text(help="Why you decline. The provider reads it behind the link.")
    decided_by_id = fields.Many2one(
        "res.users", "Decided by", readonly=True, copy=False, ondelete="set null"
    )
    date_decided = fields.Datetime("Decided on", readonly=True, copy=False)

    _waiting_uniq = models.UniqueIndex(
        "(offering_id, partner_id) WHERE state = 'waiting'",
        "There is already a correction of this person waiting.",
    )

    @api.depends("offering_id", "date")
    def _compute_display_name(self):
        for update in self:
            update.display_name = update.offering_id.display_name

    @api.depends("state", "proposed", "before", "is_stopped", "remark", "offering_id")
    @api.depends_context("lang")
    def _compute_changes(self):
        for update in self:
            proposed, before = update.proposed or {}, update.before or {}
            offering = update.offering_id
            told = offering._get_told() if offering else {}
            lines, changed = [], []
            if update.is_stopped:
                lines.append(self.env._("This activity has stopped"))
            for kind in KINDS:
                old = new = False
                if kind in proposed:
                    is_waiting = update.state == "waiting"
                    value = told[kind] if is_waiting else before.get(kind)
                    old = offering._describe(kind, value)
                    new = offering._describe(kind, proposed[kind])
                    label = offering._get_kind_label(kind)
                    lines.append(f"{label}: {old} → {new}")
                    if is_waiting and kind in before and value != before[kind]:
                        was = offering._describe(kind, before[kind])
                        changed.append(f"{label}: {was} → {old}")
                update[f"{kind}_old"], update[f"{kind}_new"] = old, new
            update.summary = "\n".join(lines) or update.remark
            update.changed_since = "\n".join(changed)

    @api.depends("offering_id")
    def _compute_open_referral_count(self):
        # How many, whoever may see them; nothing of the referrals is shown.
        counts = dict(
            self.env["bsc.referral"]
            .sudo()  # counts only
            ._read_group(
                [
                    ("offering_id", "in", self.offering_id.ids),
                    ("stage_id.is_closed", "=", False),
                ],
                ["offering_id"],
                ["__count"],
            )
        )
        for update in self:
            offering = update.offering_id.sudo()  # key of the counts above
            update.open_referral_count = counts.get(offering, 0)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_text_no_bsn(self._get_proposed_text(vals))
        updates = super().create(vals_list)
        for update in updates.filtered(lambda update: not update.before):
            update.before = update.offering_id._get_told()
        return updates

    def write(self, vals):
        self._check_text_no_bsn(self._get_proposed_text(vals))
        return super().write(vals)

    @api.model
    def _get_proposed_text(self, vals):
        contact = (vals.get("proposed") or {}).get("contact") or {}
        return "\n".join(contact.values())

    def action_take_over(self):
        """Write what was proposed, as far as it is ticked, to the offerings."""
        waiting = self._get_waiting()
        stopping = waiting.filtered(lambda u: u.is_stopped and u.open_referral_count)
        if stopping and not self.env.context.get("bsc_stop_seen"):
            raise UserError(
                self.env._(
                    "%(offerings)s would stop while referrals are open. Open that"
                    " correction by itself and decide there.",
                    offerings=", ".join(stopping.offering_id.mapped("name")),
                )
            )
        for update in waiting.sorted("date"):
            update._take_over()
        waiting._decide("taken")

    def action_decline(self):
        """Leave the offerings as they are."""
        self._get_waiting()._decide("declined")

    def _get_waiting(self):
        """Return those of these corrections that nobody decided about yet.

        :raise UserError: when there is none
        """
        waiting = self.filtered(lambda update: update.state == "waiting")
        if not waiting:
            raise UserError(self.env._("This correction has been decided already."))
        return waiting

    def _decide(self, state):
        self.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "date_decided": fields.Datetime.now(),
            }
        )
        self.provider_id._plan_updates()

    def _take_over(self):
        """Write what this correction proposes, and remember what it replaced.

        :raise UserError: when nothing is ticked, or when more people were referred
            than there would be places
        """
        self.ensure_one()
        offering = self.offering_id
        told = offering._get_told()
        proposed = {
            kind: value
            for kind, value in (self.proposed or {}).items()
            if self[f"with_{kind}"]
        }
        if self.proposed and not proposed:
            raise UserError(
                self.env._("Tick what you take over, or decline the correction.")
            )
        vals = {"date_confirmed": offering._get_confirmed(self.date.date())}
        if self.is_stopped:
            vals["active"] = False
        if "cost" in proposed:
            vals.update(proposed["cost"])
        if "times" in proposed:
            vals["slot_ids"] = offering._get_slot_commands(proposed["times"])
        if "places" in proposed:
            places = proposed["places"]
            if places is not None and places < offering.places_taken:
                raise UserError(
                    self.env._(
                        "“%(offering)s” has %(taken)s people who were referred, so"
                        " %(places)s places are too few. Do not tick the places, and"
                        " call the provider.",
                        offering=offering.name,
                        taken=offering.places_taken,
                        places=places,
                    )
                )
            vals.update(is_limited=places is not None, places=places or 0)
        if "contact" in proposed:
            vals["contact_id"] = offering._take_contact(proposed["contact"]).id
        offering.write(vals)
        self.before = told


class BscProvider(models.Model):
    _inherit = "bsc.provider"

    update_ids = fields.One2many("bsc.offering.update", "provider_id", "Corrections")
    update_count = fields.Integer(
        "Corrections waiting", compute="_compute_update_count"
    )

    @api.depends("update_ids.state")
    def _compute_update_count(self):
        counts = {
            provider.id: count
            for provider, count in self.env["bsc.offering.update"]._read_group(
                [("provider_id", "in", self.ids), ("state", "=", "waiting")],
                ["provider_id"],
                ["__count"],
            )
        }
        for provider in self:
            provider.update_count = counts.get(provider.id, 0)

    @api.readonly
    def action_open_updates(self):
        """Open the corrections this provider sent."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_offering_update_action"
        )
        action["domain"] = Domain("provider_id", "=", self.id)
        action["context"] = {}
        return action

    def _plan_updates(self):
        """Keep one activity per provider as long as corrections wait for the coach."""
        for provider in self:
            activities = provider.activity_search([ACTIVITY_TYPE])
            if not provider.update_count:
                activities.action_feedback()
                continue
            coach = provider.coach_id
            env = provider.with_context(lang=coach.lang or provider.env.lang).env
            summary = (
                env._(
                    "%(provider)s sent %(count)s corrections",
                    provider=provider.name,
                    count=provider.update_count,
                )
                if provider.update_count > 1
                else env._("%(provider)s sent a correction", provider=provider.name)
            )
            if activities:
                activities.summary = summary
            else:
                provider.activity_schedule(
                    ACTIVITY_TYPE,
                    date_deadline=fields.Date.context_today(self) + timedelta(days=7),
                    summary=summary,
                    user_id=coach.id,
                )
