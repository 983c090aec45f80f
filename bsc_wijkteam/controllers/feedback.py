from odoo import fields, http
from odoo.http import request


class FeedbackController(http.Controller):
    """The page where a referrer reads feedback, without logging in."""

    @http.route("/bsc/feedback/<string:token>", type="http", auth="public")
    def read_feedback(self, token):
        """Show one feedback to whoever holds its signed, expiring link.

        A stranger without the link sees only that the link does not work.

        :param str token: the signed part of the link
        """
        feedback = request.env["bsc.feedback"]._find_by_token(token)
        if not feedback:
            response = request.render("bsc_wijkteam.link_expired", {})
            response.status_code = 404
            return response
        if not feedback.date_read:
            feedback.date_read = fields.Datetime.now()
        response = request.render(
            "bsc_wijkteam.feedback_page", {"feedback": feedback}
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store"
        return response
