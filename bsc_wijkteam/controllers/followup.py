from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request
from odoo.tools import format_date

from .link import LinkController


class FollowupController(LinkController):
    """The page where a provider says with one tap whether somebody still comes.

    Reading changes nothing; only the buttons do. After a button the browser is sent
    back to the page, so that reloading it or going back presses nothing twice.
    """

    @http.route(
        "/bsc/followup/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def followup_read(self, token, sent=None, **_query):
        """Show who is asked about.

        :param str token: the signed part of the link
        :param str sent: an answer was just given
        """
        return self._followup_page(token, is_sent=bool(sent))

    @http.route(
        "/bsc/followup/<string:token>/answer",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the signed address is the permission; no cookie is used
        save_session=False,
    )
    def followup_answer(self, token, **post):
        """Tell about one reference whether that person still takes part.

        :param str token: the signed part of the link
        """
        form = {
            name: self._read_text(post.get(name))
            for name in ("followup", "answer", "note")
        }
        return self._followup_page(token, form)

    def _followup_page(self, token, form=None, is_sent=False):
        """Do what was asked, where the link still allows it, and show the page.

        :param str token: the signed part of the link
        :param dict form: what was filled in
        :param bool is_sent: tell that an answer was given
        """
        partner, company = request.env["bsc.followup"]._read_link(token)
        if not partner:
            return self._render_link_expired()
        request.update_context(lang=partner.env.lang)
        asked = request.env["bsc.followup"]._get_asked(partner, company)
        error, told = None, asked.browse()
        if form:
            told = asked.filtered(lambda line: str(line.id) == form["followup"])
        if not asked or (form and not told):
            return self._render_link_page(
                "bsc_wijkteam.bsc_followup_page_over",
                {
                    "coach_name": False,
                    "company_name": company.name,
                    "email": company.email,
                    "reference": "",
                },
                status=410,
            )
        if form:
            try:
                with request.env.cr.savepoint():
                    told._answer_by_link(form["answer"], form["note"])
            except ValidationError as refusal:
                error = str(refusal)
            else:
                return self._redirect_link_page(
                    f"/bsc/followup/{token}?sent=1#followup_{told.id}"
                )
        return self._render_link_page(
            "bsc_wijkteam.bsc_followup_page",
            {
                **self._followup_values(asked, told, form or {}),
                "token": token,
                "error": error,
                "is_sent": is_sent,
            },
            status=422 if error else 200,
        )

    def _followup_values(self, asked, told, form):
        """Return all that reaches the page: references, nothing of the participants."""
        coach = asked[0]._get_sender()
        answers = dict(asked._fields["answer"]._description_selection(asked.env))
        return {
            "coach_name": coach.name,
            "company_name": asked[0].company_id.name,
            "email": coach.email,
            "reference": asked[0].referral_id.reference,
            "rows": [
                {
                    "id": line.id,
                    "reference": line.referral_id.reference,
                    "offering": line.offering_id.name,
                    "since": format_date(line.env, line.date_from),
                    "is_over": line._is_answered_by_other(),
                    "answer": not line._is_answered_by_other()
                    and answers.get(line.answer),
                    "note": not line._is_answered_by_other() and line.note,
                    "is_wrong": line == told,
                    "typed": form["note"] if line == told else "",
                }
                for line in asked
            ],
        }
