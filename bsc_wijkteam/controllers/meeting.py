from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import content_disposition, request

from ..models.calendar_attendee import MAX_MESSAGE
from .link import LINK_HEADERS, LinkController


class MeetingController(LinkController):
    """The page where somebody says yes or no to an invitation, without logging in.

    Reading changes nothing; only the buttons do. After a button the browser is sent
    back to the page, so that reloading it or going back presses nothing twice.
    """

    @http.route(
        "/bsc/meeting/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def meeting_read(self, token, **_query):
        """Show a guest the invitation and the answer so far.

        :param str token: the signed part of the link
        """
        attendee, start = self._meeting_find(token)
        if not attendee:
            return self._render_link_expired()
        return self._meeting_page(token, attendee, start)

    @http.route(
        "/bsc/meeting/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the signed address is the permission; no cookie is used
        save_session=False,
    )
    def meeting_answer(self, token, answer="", message="", **_post):
        """Store the answer of a guest, which may be changed until the start.

        :param str token: the signed part of the link
        :param str answer: ``"accepted"``, ``"tentative"`` or ``"declined"``
        :param str message: to the coach, may be empty
        """
        attendee, start = self._meeting_find(token)
        if not attendee:
            return self._render_link_expired()
        if attendee._bsc_get_over():
            return self._meeting_page(token, attendee, start)
        text = self._read_text(message)
        try:
            with request.env.cr.savepoint():
                attendee._bsc_answer(answer, text)
        except ValidationError as refusal:
            return self._meeting_page(token, attendee, start, text, str(refusal))
        return self._redirect_link_page(f"/bsc/meeting/{token}")

    @http.route(
        "/bsc/meeting/<string:token>/calendar",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def meeting_calendar(self, token):
        """Give the meeting as a file for the calendar of the guest.

        :param str token: the signed part of the link
        """
        attendee, _start = self._meeting_find(token)
        event = attendee.event_id
        content = event.active and event._bsc_get_ics()
        if not content:
            return self._render_link_expired()
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "text/calendar; charset=utf-8"),
                ("Content-Disposition", content_disposition("meeting.ics")),
                *LINK_HEADERS.items(),
            ],
        )

    def _meeting_find(self, token):
        """Return the guest of a link, in the own language, and the moment it told."""
        attendee, start = request.env["calendar.attendee"]._bsc_find_by_token(token)
        if attendee:
            request.update_context(lang=attendee.env.lang)
        return attendee, start

    def _meeting_page(self, token, attendee, start, message=None, error=None):
        """Return the page: why it is too late, or the form to answer.

        :param str token: the signed part of the link
        :param attendee: ``calendar.attendee``
        :param start: the moment that the link told
        :param str message: what was typed, when it could not be sent
        :param str error: what is wrong with it, in one sentence
        """
        env = attendee.env  # speaks the language of the guest
        event = attendee.event_id
        coach = event.user_id
        company = event._bsc_get_company()
        activity = event._bsc_get_activity()
        over = attendee._bsc_get_over()
        values = {
            # All that reaches the page, and nothing else of the meeting.
            "title": (
                env._("Not sent yet: %(team)s", team=event.name)
                if error
                else event.name
            ),
            "name": event.name,
            "person": attendee.common_name,
            "when": event._bsc_get_when(),
            "moved": start != event.start
            and env._(
                "It was %(before)s. It is now %(now)s.",
                before=event._bsc_get_when(start),
                now=event._bsc_get_when(),
            ),
            "location": event._bsc_get_where(),
            "activity": activity.name,
            "provider": activity.provider_id.name,
            "description": activity.description,
            "coach_name": coach.name,
            "company_name": company.name,
            "email": coach.email,
            "state": attendee.state,
            "message": (attendee.bsc_message if message is None else message) or "",
            "hint": env._(
                "May stay empty. At most %(maximum)s characters, and no names of"
                " residents please.",
                maximum=MAX_MESSAGE,
            ),
            "token": token,
            "error": error,
            "over": over,
        }
        if over:
            return self._render_link_page(
                "bsc_wijkteam.bsc_wijkteam_meeting_page_over", values, status=410
            )
        return self._render_link_page(
            "bsc_wijkteam.bsc_wijkteam_meeting_page",
            values,
            status=422 if error else 200,
        )
