from odoo import fields, http
from odoo.http import request
from odoo.tools import format_date

from .link import LinkController


class FeedbackController(LinkController):
    """The page where a referrer reads feedback, without logging in."""

    @http.route(
        "/bsc/feedback/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def read_feedback(self, token):
        """Show one feedback to whoever holds its signed, expiring link.

        A stranger without the link sees only that the link does not work.

        :param str token: the signed part of the link
        """
        feedback = request.env["bsc.feedback"]._find_by_token(token)
        if not feedback:
            return self._render_link_expired()
        if self._is_opened_by_person() and not feedback.date_read:
            feedback.date_read = fields.Datetime.now()
        lang = feedback.recipient_id.lang or request.env.lang
        request.update_context(lang=lang)
        feedback = feedback.with_context(lang=lang)
        moments = dict(feedback._fields["kind"]._description_selection(feedback.env))
        return self._render_link_page(
            "bsc_wijkteam.bsc_feedback_page",
            {
                # Nothing else of the record reaches the page.
                "reference": feedback.referral_id.reference,
                "date": format_date(feedback.env, feedback.date),
                "moment": moments[feedback.kind],
                "message": feedback.body,
                "coach_name": feedback.user_id.name,
                "company_name": feedback.company_id.name,
                "email": feedback.user_id.email,
            },
        )
