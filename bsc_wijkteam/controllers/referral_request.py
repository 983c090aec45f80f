from odoo import fields, http
from odoo.exceptions import ValidationError
from odoo.http import request
from odoo.tools import format_date

from .link import LinkController

# What the forms on the page send; anything else is left out.
FIELDS = ("reason", "note", "question", "news", "date", "line")


class ReferralRequestController(LinkController):
    """The page where a provider answers whether somebody can come.

    Reading changes nothing; only the buttons do. After a button the browser is sent
    back to the page, so that reloading it or going back presses nothing twice. How to
    reach the participant is the exception: it is in the answer to the button only.
    """

    @http.route(
        "/bsc/request/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def referral_request_read(self, token, sent=None, **_query):
        """Show what is asked, and what was answered so far.

        :param str token: the signed part of the link
        :param str sent: ``answer``, ``question`` or ``news`` that was just sent
        """
        return self._referral_request_page(token, sent=sent)

    @http.route(
        "/bsc/request/<string:token>/accept",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the signed address is the permission; no cookie is used
        save_session=False,
    )
    def referral_request_accept(self, token, **post):
        """Tell that somebody can come.

        :param str token: the signed part of the link
        """
        return self._referral_request_page(
            token,
            "accept",
            lambda asked, form: asked._answer_by_link("accepted", text=form["note"]),
            post,
        )

    @http.route(
        "/bsc/request/<string:token>/decline",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the signed address is the permission; no cookie is used
        save_session=False,
    )
    def referral_request_decline(self, token, **post):
        """Tell that somebody cannot come, and why.

        :param str token: the signed part of the link
        """
        return self._referral_request_page(
            token,
            "decline",
            lambda asked, form: asked._answer_by_link(
                "declined", form["reason"], form["line"]
            ),
            post,
        )

    @http.route(
        "/bsc/request/<string:token>/question",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the signed address is the permission; no cookie is used
        save_session=False,
    )
    def referral_request_question(self, token, **post):
        """Pass on a question to the coach.

        :param str token: the signed part of the link
        """
        return self._referral_request_page(
            token,
            "question",
            lambda asked, form: asked._ask_by_link(form["question"]),
            post,
        )

    @http.route(
        "/bsc/request/<string:token>/news",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the signed address is the permission; no cookie is used
        save_session=False,
    )
    def referral_request_news(self, token, **post):
        """Tell how it goes.

        :param str token: the signed part of the link
        """
        return self._referral_request_page(
            token,
            "news",
            lambda asked, form: asked._report_by_link(
                form["news"], self._referral_request_date(form["date"]), form["note"]
            ),
            post,
        )

    @http.route(
        "/bsc/request/<string:token>/reach",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the signed address is the permission; no cookie is used
        save_session=False,
    )
    def referral_request_reach(self, token, **_post):
        """Show how to reach the participant, where that is permitted (rule 4).

        :param str token: the signed part of the link
        """
        return self._referral_request_page(token, is_reach=True)

    def _referral_request_page(
        self, token, part=None, action=None, post=None, sent=None, is_reach=False
    ):
        """Do what was asked, where the link still allows it, and show the page.

        :param str token: the signed part of the link
        :param str part: of the page whose button was pressed
        :param action: function of the question and what was filled in
        :param dict post: what was sent
        :param str sent: tell that this was sent
        :param bool is_reach: show how to reach the participant
        """
        asked = request.env["bsc.referral.request"]._find_by_token(token)
        if not asked:
            return self._render_link_expired()
        request.update_context(lang=asked.env.lang)
        if issue := asked._get_link_issue():
            return self._render_link_page(
                "bsc_wijkteam.bsc_referral_request_page_over",
                {"issue": issue, **self._referral_request_contact(asked)},
                status=410,
            )
        form = {name: self._read_text((post or {}).get(name)) for name in FIELDS}
        error = None
        if action:
            try:
                with request.env.cr.savepoint():
                    action(asked, form)
            except ValidationError as refusal:
                error = str(refusal)
            else:
                sent = part if part in ("question", "news") else "answer"
                return self._redirect_link_page(f"/bsc/request/{token}?sent={sent}")
        values = {
            **self._referral_request_values(asked),
            "token": token,
            "form": form,
            "sent": sent,
            "error": error,
            "wrong": error and part,
        }
        if is_reach:
            values["reach"] = asked._show_reach()
            values["is_reach_over"] = not values["reach"]
        return self._render_link_page(
            "bsc_wijkteam.bsc_referral_request_page",
            values,
            status=422 if error else 200,
        )

    def _referral_request_date(self, text):
        """Return the date somebody filled in, False when it is none."""
        try:
            return fields.Date.to_date(text[:10]) or False
        except ValueError:
            return False

    def _referral_request_contact(self, asked):
        """Return whom to ask: the coach, by mail."""
        coach = asked._get_coach()
        return {
            "coach_name": coach.name,
            "company_name": asked.company_id.name,
            "email": coach.email,
            "reference": asked.referral_id.reference,
        }

    def _referral_request_values(self, asked):
        """Return all that reaches the page: nothing that tells who it is about.

        Wish, target groups and what makes it hard stay with the coach: they tell about
        health and money. What the provider needs to know the coach wrote down for it.
        """
        env, referral, offering = asked.env, asked.referral_id, asked.offering_id

        def selection(name):
            return asked._fields[name]._description_selection(env)

        ages = dict(referral._fields["age_band"]._description_selection(env))
        answers = {
            "accepted": env._("You answered: this person can come."),
            "declined": env._("You answered: this is not possible."),
        }
        news = dict(selection("news")).get(asked.news)
        if asked.news == "planned":
            news = f"{news}: {format_date(env, asked.date_trial)}"
        return {
            **self._referral_request_contact(asked),
            "offering": offering.name,
            "provider": offering.provider_id.name,
            "times": offering.times,
            "area": asked._get_wide_area().name,
            "ages": ages.get(referral.age_band),
            "message": asked.message,
            "asked": format_date(env, asked.date_asked),
            "answer": asked.answer,
            "answer_text": answers.get(asked.answer),
            "answered": asked.date_answered and format_date(env, asked.date_answered),
            "why": dict(selection("decline_reason")).get(asked.decline_reason),
            "question": bool(asked.question),
            "news": news,
            "news_date": asked.date_news and format_date(env, asked.date_news),
            "reasons": selection("decline_reason"),
            "kinds": selection("news"),
            "is_reachable": asked._may_reach(),
            "reach": False,
            "is_reach_over": False,
        }
