from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_time

try:
    import vobject
except ImportError:  # Odoo itself leaves the calendar file out then
    vobject = None

# Meetings to which we invite guests ourselves, by a mail with a link to our own page.
INVITING_KINDS = ("come_and_watch", "workshop", "open_day")


class CalendarEvent(models.Model):
    """Guests whom we invite ourselves, and what may be told to them."""

    _inherit = "calendar.event"

    def _bsc_is_inviting(self):
        """Tell whether guests of this meeting get our invitation instead of Odoo's."""
        self.ensure_one()
        return bool(self.bsc_relation_id) and self.bsc_kind in INVITING_KINDS

    def _bsc_get_guests(self):
        """Return the attendees but the organiser."""
        self.ensure_one()
        return self.attendee_ids.filtered(
            lambda attendee: attendee.partner_id != self.user_id.partner_id
        )

    def action_bsc_add_team(self):
        """Put the contact person and the professionals of the team on the guest list.

        Nobody is told yet: that is what the invitation is for.

        :raise UserError: when the team has no persons yet
        """
        self.ensure_one()
        relation = self.bsc_relation_id
        relation.check_access("write")
        people = relation.contact_id | relation.professional_ids.filtered(
            lambda person: person.type == "contact" and not person.is_company
        )
        if not people:
            raise UserError(
                self.env._(
                    "“%(team)s” has no contacts yet. Add its professionals first, or"
                    " choose the guests yourself.",
                    team=relation.display_name,
                )
            )
        self.with_context(skip_attendee_notification=True).partner_ids += people

    def action_bsc_invite(self):
        """Mail everybody on the guest list who was not invited yet.

        All is checked before the first mail leaves.

        :raise UserError: when the meeting has begun or was cancelled, when nobody is
            left to invite, or when somebody has no e-mail address
        """
        self.ensure_one()
        self.bsc_relation_id.check_access("write")
        guests = self._bsc_get_guests()
        waiting = guests.filtered(lambda guest: not guest.bsc_start_invited)
        if not guests:
            raise UserError(
                self.env._("There are no guests yet. Add the team, or choose them.")
            )
        if not waiting:
            raise UserError(
                self.env._("Everybody was invited already: nobody gets a second mail.")
            )
        waiting._bsc_invite()
        message = self.env._("Invited by mail: %(count)s.", count=len(waiting))
        if before := len(guests) - len(waiting):
            message += " " + self.env._(
                "Invited before, and not mailed again: %(count)s.", count=before
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _bsc_get_when(self, start=None):
        """Return day and time in words, where the meeting takes place.

        :param start: moment to tell instead, e.g. the one told before
        """
        self.ensure_one()
        tz = self.user_id.tz or self.event_tz or "Europe/Amsterdam"
        event = self.with_context(tz=tz)
        pattern = "EEEE d MMMM y"
        if self.allday:
            date = start or self.start_date or self.start
            return format_date(self.env, date, date_format=pattern)
        start = start or self.start
        stop = start + (self.stop - self.start)
        local = fields.Datetime.context_timestamp(event, start)
        return self.env._(
            "%(day)s, %(start)s to %(stop)s",
            day=format_date(self.env, local.date(), date_format=pattern),
            start=format_time(self.env, start, tz=tz, time_format="short"),
            stop=format_time(self.env, stop, tz=tz, time_format="short"),
        )

    def _bsc_get_company(self):
        self.ensure_one()
        return self.bsc_relation_id.company_id or self.user_id.company_id

    def _bsc_get_activity(self):
        """Return what may be told of the activity: nothing while it is not checked."""
        self.ensure_one()
        offering = self.bsc_offering_id
        return offering if offering.is_referable_today else offering.browse()

    def _bsc_get_where(self):
        """Return the place in words: what the coach wrote, else of the activity."""
        self.ensure_one()
        return self.location or self._bsc_get_address(self._bsc_get_activity().place_id)

    @api.model
    def _bsc_get_address(self, place):
        return ", ".join(filter(None, (place.name, place.street, place.city)))

    def _bsc_get_ics(self):
        """Return this one meeting as a calendar file, without the other guests.

        :return: bytes, or None where Odoo cannot make such a file
        """
        self.ensure_one()
        content = self._get_ics_file().get(self.id)
        if not content:
            return None
        calendar = vobject.readOne(content.decode())
        event = calendar.vevent
        # Their addresses, contact details and the other dates are not for a guest.
        for name in ("attendee", "description", "rrule", "uid", "valarm"):
            event.contents.pop(name, None)
        # The same meeting when it is sent again: it moves, and does not double.
        uuid = self.env["ir.config_parameter"].sudo()  # any guest's page asks for it
        event.add("uid").value = f"{self.id}@{uuid.get_param('database.uuid')}"
        return calendar.serialize().encode()
