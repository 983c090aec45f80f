from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from .link import LinkController


class CheckController(LinkController):
    """The page where a provider or a team agrees with a check, without logging in.

    Reading changes nothing; only the two buttons do. After a button the browser is sent
    back to the page, so that reloading it or going back presses nothing twice.
    """

    @http.route(
        "/bsc/check/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def check_read(self, token, sent=None):
        """Show the questions and answers to the person who is asked to agree.

        :param str token: the signed part of the link
        :param str sent: set when a question has just been sent
        """
        return self._check_answer(token, is_sent=bool(sent))

    @http.route(
        "/bsc/check/<string:token>/agree",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the signed address is the permission; no cookie is used
        save_session=False,
    )
    def check_agree(self, token):
        """Put the stamp of the person who got this link.

        :param str token: the signed part of the link
        """
        return self._check_answer(token, lambda check, *who: check._agree_by_link(*who))

    @http.route(
        "/bsc/check/<string:token>/question",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the signed address is the permission; no cookie is used
        save_session=False,
    )
    def check_question(self, token, question=""):
        """Pass on a question or an objection to the coach.

        :param str token: the signed part of the link
        :param str question: what was typed
        """
        text = self._read_text(question)
        return self._check_answer(
            token, lambda check, *who: check._ask_by_link(*who, text), text
        )

    def _check_answer(self, token, action=None, text=None, is_sent=False):
        """Do what was asked, where the link still allows it, and show the page.

        :param str token: the signed part of the link
        :param action: function of the check, the side and the person
        :param str text: what was typed, shown again when it cannot be sent
        :param bool is_sent: tell that a question was sent
        """
        check, side, partner, version = request.env["bsc.check"]._find_by_token(token)
        if not check:
            return self._render_link_expired()
        request.update_context(lang=check.env.lang)
        if issue := check._get_link_issue(side, partner, version):
            return self._render_link_page(
                "bsc_wijkteam.bsc_check_page_over",
                {"issue": issue, **self._check_contact(check)},
                status=410,
            )
        error = None
        if action:
            try:
                with request.env.cr.savepoint():
                    action(check, side, partner)
            except ValidationError as refusal:
                error = str(refusal)
            else:
                sent = "" if text is None else "?sent=1"
                return self._redirect_link_page(f"/bsc/check/{token}{sent}")
        return self._render_link_page(
            "bsc_wijkteam.bsc_check_page",
            {
                **self._check_values(check, side, partner),
                "token": token,
                "text": text or "",  # without a value the field is left out
                "is_sent": is_sent,
                "error": error,
                "is_text_wrong": error and text is not None,
            },
            status=422 if error else 200,
        )

    def _check_contact(self, check):
        """Return whom to ask: the coach, by mail."""
        coach = check._get_coach()
        return {
            "coach_name": coach.name,
            "company_name": check.company_id.name,
            "email": coach.email,
        }

    def _check_values(self, check, side, partner):
        """Return all that reaches the page, and nothing else of the check."""
        other = check._get_other_side(side)
        return {
            **self._check_contact(check),
            "side": side,
            "person": partner.name,
            "organisation": check._get_organisation(side, partner).name,
            "provider": check.provider_id.name,
            "offering": check.offering_id.name,
            "questions": [
                {
                    "question": line.question,
                    "date": check._format_date(line.date_seen),
                    "proof": check.is_proof_shown and line.proof,
                }
                for line in check.line_ids
            ],
            "agreed": check._format_date(check[f"{side}_stamp_date"]),
            "other_agreed": check._format_date(check[f"{other}_stamp_date"]),
            "valid_until": check._format_date(check.valid_until),
            "months": check.company_id.bsc_check_months,
        }
