from base64 import b64encode

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.link import read_link, sign_link

LINK_SCOPE = "bsc_wijkteam.meeting"
MAX_MESSAGE = 500
# What a guest can say, and how Odoo itself notes it.
ANSWERS = {
    "accepted": "do_accept",
    "tentative": "do_tentative",
    "declined": "do_decline",
}


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    bsc_is_present = fields.Boolean("Was there")
    bsc_start_invited = fields.Datetime(
        "Invited for",
        readonly=True,
        help="The moment that the last invitation by mail told.",
    )
    bsc_message = fields.Char(
        "Message",
        readonly=True,
        groups="bsc_wijkteam.bsc_wijkteam_group_viewer",
        help="What the guest wrote with the answer.",
    )

    def _notify_attendees(self, mail_template, notify_author=False, force_send=False):
        """Send our own mail to guests whom we invite ourselves.

        The links in Odoo's mails answer as soon as they are opened, also by a program
        that looks through the mail. And who was not invited yet hears nothing.
        """
        ours = self.filtered(
            lambda attendee: (
                attendee.event_id._bsc_is_inviting()
                and attendee.partner_id != attendee.event_id.user_id.partner_id
            )
        )
        if ours and not self.env.context.get("no_mail_to_attendees"):
            first = self.env.ref("calendar.calendar_template_meeting_invitation", False)
            if mail_template != first:
                ours.filtered("bsc_start_invited")._bsc_send_invitation()
        if self and ours == self:
            return None
        return super(CalendarAttendee, self - ours)._notify_attendees(
            mail_template, notify_author=notify_author, force_send=force_send
        )

    def action_bsc_invite_again(self):
        """Mail the invitation once more, e.g. to somebody who lost it."""
        self.event_id.bsc_relation_id.check_access("write")
        self._bsc_invite()

    def _bsc_invite(self):
        """Check all guests, then mail them.

        :raise UserError: when the meeting has begun or was cancelled, or when somebody
            has no e-mail address; nobody is mailed then
        """
        event = self.event_id.ensure_one()
        if event.bsc_has_begun or not event.active:
            raise UserError(
                self.env._(
                    "This meeting is over or was cancelled: nobody can be invited."
                )
            )
        if missing := self.filtered(lambda attendee: not attendee.email):
            raise UserError(
                self.env._(
                    "Nobody was invited yet, because these guests have no e-mail"
                    " address: %(names)s. Add it, or take them off the list.",
                    names=", ".join(missing.partner_id.mapped("name")),
                )
            )
        self._bsc_send_invitation()

    def _bsc_send_invitation(self):
        """Mail the invitation with a personal link, and the meeting as a file."""
        template = self.env.ref("bsc_wijkteam.mail_template_meeting")
        for event, attendees in self.grouped("event_id").items():
            values = {}
            if content := event._bsc_get_ics():
                values["attachments"] = [("meeting.ics", b64encode(content))]
            template.send_mail_batch(attendees.ids, email_values=values)
            attendees.bsc_start_invited = event.start

    def _bsc_get_lang(self):
        """Return the language of the guest, else of the organisation."""
        self.ensure_one()
        company = self.event_id._bsc_get_company()
        return self.partner_id.lang or company.partner_id.lang

    def _bsc_get_moved(self):
        """Return the moment told before in words, when the meeting was moved since."""
        self.ensure_one()
        told = self.bsc_start_invited
        is_moved = told and told != self.event_id.start
        return is_moved and self.event_id._bsc_get_when(told)

    def _bsc_get_link(self):
        """Return the address of the page where one guest answers.

        The link is signed and personal. It works until the meeting, and then some days
        longer to say that it is over.

        :rtype: str
        """
        self.ensure_one()
        event = self.event_id
        values = [
            event.id,
            self.partner_id.id,
            fields.Datetime.to_string(event.start),
        ]
        ahead = max((event.stop - fields.Datetime.now()).days, 0)
        days = ahead + event._bsc_get_company().bsc_link_days
        token = sign_link(self.env, LINK_SCOPE, values, days)
        return f"{event.get_base_url()}/bsc/meeting/{token}"

    @api.model
    def _bsc_find_by_token(self, token):
        """Return the guest that a link is for, and the moment it told.

        :param str token: the signed part of the link
        :return: pair of the attendee as superuser, speaking the language of the guest,
            and a datetime; the attendee is empty when the link is forged or expired,
            when this person is not invited any more or was archived
        """
        attendees = self.sudo()  # the signature is the permission of the guest
        values = read_link(self.env, LINK_SCOPE, token)
        if not values:
            return attendees, None
        event_id, partner_id, start = values
        attendee = attendees.search(
            [
                ("event_id", "=", event_id),
                ("partner_id", "=", partner_id),
                ("partner_id.active", "=", True),
            ],
            limit=1,
        )
        if attendee:
            lang = attendee._bsc_get_lang() or self.env.lang
            attendee = attendee.with_context(lang=lang)
        return attendee, fields.Datetime.to_datetime(start)

    def _bsc_get_over(self):
        """Return why this guest cannot answer (any more), None when that is possible.

        :rtype: str
        """
        self.ensure_one()
        event = self.event_id
        when = event._bsc_get_when()
        if not event.active:
            return self.env._(
                "“%(meeting)s” of %(when)s does not take place.",
                meeting=event.name,
                when=when,
            )
        if event.bsc_has_begun:
            return self.env._(
                "“%(meeting)s” was on %(when)s. You cannot answer any more.",
                meeting=event.name,
                when=when,
            )
        return None

    def _bsc_answer(self, answer, message):
        """Store what a guest says; the same once more changes nothing.

        Who answers twice at the same moment writes the same row twice: the database
        lets one through, and the other finds the answer there.

        :param str answer: one of ``ANSWERS``
        :param str message: to the coach, may be empty
        :raise ValidationError: when the answer does not exist, or the message is too
            long or holds a citizen service number
        """
        self.ensure_one()
        if answer not in ANSWERS:
            raise ValidationError(self.env._("Choose yes, maybe or no."))
        if len(message) > MAX_MESSAGE:
            raise ValidationError(
                self.env._(
                    "Your message has %(length)s characters. Please keep it under"
                    " %(maximum)s.",
                    length=len(message),
                    maximum=MAX_MESSAGE,
                )
            )
        self.env["bsc.privacy.mixin"]._check_text_no_bsn(message)
        event = self.event_id
        coach = event.user_id or event.bsc_relation_id.coach_id
        attendee = self.with_context(lang=coach.lang)
        is_new_message = message != (self.bsc_message or "")
        if is_new_message:
            self.bsc_message = message
        if answer != self.state:
            getattr(attendee, ANSWERS[answer])()
        if message and is_new_message and coach:
            # To the coach alone: every colleague can read the meeting itself.
            attendee.event_id.message_notify(
                partner_ids=coach.partner_id.ids,
                author_id=self.partner_id.id,
                subject=attendee.env._("Message about “%(name)s”", name=event.name),
                body=Markup("<p>%s</p><blockquote>%s</blockquote>")
                % (
                    attendee.env._(
                        "%(person)s answered the invitation and wrote:",
                        person=self.common_name,
                    ),
                    message,
                ),
            )
