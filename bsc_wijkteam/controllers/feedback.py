from odoo import fields, http
from odoo.http import request
from odoo.tools import format_date

# The address is the key: it must not travel on, be kept, or be found by others, and the
# page runs no script and loads nothing from elsewhere.
LINK_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'"
    ),
}


class FeedbackController(http.Controller):
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
            return self._render_link_page(
                "bsc_wijkteam.bsc_wijkteam_link_expired", {}, status=404
            )
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

    def _is_opened_by_person(self):
        """Tell a reader from a mail scanner or a browser that fetches ahead."""
        headers = request.httprequest.headers
        return (
            request.httprequest.method == "GET"
            and headers.get("Sec-Fetch-Mode") == "navigate"
            and "prefetch" not in headers.get("Sec-Purpose", "")
        )

    def _render_link_page(self, template, values, status=200):
        return request.make_response(
            request.env["ir.qweb"]._render(
                template, {"lang": request.env.lang, **values}
            ),
            headers=[("Content-Type", "text/html; charset=utf-8")]
            + list(LINK_HEADERS.items()),
            status=status,
        )
