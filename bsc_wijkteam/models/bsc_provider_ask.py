from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ..tools.link import read_link, sign_link

LINK_SCOPE = "bsc_wijkteam.offering_update"
CALL_TYPE = "bsc_wijkteam.mail_activity_type_confirm"
ASK_AGAIN_DAYS = 30  # after which a provider that did not answer is asked once more
ASK_MAX = 200  # providers in one run, so that the mail server of a town copes
ASK_BATCH = 50
MAX_NAMES = 10  # in one message


class BscProvider(models.Model):
    """Asking a provider whether what we tell about it is still right."""

    _inherit = "bsc.provider"

    date_asked = fields.Date(
        "Asked to confirm on",
        copy=False,
        readonly=True,
        tracking=True,
        index="btree_not_null",
        help="When this provider was last asked whether its offer is still right.",
    )
    date_answered = fields.Datetime(
        "Answered on",
        copy=False,
        readonly=True,
        help="When this provider last answered behind the link.",
    )
    is_confirmation_due = fields.Boolean(
        "Offer not confirmed",
        compute="_compute_is_confirmation_due",
        search="_search_is_confirmation_due",
        help="Something on offer here has not been confirmed for as long as your"
        " organisation set.",
    )

    @api.depends("offering_ids.date_confirmed", "update_ids.date")
    def _compute_is_confirmation_due(self):
        due = self.search(self._get_due_domain() & Domain("id", "in", self.ids))
        for provider in self:
            provider.is_confirmation_due = provider._origin in due

    def _search_is_confirmation_due(self, operator, value):
        return self._get_due_domain() if operator == "in" else NotImplemented

    @api.model
    def _get_due_domain(self):
        """Return a domain of the providers of which something is not confirmed.

        Something new was right when it was entered; and what waits for the coach, or
        was declined, has been answered.
        """
        # The agreements of every organisation, also from the job of the day.
        companies = self.env["res.company"].sudo().search(Domain.TRUE)  # no secret
        today = fields.Date.context_today(self)
        domains = [Domain.FALSE]
        for months, group in companies.grouped("bsc_confirm_months").items():
            if not months:
                continue
            since = today - relativedelta(months=months)
            due = Domain(
                [
                    ("active", "=", True),
                    ("create_date", "<", since),
                    "|",
                    ("date_confirmed", "=", False),
                    ("date_confirmed", "<", since),
                    (
                        "update_ids",
                        "not any",
                        [("date", ">=", since), ("state", "!=", "withdrawn")],
                    ),
                ]
            )
            domains.append(
                Domain("company_id", "in", group.ids)
                & Domain("offering_ids", "any", due)
            )
        return Domain.OR(domains)

    @api.model
    def _cron_ask_confirmation(self):
        """Ask the providers whose offer has not been confirmed for long.

        Who cannot be mailed is left to the coach, once. No more than ``ASK_MAX`` in one
        run: the others have their turn tomorrow.
        """
        asked_before = fields.Date.context_today(self) - timedelta(days=ASK_AGAIN_DAYS)
        domain = self._get_due_domain() & (
            Domain("date_asked", "=", False) | Domain("date_asked", "<", asked_before)
        )
        providers = self.search(
            domain, limit=ASK_MAX, order="date_asked NULLS FIRST, id"
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(providers))
        for ids in split_every(ASK_BATCH, providers.ids):
            batch = self.browse(ids)
            unreachable = batch - batch._ask_confirmation()
            unreachable._plan_call()
            unreachable.date_asked = fields.Date.context_today(self)
            if not cron._commit_progress(len(batch)):
                break

    def action_ask_confirmation(self):
        """Mail these providers the link behind which they confirm or correct.

        :raise UserError: when none of them can be asked
        """
        self.check_access("write")
        empty = self.filtered(lambda provider: not provider.offering_ids)
        asked = (self - empty)._ask_confirmation()
        unreachable = self - empty - asked
        problems = []
        if unreachable:
            problems.append(
                self.env._(
                    "No e-mail address: %(names)s. Add one to the provider or to the"
                    " person you call, or ask by phone.",
                    names=unreachable._list_names(),
                )
            )
        if empty:
            problems.append(
                self.env._(
                    "Nothing on offer to ask about: %(names)s.",
                    names=empty._list_names(),
                )
            )
        if not asked:
            raise UserError("\n".join(problems))
        message = (
            self.env._("%(count)s providers get a mail with a link.", count=len(asked))
            if len(asked) > 1
            else self.env._(
                "%(person)s gets a mail with a link.",
                person="{0.name} ({0.email})".format(asked._get_ask_partner()),
            )
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if problems else "success",
                "message": "\n".join([message, *problems]),
                "sticky": bool(problems),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_confirm_by_phone(self):
        """Record that these providers told the coach that all is still right."""
        self.check_access("write")
        self.offering_ids._confirm()
        self.activity_feedback([CALL_TYPE])
        self._message_log_batch(
            {
                provider.id: self.env._("Told by phone: all on offer is still right.")
                for provider in self
            }
        )

    def _list_names(self):
        """Return the names of these providers, the first ones of many."""
        more = len(self) - MAX_NAMES
        names = ", ".join(self[:MAX_NAMES].mapped("name"))
        return f"{names} … (+{more})" if more > 0 else names

    def _ask_confirmation(self):
        """Mail the link to those of these providers that can be reached.

        :return: ``bsc.provider`` that got a mail
        """
        people = self.call_id | self.offering_ids.contact_id | self.partner_id
        people.fetch(["email", "active", "parent_id", "name", "lang"])  # at once
        reachable = self.filtered(lambda provider: provider._get_ask_partner())
        if reachable:
            template = self.env.ref("bsc_wijkteam.mail_template_provider_confirm")
            # Not in the chatter: the link in it is meant for one person.
            apart = {"model": False, "res_id": False}
            template.send_mail_batch(reachable.ids, email_values=apart)
            reachable.date_asked = fields.Date.context_today(self)
        return reachable

    def _get_ask_partner(self):
        """Return who of one provider is asked: the first with an e-mail address.

        That is whom the coach calls, else a contact person of something on offer, else
        the provider itself.
        """
        self.ensure_one()
        people = self.call_id | self.offering_ids.contact_id | self.partner_id
        return people.filtered(
            lambda person: person.email
            and person.active
            and person._bsc_belongs_to(self.partner_id)
        )[:1]

    def _plan_call(self):
        """Tell the coach, once, to ask these providers by phone."""
        # Also when the call was made since: once per time of asking is enough.
        known = self.with_context(active_test=False).activity_search([CALL_TYPE])
        since = fields.Datetime.now() - relativedelta(months=11)
        known = known.filtered(lambda call: call.active or call.create_date >= since)
        rest = self.filtered(lambda provider: provider.id not in known.mapped("res_id"))
        for coach, providers in rest.grouped("coach_id").items():
            # The list of activities tells; a mail for each would be too much.
            providers = providers.with_context(mail_activity_quick_update=True)
            env = self.with_context(lang=coach.lang or self.env.lang).env
            providers.activity_schedule(
                CALL_TYPE,
                summary=env._("No e-mail address: ask by phone what has changed"),
                user_id=coach.id,
            )

    def _get_offer_link(self, partner=None):
        """Return the address behind which a person of one provider answers.

        The link is signed for that person and expires after the days of the company.

        :param partner: ``res.partner`` who answers, by default who is asked
        :rtype: str
        """
        self.ensure_one()
        values = [self.id, (partner or self._get_ask_partner()).id]
        days = self.company_id.bsc_link_days
        token = sign_link(self.env, LINK_SCOPE, values, days)
        return f"{self.get_base_url()}/bsc/offer/{token}"

    @api.model
    def _find_by_offer_token(self, token):
        """Return the provider a link opens, and the person it is signed for.

        :param str token: the signed part of the link
        :return: tuple of ``bsc.provider`` as superuser and ``res.partner``; both empty
            when the link is forged or expired, when the provider is archived or gone,
            or when the person no longer belongs to it
        """
        # The signature is the permission; what follows is told by no visitor's name.
        providers = self.with_user(SUPERUSER_ID)
        nobody = providers.browse(), providers.env["res.partner"]
        values = read_link(self.env, LINK_SCOPE, token)
        if not values:
            return nobody
        provider_id, partner_id = values
        provider = providers.search([("id", "=", provider_id)])
        partner = nobody[1].search([("id", "=", partner_id)])
        if not (provider and partner):
            return nobody
        if not partner._bsc_belongs_to(provider.partner_id):
            return nobody
        return provider.with_company(provider.company_id), partner

    def _lock_answer(self):
        """Let the answers of one provider wait for each other.

        A second click is a second request at the same time: both write this row, so the
        database lets one through and the other starts again and sees the first.
        """
        self.date_answered = fields.Datetime.now()
        self.flush_recordset(["date_answered"])

    def _record_confirmation(self, partner, marks):
        """Confirm what a person of one provider has seen, unless it changed since.

        What waits for the coach is not right as it is, so it is left alone.

        :param partner: ``res.partner`` who confirms
        :param set marks: pairs of offering id and mark, see ``_get_told_mark``
        :return: ``bsc.offering`` that are confirmed
        """
        self.ensure_one()
        offerings = self.offering_ids.filtered(
            lambda offering: not offering._get_waiting_update(partner)
            and (offering.id, offering._get_told_mark()) in marks
        )
        if offerings:
            offerings._confirm()
            self.activity_feedback([CALL_TYPE])
            self._message_log(
                body=self.env._(
                    "Confirmed behind the link, still right: %(offerings)s.",
                    offerings=", ".join(offerings.mapped("name")),
                ),
                author_id=partner.id,
            )
        return offerings
