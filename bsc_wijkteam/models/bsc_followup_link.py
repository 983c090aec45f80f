from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import split_every

from ..tools.link import read_link, sign_link

LINK_SCOPE = "bsc_wijkteam.followup"
MAX_TEXT = 300  # characters of the line with an answer
BATCH = 50
PAST = 60  # days after which a provider is not asked any more
CHANGE = 14  # days in which a provider can change its answer


class BscFollowup(models.Model):
    """Asked by mail and answered with one tap, by whoever holds the signed link.

    One mail for all that is due with one person; the page lists references only. A
    provider is asked as long as the participant permits contact with it (rule 4).
    """

    _inherit = "bsc.followup"

    @api.model
    def _cron_ask(self):
        """Ask the providers about what is due: each once, each person in one mail."""
        groups = list(self._search_due().items())
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(groups))
        today = fields.Date.context_today(self)
        for batch in split_every(BATCH, groups):
            firsts = self.browse()
            for (partner, _company), followups in batch:
                followups.write({"partner_id": partner.id, "date_asked": today})
                firsts |= followups[0]
            # Not in the chatter: who reads along there must not find the link.
            apart = {"model": False, "res_id": False}
            template = self.env.ref("bsc_wijkteam.mail_template_followup")
            template.send_mail_batch(firsts.ids, email_values=apart)
            if not cron._commit_progress(len(batch)):
                return

    @api.model
    def _search_due(self):
        """Return what has to be asked, by the person to ask and the organisation."""
        today = fields.Date.context_today(self)
        due = self.search(
            [
                ("answer", "=", False),
                ("date_asked", "=", False),
                ("date_due", "<=", today),
                ("date_due", ">=", today - timedelta(days=PAST)),
                ("referral_id.active", "=", True),
                ("referral_id.date_since", "!=", False),
                ("offering_id.active", "=", True),
                ("provider_id.active", "=", True),
            ]
        )
        partners = {
            offering: offering._get_ask_partner()
            for offering in due.filtered(lambda f: f._may_ask_provider()).offering_id
        }
        return due.filtered(
            lambda f: partners.get(f.offering_id) and f._may_ask_provider()
        ).grouped(lambda f: (partners[f.offering_id], f.company_id))

    def _may_ask_provider(self):
        """Tell whether the participant permits contact with the provider."""
        self.ensure_one()
        client = self.referral_id.client_id.sudo()  # a permission is no identity
        return bool(client) and client.active and client._is_sharing()

    # the link

    def _get_link(self):
        """Return the address where the person who is asked answers.

        :rtype: str
        """
        self.ensure_one()
        company = self.company_id
        values = [self.partner_id.id, company.id]
        token = sign_link(self.env, LINK_SCOPE, values, company.bsc_link_days)
        return f"{self.get_base_url()}/bsc/followup/{token}"

    @api.model
    def _read_link(self, token):
        """Return who holds a link and of which organisation it is.

        :param str token: the signed part of the link
        :return: ``res.partner`` and ``res.company`` as superuser, in the language of
            that person; both empty when the link is forged or has expired
        """
        people = self.env["res.partner"].sudo()  # the signature is the permission
        companies = self.env["res.company"].sudo()  # idem
        values = read_link(self.env, LINK_SCOPE, token)
        if not values:
            return people, companies
        partner = people.browse(values[0]).exists()
        company = companies.browse(values[1]).exists()
        if not partner.active or not company:
            return people, companies
        lang = partner.lang or company.partner_id.lang or self.env.lang
        return partner.with_context(lang=lang), company.with_context(lang=lang)

    @api.model
    def _get_asked(self, partner, company):
        """Return what one person can still answer, the longest ago first.

        What was answered can be changed for some days, also to undo a slip. Of one
        participant only the last follow-up counts.

        :param partner: ``res.partner`` who holds the link
        :param company: ``res.company`` of the link
        """
        since = fields.Date.context_today(self) - timedelta(days=CHANGE)
        asked = self.sudo().search(  # the signature is the permission of the reader
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("date_asked", "!=", False),
                ("referral_id.active", "=", True),
                ("referral_id.date_since", "!=", False),
                ("offering_id.active", "=", True),
                "|",
                ("answer", "=", False),
                ("date", ">=", since),
            ]
        )
        asked = asked.with_context(lang=partner.env.lang)
        return asked.filtered(
            lambda followup: (
                followup._is_last_asked()
                and followup._may_ask_provider()
                and (
                    partner == followup.offering_id.contact_id
                    or partner._bsc_belongs_to(followup.provider_id.partner_id)
                )
            )
        )

    def _is_last_asked(self):
        """Tell whether nothing later was asked about the same time of taking part."""
        self.ensure_one()
        return self.is_running and not any(
            other.date_asked
            and other.date_from == self.date_from
            and other.months > self.months
            for other in self.referral_id.followup_ids
        )

    def _get_asked_together(self):
        """Return what the mail of this follow-up asks about."""
        self.ensure_one()
        asked = self._get_asked(self.partner_id, self.company_id)
        return asked.filtered(lambda followup: not followup.answer)

    def _get_asked_subject(self):
        """Return the references in the subject of the mail, no more than three."""
        references = self._get_asked_together().referral_id.mapped("reference")
        more = len(references) > 3 and "…"
        return ", ".join(filter(None, [*references[:3], more]))

    def _get_sender(self):
        """Return in whose name the provider is asked."""
        self.ensure_one()
        return self.referral_id._get_follow_user()

    def _is_answered_by_other(self):
        """Tell whether somebody else answered: that is not for the page to undo."""
        self.ensure_one()
        return bool(self.answer) and self.informant_id != self.partner_id

    def _answer_by_link(self, answer, text=""):
        """Record what the provider tells; the same answer twice is one answer.

        The coach hears at once of who stopped, and of every line that was written.

        :param str answer: one of the values of ``answer``
        :param str text: a line with it
        :raise ValidationError: when the answer is none, or the line too long
        """
        self.ensure_one()
        if answer not in dict(self._fields["answer"]._description_selection(self.env)):
            raise ValidationError(self.env._("Choose one of the three answers."))
        note = self._take_line(text)
        if self._is_answered_by_other():
            return
        if self.answer == answer and (not note or note == self.note):
            return
        vals = {"note": note} if note else {}
        if self.answer != answer:
            today = fields.Date.context_today(self)
            vals.update(answer=answer, date=today, informant_id=self.partner_id.id)
        self.write({**vals, "note": note or self.note})
        if note and answer != "no":
            self._tell_coach(lambda env: env._("The provider wrote something"))
        elif note and "answer" not in vals:
            self._plan_what_next()

    def _take_line(self, text):
        """Return what somebody typed, free of identity (rule 5).

        :raise ValidationError: when it is too long
        """
        text = " ".join(text.split())
        if len(text) > MAX_TEXT:
            raise ValidationError(
                self.env._(
                    "Your text is too long: %(count)s characters, and %(number)s fit."
                    " Make it shorter, or call.",
                    count=len(text),
                    number=MAX_TEXT,
                )
            )
        return self.referral_id.client_id._leave_out(text) if text else ""
