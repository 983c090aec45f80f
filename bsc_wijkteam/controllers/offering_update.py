from datetime import timedelta

from odoo import fields, http
from odoo.http import request
from odoo.tools import format_date, get_lang

from ..models.bsc_offering_answer import KINDS
from ..models.bsc_offering_cost import MAX_PRICE
from ..tools.offering_answer import MAX_ROWS, OfferingAnswer
from .link import LinkController


class OfferingUpdateController(LinkController):
    """The page where a provider confirms or corrects its offerings, without logging in.

    Opening it changes nothing: only what is sent does.
    """

    @http.route(
        "/bsc/offer/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def read_offer(self, token, thanks=None, **_query):
        """Show a provider what we tell about its offerings.

        :param str token: the signed part of the link
        :param str thanks: what was just sent: ``"sent"`` or ``"again"``
        """
        provider, partner = self._open_offer(token)
        if not provider:
            return self._render_link_expired()
        return self._render_link_page(
            "bsc_wijkteam.bsc_offering_update_page",
            self._get_offer_values(provider, partner, token, thanks),
        )

    # No CSRF token: the signed address is the permission, and no cookie is used.
    @http.route(
        "/bsc/offer/<string:token>/confirm",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def confirm_offer(self, token, **_post):
        """Confirm what the reader saw.

        :param str token: the signed part of the link
        """
        provider, partner = self._open_offer(token)
        if not provider:
            return self._render_link_expired()
        provider._lock_answer()
        marks = set()
        for seen in request.httprequest.form.getlist("seen"):
            offering_id, _dash, mark = seen.partition("-")
            if offering_id.isdecimal():
                marks.add((int(offering_id), mark))
        confirmed = provider._record_confirmation(partner, marks)
        # What the coach changed meanwhile is shown once more.
        is_all = len(confirmed) == len(marks)
        return self._redirect_offer(token, "sent" if is_all else "again")

    # No CSRF token: the signed address is the permission, and no cookie is used.
    @http.route(
        "/bsc/offer/<string:token>/<int:offering_id>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
    )
    def correct_offer(self, token, offering_id, **post):
        """Show, and take in, the form about one offering.

        :param str token: the signed part of the link
        :param int offering_id: of an offering of that provider
        """
        provider, partner = self._open_offer(token)
        if not provider:
            return self._render_link_expired()
        offering = provider.offering_ids.filtered(
            lambda offering: offering.id == offering_id
        )
        if not offering:
            return self._render_link_page(
                "bsc_wijkteam.bsc_offering_update_gone",
                {"url": f"/bsc/offer/{token}"},
                status=404,
            )
        answer = OfferingAnswer(offering, MAX_PRICE)
        if request.httprequest.method != "POST":
            waiting = offering._get_waiting_update(partner)
            if waiting:
                values = {**answer.told, **(waiting.proposed or {})}
                answer.fill(values, waiting.remark, waiting.is_stopped)
        else:
            answer.take(post)
            if "add_time" in post:
                answer.errors = {}
                answer.add_row()
            elif not answer.errors:
                provider._lock_answer()
                offering._record_answer(
                    partner,
                    answer.proposed,
                    answer.form["remark"],
                    answer.form["is_stopped"],
                )
                provider._plan_updates()
                return self._redirect_offer(token, "sent")
        return self._render_link_page(
            "bsc_wijkteam.bsc_offering_update_form",
            self._get_offer_form_values(provider, offering, token, answer),
            status=422 if answer.errors else 200,
        )

    def _open_offer(self, token):
        """Return provider and person of a link, in the language of that person."""
        provider, partner = request.env["bsc.provider"]._find_by_offer_token(token)
        if provider:
            lang = partner.lang or provider.company_id.partner_id.lang
            lang = get_lang(request.env, lang).code
            request.update_context(lang=lang)
            provider = provider.with_context(lang=lang)
            partner = partner.with_context(lang=lang)
        return provider, partner

    def _redirect_offer(self, token, thanks):
        return self._redirect_link_page(f"/bsc/offer/{token}?thanks={thanks}")

    def _get_offer_values(self, provider, partner, token, thanks):
        """Return all that reaches the page: only what is this provider's own."""
        env = provider.env
        today = fields.Date.context_today(provider)
        last = {}
        for update in provider.update_ids.filtered(lambda u: u.partner_id == partner):
            last.setdefault(update.offering_id, update)
        items = []
        for offering in provider.offering_ids:
            update = last.get(offering, provider.update_ids.browse())
            is_waiting = update.state == "waiting"
            items.append(
                {
                    "name": offering.name,
                    "url": f"/bsc/offer/{token}/{offering.id}",
                    "seen": f"{offering.id}-{offering._get_told_mark()}",
                    "facts": [
                        (
                            offering._get_kind_label(kind),
                            offering._describe(kind, value),
                        )
                        for kind, value in offering._get_told().items()
                    ],
                    "is_waiting": is_waiting,
                    "is_open": not is_waiting and offering.date_confirmed != today,
                    "note": self._get_offer_note(offering, update),
                    "details": self._get_offer_details(update),
                }
            )
        marks = [item["seen"] for item in items if item["is_open"]]
        names = {"company": provider.company_id.name, "provider": provider.name}
        return {
            **self._get_offer_frame(provider, token),
            "intro": env._(
                "This is what %(company)s tells people about %(provider)s. Looking it"
                " over takes a minute.",
                **names,
            )
            if items
            else env._(
                "Nothing of %(provider)s is in the overview of %(company)s at the"
                " moment. There is nothing you need to do.",
                **names,
            ),
            "items": items,
            "marks": marks,
            "thanks": thanks,
        }

    def _get_offer_note(self, offering, update):
        """Return what became of an offering since it was asked about.

        :param update: the last ``bsc.offering.update`` of the reader, if any
        """
        env = offering.env
        sent = format_date(env, update.date)
        if update.state == "waiting":
            return env._(
                "You sent this on %(date)s. It is changed when your coach has looked at"
                " it.",
                date=sent,
            )
        state = self._get_offer_news(offering, update)
        if state == "taken":
            return env._("What you sent on %(date)s has been taken over.", date=sent)
        if state == "declined":
            return env._(
                "What you sent on %(date)s has not been taken over.", date=sent
            )
        confirmed = offering.date_confirmed
        if confirmed == fields.Date.context_today(offering):
            return env._("You confirmed this today.")
        return confirmed and env._(
            "Last confirmed on %(date)s.", date=format_date(env, confirmed)
        )

    def _get_offer_news(self, offering, update):
        """Return what was decided about a correction, as long as that is news."""
        days = offering.company_id.bsc_link_days
        since = fields.Datetime.now() - timedelta(days=days)
        confirmed = offering.date_confirmed
        is_news = (
            update.date_decided
            and update.date_decided >= since
            and not (confirmed and confirmed > update.date.date())
        )
        return update.state if is_news else False

    def _get_offer_details(self, update):
        """Return what was sent or, when it was declined, why."""
        if update.state == "waiting":
            label, env = update.offering_id._get_kind_label, update.env
            lines = [
                f"{label(kind)}: {update[f'{kind}_new']}"
                for kind in KINDS
                if update[f"{kind}_new"]
            ]
            if update.is_stopped:
                lines.append(env._("This activity has stopped"))
            return "\n".join([*lines, update.remark or ""]).strip()
        if self._get_offer_news(update.offering_id, update) == "declined":
            return update.reason
        return False

    def _get_offer_form_values(self, provider, offering, token, answer):
        """Return all that reaches the form about one offering."""
        if not answer.form["rows"]:
            answer.add_row()
        slots = offering.slot_ids
        return {
            **self._get_offer_frame(provider, token),
            "name": offering.name,
            "form": answer.form,
            "errors": answer.errors,
            "periods": offering._fields["price_period"]._description_selection(
                offering.env
            ),
            "days": slots._fields["weekday"]._description_selection(slots.env),
            "symbol": offering.currency_id.symbol,
            "form_url": f"/bsc/offer/{token}/{offering.id}",
            "seasons": [
                self._describe_season(offering, row["season"])
                for row in answer.form["rows"]
            ],
            "may_add": len(answer.form["rows"]) < MAX_ROWS,
        }

    def _describe_season(self, offering, text):
        dates = OfferingAnswer.read_season(text)
        if not any(dates):
            return False
        return " – ".join(
            format_date(offering.env, date) if date else "…" for date in dates
        )

    def _get_offer_frame(self, provider, token):
        coach = provider.coach_id
        return {
            "provider_name": provider.name,
            "company_name": provider.company_id.name,
            "coach_name": coach.name,
            "coach_email": coach.email,
            "url": f"/bsc/offer/{token}",
        }
