from odoo import fields, http
from odoo.exceptions import ValidationError
from odoo.http import request

from .link import LinkController


class FeedbackController(LinkController):
    """The page where a referrer reads feedback and reacts, without logging in.

    Reading changes nothing but that it was read; only the buttons do. After a button
    the browser is sent back to the page, so that reloading presses nothing twice.
    """

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
        feedback = self._feedback_find(token)
        if not feedback:
            return self._render_link_expired()
        if self._is_opened_by_person() and not feedback.date_read:
            feedback.date_read = fields.Datetime.now()
        return self._feedback_page(feedback, token)

    @http.route(
        "/bsc/feedback/<string:token>/helped",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the signed address is the permission; no cookie is used
        save_session=False,
    )
    def feedback_helped(self, token, helped=""):
        """Note whether the feedback helped.

        :param str token: the signed part of the link
        :param str helped: "yes" or "no"
        """
        return self._feedback_answer(token, helped, "_answer_helped")

    @http.route(
        "/bsc/feedback/<string:token>/react",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the signed address is the permission; no cookie is used
        save_session=False,
    )
    def feedback_react(self, token, reaction=""):
        """Note what the referrer writes back.

        :param str token: the signed part of the link
        :param str reaction: what was typed
        """
        text = self._read_text(reaction)
        return self._feedback_answer(token, text, "_react", text)

    def _feedback_find(self, token):
        """Return the feedback of a link, in the language of its reader."""
        feedback = request.env["bsc.feedback"]._find_by_token(token)
        if feedback:
            lang = feedback._get_reader_lang()
            request.update_context(lang=lang)
            feedback = feedback.with_context(lang=lang)
        return feedback

    def _feedback_answer(self, token, value, method, text=None):
        """Pass an answer on, where the link still allows it.

        :param str token: the signed part of the link
        :param str value: the answer
        :param str method: of the feedback, that takes the answer
        :param str text: what was typed, shown again when it cannot be sent
        """
        feedback = self._feedback_find(token)
        if not feedback:
            return self._render_link_expired()
        try:
            with request.env.cr.savepoint():
                getattr(feedback, method)(value)
        except ValidationError as refusal:
            return self._feedback_page(feedback, token, str(refusal), text)
        return self._redirect_link_page(f"/bsc/feedback/{token}")

    def _feedback_page(self, feedback, token, error=None, text=None):
        """Return the page.

        :param feedback: ``bsc.feedback``
        :param str token: the signed part of the link
        :param str error: why an answer was not taken, in one sentence
        :param str text: what was typed, when that was refused
        """
        values = {
            # Nothing else of the record reaches the page.
            **feedback._get_page_values(),
            "token": token,
            "helped": feedback.helped,
            "reaction": (feedback.reaction if text is None else text) or "",
            "is_reaction_given": bool(feedback.reaction) and text is None,
            "coach_name": feedback.user_id.name,
            "company_name": feedback.company_id.name,
            "email": feedback.user_id.email,
            "error": error,
            "is_text_wrong": error and text is not None,
        }
        return self._render_link_page(
            "bsc_wijkteam.bsc_feedback_page", values, status=422 if error else 200
        )
