from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

MAX_YEARS = 2  # a longer season is surely a typing error


class BscOfferingSeason(models.TransientModel):
    """Copy offerings for a new season.

    The old ones keep their own season, so what they were stays known; one without an
    end gets one, on the day before the new season.
    """

    _name = "bsc.offering.season"
    _description = "Copy for a New Season"

    offering_ids = fields.Many2many(
        "bsc.offering",
        string="Activities",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    date_from = fields.Date(
        "First day", required=True, default=lambda self: self._default_date_from()
    )
    date_to = fields.Date(
        "Last day", required=True, default=lambda self: self._default_date_to()
    )
    known_ids = fields.Many2many(
        "bsc.offering",
        string="Has times in this season already",
        compute="_compute_left_out",
    )
    timeless_ids = fields.Many2many(
        "bsc.offering", string="Has no times", compute="_compute_left_out"
    )

    @api.model
    def _default_date_from(self):
        """Most seasons of sport begin in September."""
        today = fields.Date.context_today(self)
        return today + relativedelta(day=1, month=9, years=today.month >= 9)

    @api.model
    def _default_date_to(self):
        return self._default_date_from() + relativedelta(day=30, month=6, years=1)

    @api.depends("offering_ids", "date_from", "date_to")
    def _compute_left_out(self):
        for season in self:
            offerings = season.offering_ids._origin
            season.known_ids = season._get_known(offerings)
            season.timeless_ids = offerings.filtered(lambda one: not one.slot_ids)

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for season in self:
            if season.date_from > season.date_to:
                raise ValidationError(self.env._("A season starts before it ends."))
            if season.date_to > season.date_from + relativedelta(years=MAX_YEARS):
                raise ValidationError(
                    self.env._(
                        "A season lasts two years at most: look at the year of both"
                        " days."
                    )
                )

    def action_copy(self):
        """Copy the offerings that are not in the new season yet, and show the copies.

        :raise UserError: when there is none
        """
        self.ensure_one()
        offerings = self.offering_ids - self.known_ids - self.timeless_ids
        if not offerings:
            raise UserError(
                self.env._(
                    "There is nothing to copy: these activities are in this season"
                    " already, or have no times."
                )
            )
        vals_list = offerings.copy_data()
        for offering, vals in zip(offerings, vals_list, strict=True):
            vals |= {
                "name": offering.name,
                "origin_id": offering.id,
                "slot_ids": [
                    Command.create({**slot_vals, **self._get_slot_vals()})
                    for slot_vals in self._get_slots(offering).copy_data()
                ],
            }
        copies = self.env["bsc.offering"].create(vals_list)
        offerings.slot_ids.filtered(self._runs_on).date_to = self.date_from - timedelta(
            1
        )
        return copies._get_records_action(name=self.env._("New season"))

    def _get_slot_vals(self):
        return {"date_from": self.date_from, "date_to": self.date_to}

    def _get_known(self, offerings):
        """Return those of some offerings that have times in the new season.

        They, or what was copied from them before, archived or not.
        """
        self.ensure_one()
        if not (self.date_from and self.date_to):
            return offerings.browse()
        copies = offerings.with_context(active_test=False).search(
            [("origin_id", "in", offerings.ids)]
        )
        slots = (offerings | copies).slot_ids.filtered(
            lambda slot: (
                not self._runs_on(slot)
                and (slot.date_from or date.min) <= self.date_to
                and (slot.date_to or date.max) >= self.date_from
            )
        )
        known = slots.offering_id
        return offerings & (known | known.origin_id)

    def _runs_on(self, slot):
        """Tell whether a time began before the new season and has no end."""
        return not slot.date_to and (slot.date_from or date.min) < self.date_from

    def _get_slots(self, offering):
        """Return the times to copy: of each moment in the week the latest one."""
        kept = offering.slot_ids.browse()
        for slot in offering.slot_ids.sorted(
            lambda slot: slot.date_to or date.max, reverse=True
        ):
            if not any(slot._overlaps(other, any_season=True) for other in kept):
                kept |= slot
        return kept.sorted()
