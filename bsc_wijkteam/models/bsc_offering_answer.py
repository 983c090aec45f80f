import hashlib
import json
from itertools import zip_longest

from odoo import api, fields, models
from odoo.fields import Command

# What a provider can correct. A correction holds, per kind, a value as JSON can hold
# it: see ``bsc.offering._get_told``.
KINDS = ("cost", "times", "places", "contact")


class BscOffering(models.Model):
    """What a provider says about its offering: all is right, or something changed."""

    _inherit = "bsc.offering"

    date_confirmed = fields.Date(
        "Confirmed by provider on",
        copy=False,
        readonly=True,
        help="The provider last said that all of this is right.",
    )
    update_ids = fields.One2many("bsc.offering.update", "offering_id", "Corrections")

    def _get_told(self):
        """Return what we tell about one offering and its provider may correct.

        Hours are text, so that "18:20" stays what it is; the contact person is told to
        the provider only when it is one of its own.

        :return: dictionary with a value per kind of ``KINDS``
        """
        self.ensure_one()
        is_free = self.price_period == "free"
        contact = self.contact_id
        if contact and not contact._bsc_belongs_to(self.provider_id.partner_id):
            contact = contact.browse()
        return {
            "cost": {
                "price": round(self.price, 2),
                "price_period": self.price_period,
                "is_trial_free": self.is_trial_free and not is_free,
            },
            "times": sorted(
                (slot._get_told() for slot in self._get_current_slots()), key=str
            ),
            "places": self.places if self.is_limited else None,
            "contact": {
                "name": contact.name or "",
                "phone": contact.phone or "",
                "email": contact.email or "",
            },
        }

    def _get_told_mark(self):
        """Return a short mark of what we tell, to see whether it changed since."""
        told = json.dumps([self.name, self._get_told()], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def _get_current_slots(self):
        """Return the times of one offering but those of a season that has ended."""
        today = fields.Date.context_today(self)
        return self.slot_ids.filtered(
            lambda slot: not slot.date_to or slot.date_to >= today
        )

    def _get_slot_commands(self, times):
        """Return how the times of one offering become others.

        :param list times: rows as in ``_get_told``
        """
        slots = self._get_current_slots()
        has_ended = slots != self.slot_ids
        gone = slots.filtered(lambda slot: slot._get_told() not in times)
        kept = [slot._get_told() for slot in slots - gone]
        new = [row for row in times if row not in kept]
        commands = []
        for slot, row in zip_longest(gone, new):
            if row is None:
                commands.append(Command.delete(slot.id))
                continue
            vals = slots._get_told_vals(row)
            if has_ended and not vals["date_from"]:
                # The times of a season that has ended stay on record.
                vals["date_from"] = fields.Date.context_today(self)
            commands.append(
                Command.update(slot.id, vals) if slot else Command.create(vals)
            )
        return commands

    def _take_contact(self, contact):
        """Return the contact person a provider named, added to its people where new.

        :param dict contact: name, phone and email
        :return: ``res.partner``, empty when there is to be none
        """
        organisation = self.provider_id.partner_id
        if not contact["name"]:
            return organisation.browse()
        known = (self.contact_id | organisation.child_ids).filtered(
            lambda person: person._bsc_belongs_to(organisation)
            and (person.name or "").casefold() == contact["name"].casefold()
        )[:1]
        if not known:
            vals = {
                **contact,
                "parent_id": organisation.id,
                "company_id": organisation.company_id.id,
                "lang": organisation.lang,
                "type": "contact",
            }
            return organisation.create(vals)
        changes = {
            name: contact[name]
            for name in ("phone", "email")
            if contact[name] != (known[name] or "")
        }
        if changes:
            known.write(changes)
        return known

    @api.model
    def _get_kind_label(self, kind):
        return {
            "cost": self.env._("Cost"),
            "times": self.env._("Times"),
            "places": self.env._("Places"),
            "contact": self.env._("Contact person"),
        }[kind]

    def _describe(self, kind, value):
        """Return in words what is, or was, told about one offering.

        :param str kind: one of ``KINDS``
        :param value: see ``_get_told``
        """
        if kind == "cost":
            return self._describe_cost(value)
        if kind == "times":
            return self.slot_ids._describe_told(value)
        if kind == "places":
            return self.env._("No limit") if value is None else str(value)
        contact = value or {}
        parts = filter(None, map(contact.get, ("name", "phone", "email")))
        return " · ".join(parts) or self.env._("Nobody")

    def _describe_cost(self, cost):
        """Return in words what taking part costs.

        :param dict cost: price, price_period and is_trial_free
        """
        self.ensure_one()
        period = cost["price_period"]
        periods = dict(self._fields["price_period"]._description_selection(self.env))
        if period == "free":
            return periods["free"]
        if period and cost["price"]:
            amount = self._format_amount(cost["price"])
            parts = [f"{amount} {periods[period].lower()}"]
        else:
            parts = [self.env._("Cost not known")]
        if cost["is_trial_free"]:
            parts.append(self.env._("first time free"))
        return ", ".join(parts)

    def _get_confirmed(self, date):
        """Return the day of the last confirmation, when one more came on a day."""
        return max(filter(None, (self.date_confirmed, date)))

    def _confirm(self, date=None):
        """Record that the provider said that all of this is right.

        :param date date: on which day, today by default
        """
        self.write({"date_confirmed": date or fields.Date.context_today(self)})

    def _get_waiting_update(self, partner):
        """Return the correction of one offering that somebody sent and that waits."""
        return self.update_ids.filtered(
            lambda update: update.state == "waiting" and update.partner_id == partner
        )

    def _record_answer(self, partner, proposed, remark, is_stopped=False):
        """Keep what a person of the provider answered about one offering.

        What equals what we have is a confirmation. The newest correction replaces the
        one that still waits: sent twice is sent once.

        :param partner: ``res.partner`` who answered
        :param dict proposed: a value per kind, all of them or some
        :param str remark: in the words of the provider
        :param bool is_stopped: the activity is no more
        :return: ``bsc.offering.update``, empty when the answer was a confirmation
        """
        self.ensure_one()
        told = self._get_told()
        changes = {
            kind: value for kind, value in proposed.items() if value != told[kind]
        }
        waiting = self._get_waiting_update(partner)
        if not (changes or remark or is_stopped):
            waiting.state = "withdrawn"
            self._confirm()
            return waiting.browse()
        vals = {
            "date": fields.Datetime.now(),
            "proposed": changes,
            "before": told,
            "remark": remark,
            "is_stopped": is_stopped,
            **{f"with_{kind}": True for kind in KINDS},
        }
        if waiting:
            waiting.write(vals)
            return waiting
        return waiting.create(
            {**vals, "offering_id": self.id, "partner_id": partner.id}
        )


class BscOfferingSlot(models.Model):
    _inherit = "bsc.offering.slot"

    def _get_told(self):
        """Return one time as JSON can hold it: day, from, to, season from and to."""
        start, end = (
            f"{round(hour * 60) // 60:02d}:{round(hour * 60) % 60:02d}"
            for hour in (self.hour_from, self.hour_to)
        )
        season = [date and date.isoformat() for date in (self.date_from, self.date_to)]
        return [self.weekday, start, end, *season]

    @api.model
    def _get_told_vals(self, row):
        """Return the values to write of a time as in ``_get_told``."""
        weekday, start, end, date_from, date_to = row
        hours = (int(text[:2]) + int(text[3:]) / 60 for text in (start, end))
        return {
            "weekday": weekday,
            **dict(zip(("hour_from", "hour_to"), hours, strict=True)),
            "date_from": date_from,
            "date_to": date_to,
        }

    @api.model
    def _describe_told(self, rows):
        """Return in words when there is something to do.

        :param list rows: times as in ``_get_told``
        """
        slots = self.browse().concat(
            *(self.new(self._get_told_vals(row)) for row in rows or [])
        )
        today = fields.Date.context_today(self)
        return slots._get_times(today) or self.env._("No fixed times")
