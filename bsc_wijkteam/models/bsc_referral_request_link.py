from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, plaintext2html

from ..tools.link import read_link, sign_link

LINK_SCOPE = "bsc_wijkteam.referral_request"
MAX_TEXT = 1000  # characters of what somebody writes on the page
TRIAL_SPAN = timedelta(days=366)  # a trial lies at most this far from today
# What a provider tells, and the milestone of the stage that belongs to it.
MILESTONES = {
    "planned": "trial",
    "tried": "trial",
    "started": "start",
    "stopped": False,
}


class BscReferralRequest(models.Model):
    """Asked by mail and answered on a page, by whoever holds the signed link.

    What is told counts at once and its coach hears of it; the coach may always decide
    otherwise. A link is of use as long as the referral is with that offering.
    """

    _inherit = "bsc.referral.request"

    def action_send(self):
        """Mail the question that was prepared in the dialog; once."""
        self.check_access("write")
        self.filtered(lambda request: not request.date_sent)._send()
        return {"type": "ir.actions.act_window_close"}

    def action_remind(self):
        """Mail the same question once more, with a link that works again.

        :raise UserError: when there is nothing left to ask
        """
        self.ensure_one()
        self.check_access("write")
        issue = self._get_mail_issue() or (
            not self._is_waiting()
            and self.env._(
                "There is nothing left to ask here: it was answered, or another"
                " activity was chosen."
            )
        )
        if issue:
            raise UserError(issue)
        self._remind()
        self.question = False
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(person)s gets the question once more.",
                    person=self.partner_id.name,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _send(self):
        """Mail the questions, and put the referrals with the offering that is asked."""
        for request in self:
            if request.referral_id.offering_id != request.offering_id:
                request.referral_id.offering_id = request.offering_id
            request.referral_id._log_own_words(
                self.env._(
                    "“%(offering)s” was asked by e-mail whether somebody can come.",
                    offering=request.offering_id.display_name,
                )
            )
        self._mail("mail_template_request")
        self.date_sent = fields.Datetime.now()

    def _mail(self, template):
        # Not in the chatter: who reads along there must not find the link.
        apart = {"model": False, "res_id": False}
        template = self.env.ref(f"bsc_wijkteam.{template}")
        template.send_mail_batch(self.ids, email_values=apart)

    def _is_current(self):
        """Tell whether the referral of one question is still with this offering."""
        self.ensure_one()
        referral = self.referral_id
        return (
            referral.active
            and not referral.is_closed
            and referral.offering_id == self.offering_id
        )

    def _is_waiting(self):
        """Tell whether one question still waits for an answer."""
        return not self.answer and self._is_current()

    # the link

    def _get_link(self):
        """Return the address of the page where the person who is asked answers.

        The link is signed and expires after the days set on the company.

        :rtype: str
        """
        self.ensure_one()
        values = [self.id, self.partner_id.id]
        token = sign_link(self.env, LINK_SCOPE, values, self.company_id.bsc_link_days)
        return f"{self.get_base_url()}/bsc/request/{token}"

    @api.model
    def _find_by_token(self, token):
        """Return the question that a link opens.

        :param str token: the signed part of the link
        :return: the question as superuser, in the language of the person; empty when
            the link is forged or has expired, or when somebody else is asked by now
        """
        requests = self.sudo()  # the signature is the permission of the reader
        values = read_link(self.env, LINK_SCOPE, token)
        if not values:
            return requests
        request_id, partner_id = values
        found = requests.search(
            [("id", "=", request_id), ("partner_id", "=", partner_id)]
        )
        return found._speak_to(found.partner_id)

    def _speak_to(self, partner):
        """Return these questions in the language of a reader, else of the company."""
        lang = partner.lang or self.company_id[:1].partner_id.lang or self.env.lang
        return self.with_context(lang=lang)

    def _get_link_issue(self):
        """Return why the link of one question is of no use any more.

        :return: sentence, False while it can be used
        """
        self.ensure_one()
        offering, person = self.offering_id, self.partner_id
        is_known = person == offering.contact_id or person._bsc_belongs_to(
            self.provider_partner_id
        )
        if not person.active or not is_known:
            return self.env._(
                "We do not know you any more as a contact of the organisation you were"
                " asked for. Did this go wrong? Call your neighbourhood sports coach."
            )
        referral = self.referral_id
        if referral.is_closed or not referral.active:
            return self.env._("This question is closed. You have nothing left to do.")
        if not self._is_current():
            return self.env._(
                "Another activity was chosen in the meantime. Thank you for thinking"
                " along: you have nothing left to do."
            )
        if not (offering.active and offering.provider_id.active):
            return self.env._(
                "This activity is no longer in our overview. You have nothing left to"
                " do."
            )
        return False

    def _get_wide_area(self):
        """Return roughly where somebody lives: the district or the municipality."""
        self.ensure_one()
        area = self.referral_id.area_id
        while area and area.kind == "neighbourhood":
            area = area.parent_id
        return area

    # what the provider tells

    def _answer_by_link(self, answer, reason=False, text=""):
        """Record whether somebody can come, and tell the coach.

        The same answer twice is one answer: buttons are pressed twice.

        :param str answer: ``accepted`` or ``declined``
        :param str reason: one of the reasons to decline
        :param str text: a line with it
        :raise ValidationError: when the reason is missing or the text too long
        """
        self.ensure_one()
        note = self._take_text(text)
        reasons = dict(self._fields["decline_reason"]._description_selection(self.env))
        if answer == "accepted":
            reason = False
        elif reason not in reasons:
            raise ValidationError(self.env._("Choose why it is not possible."))
        vals = {"answer": answer, "decline_reason": reason, "note": note}
        if all(
            (self[name] or False) == (value or False) for name, value in vals.items()
        ):
            return
        was_accepted = self.answer == "accepted"
        self._write_by_link({**vals, "question": False})
        told = self._speak_to(self._get_coach().partner_id)
        if answer == "accepted":
            is_full = not self.offering_id.has_free_places
            full = is_full and told.env._(
                "Mind: by our count all places are taken here. Agree on it by phone."
            )
            told._tell_coach(told.env._("The provider: somebody can come"), note, full)
            return
        reasons = dict(told._fields["decline_reason"]._description_selection(told.env))
        subject = (
            told.env._("The provider: cannot come after all. What next?")
            if was_accepted
            else told.env._("The provider: cannot come. What next?")
        )
        offering = told.referral_id._get_next_match()
        following = offering and told.env._(
            "Fits next best: %(offering)s.", offering=offering.display_name
        )
        told._tell_coach(
            subject, "\n".join(filter(None, (reasons[reason], note))), following
        )

    def _ask_by_link(self, text):
        """Pass on a question to the coach; the same question twice is one question.

        :param str text: what was typed
        :raise ValidationError: when there is no text, or too much of it
        """
        self.ensure_one()
        question = self._take_text(text)
        if not question:
            raise ValidationError(self.env._("Write your question first."))
        if question == self.question:
            return
        self._write_by_link({"question": question})
        told = self._speak_to(self._get_coach().partner_id)
        told._tell_coach(told.env._("The provider has a question"), question)

    def _report_by_link(self, news, date=False, text=""):
        """Record how it goes, tell the coach, and move the card where it may.

        Never closes: what comes after stopping is up to the coach.

        :param str news: one of the values of ``news``
        :param date date: of the trial, for ``planned``
        :param str text: a line with it
        :raise ValidationError: when something is missing or makes no sense
        """
        self.ensure_one()
        note = self._take_text(text)
        labels = dict(self._fields["news"]._description_selection(self.env))
        if news not in labels:
            raise ValidationError(self.env._("Choose how it goes."))
        if self.answer != "accepted":
            raise ValidationError(
                self.env._("First tell us that this person can come.")
            )
        today = fields.Date.context_today(self._in_coach_time())
        if news == "planned" and (not date or abs(date - today) > TRIAL_SPAN):
            raise ValidationError(self.env._("Choose the day of the trial."))
        vals = {"news": news, "news_note": note}
        if news == "planned":
            vals["date_trial"] = date
        if all(
            (self[name] or False) == (value or False) for name, value in vals.items()
        ):
            return
        self._write_by_link({**vals, "date_news": today})
        told = self._speak_to(self._get_coach().partner_id)
        referral = told._in_coach_time().referral_id
        issue = MILESTONES[news] and referral._reach_milestone(MILESTONES[news])
        if news == "planned":
            referral.date_trial = date
        subject = {
            "planned": told.env._(
                "The provider: trial on %(date)s",
                date=format_date(told.env, date) if date else "",
            ),
            "tried": told.env._("The provider: the trial is done. Call: how was it?"),
            "started": told.env._("The provider: takes part"),
            "stopped": told.env._("The provider: stopped. Call: what next?"),
        }[news]
        told._tell_coach(subject, note, issue)

    def _take_text(self, text):
        """Return what somebody typed, free of identity.

        A name is left out without a word: who types here must not find out by trying
        who the participant is (rule 5).

        :raise ValidationError: when it is too long
        """
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

    def _write_by_link(self, vals):
        """Write as the person who holds the link."""
        self.referral_id._track_set_author(self.partner_id)
        self._in_coach_time().write(vals)

    def _in_coach_time(self):
        return self.with_context(tz=self._get_coach().tz)

    def _get_coach(self):
        """Return who hears of an answer: the coach, else that of team or provider."""
        self.ensure_one()
        referral = self.referral_id
        coaches = (
            referral.coach_id
            | referral.relation_id.coach_id
            | self.provider_id.coach_id
        )
        return coaches.filtered("active")[:1]

    def _tell_coach(self, subject, text="", advice=False):
        """Tell the coach what a provider said: in the chatter and as an activity.

        :param str subject: one line, the same for the same kind of news
        :param str text: what was typed
        :param str advice: what to do now, in our own words
        """
        self.ensure_one()
        # Our own words around a text that was cleared: see ``_take_text``.
        referral = self.referral_id.with_context(
            bsc_own_words=True,
            mail_create_nosubscribe=True,
            mail_activity_quick_update=True,
        )
        note = Markup("").join(
            plaintext2html(part) for part in (text, advice or "") if part
        )
        coach = self._get_coach()
        referral.message_post(
            author_id=self.partner_id.id or None,
            subject=subject,
            body=Markup("<p>%s</p>%s") % (subject, note),
            subtype_xmlid="mail.mt_note",
            partner_ids=coach.partner_id.ids,
        )
        referral._plan_news(subject, note, coach)
