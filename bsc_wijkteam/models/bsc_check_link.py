from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize, plaintext2html

from ..tools.link import read_link, sign_link

LINK_SCOPE = "bsc_wijkteam.check"
MAX_QUESTION = 1000  # characters of what somebody writes on the page
MAX_QUESTIONS = 5  # of one person about one check in a day


class BscCheck(models.Model):
    """Stamps given by the other side, through a link in a mail.

    A link is for one person of one side, and for the verdicts as they were when the
    mail left: whatever happens to the check, the link gives no other stamp.
    """

    _inherit = "bsc.check"

    provider_asked_id = fields.Many2one(
        "res.partner",
        "Asked of the provider",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    provider_asked_date = fields.Datetime(
        "Provider asked on", readonly=True, copy=False
    )
    team_asked_id = fields.Many2one(
        "res.partner",
        "Asked of the team",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    team_asked_date = fields.Datetime("Team asked on", readonly=True, copy=False)
    is_proof_shown = fields.Boolean(
        "Show the proof",
        copy=False,
        help="Who is asked by mail also reads what was noted as proof.",
    )
    verdict_version = fields.Integer(
        copy=False,
        aggregator=None,
        groups=fields.NO_ACCESS,
        help="Goes up when the verdicts change after somebody was asked by mail.",
    )

    def _ask_by_mail(self, side, partner, is_proof_shown=False):
        """Mail somebody a link to agree with this check.

        :param str side: ``provider`` or ``team``
        :param partner: ``res.partner`` who is asked
        :param bool is_proof_shown: whether the page shows what was noted as proof
        :raise ValidationError: when this person could not agree, or has no address
        """
        self.ensure_one()
        self.check_access("write")
        self._check_not_closed()
        self._check_verdicts()
        self._check_stamp_partner(side, partner)
        if self[f"{side}_stamp_date"]:
            raise ValidationError(self.env._("This side has agreed already."))
        if not email_normalize(partner.email):
            raise ValidationError(
                self.env._(
                    "%(person)s has no e-mail address that works. Add it, or choose"
                    " another way.",
                    person=partner.name,
                )
            )
        self.sudo().write(  # who was asked is not typed in
            {
                f"{side}_asked_id": partner.id,
                f"{side}_asked_date": fields.Datetime.now(),
                "is_proof_shown": is_proof_shown,
            }
        )
        template = self.env.ref(f"bsc_wijkteam.mail_template_check_{side}")
        # Not in the chatter: who reads along there must not find the link.
        template.send_mail(self.id, email_values={"model": False, "res_id": False})
        self._message_log(
            body=self.env._(
                "%(person)s was asked by e-mail to agree.", person=partner.display_name
            )
        )

    def _withdraw_question(self):
        """Let the links that were sent stop working: what they ask about changes."""
        for check in self.sudo():  # the version is nobody's to set
            if check.provider_asked_date or check.team_asked_date:
                check.write(
                    {
                        "provider_asked_id": False,
                        "provider_asked_date": False,
                        "team_asked_id": False,
                        "team_asked_date": False,
                        "verdict_version": check.verdict_version + 1,
                    }
                )

    def _get_stamp_link(self, side):
        """Return the address of the page where the person who is asked can agree.

        The link is signed and expires after the days set on the company.

        :param str side: ``provider`` or ``team``
        :rtype: str
        """
        self.ensure_one()
        version = self.sudo().verdict_version  # read to sign it
        values = [self.id, side, self[f"{side}_asked_id"].id, version]
        token = sign_link(self.env, LINK_SCOPE, values, self.company_id.bsc_link_days)
        return f"{self.get_base_url()}/bsc/check/{token}"

    @api.model
    def _find_by_token(self, token):
        """Return what a link opens.

        :param str token: the signed part of the link
        :return: the check as superuser, the side, the person, and the version of the
            verdicts; the check is empty when the link is forged or has expired, or when
            the check or the person is gone
        """
        checks = self.sudo()  # the signature is the permission of the reader
        values = read_link(self.env, LINK_SCOPE, token)
        if not values:
            return checks, None, None, None
        check_id, side, partner_id, version = values
        partner = checks.env["res.partner"].browse(partner_id).exists()
        check = checks.browse(check_id).exists() if partner else checks
        return (
            check._speak_to(partner or check.company_id.partner_id),
            side,
            partner,
            version,
        )

    def _get_link_issue(self, side, partner, version):
        """Return why a link is of no use any more.

        :param str side: ``provider`` or ``team``
        :param partner: ``res.partner`` who got the link
        :param int version: of the verdicts, when the link was made
        :return: sentence, False while the link can be used
        """
        self.ensure_one()
        if self.verdict_version != version:
            return self.env._(
                "The answers have changed since you got the mail. Your agreement is not"
                " asked for them, unless you get a new mail."
            )
        subjects = (self.provider_id, self.offering_id or self.provider_id)
        is_over = self.state not in ("agree", "valid") or not all(
            subject.active for subject in subjects
        )
        if is_over or self._get_own_state() == "lapsed":
            return self.env._("This check is over. You have nothing left to do.")
        stamped_by = self[f"{side}_stamp_partner_id"]
        if stamped_by and stamped_by != partner:
            return self.env._(
                "A colleague of yours agreed on %(date)s. You have nothing left to do.",
                date=self._format_date(self[f"{side}_stamp_date"]),
            )
        try:
            self._check_stamp_partner(side, partner)
        except ValidationError:
            is_known = False
        else:
            is_known = partner.active
        return not is_known and self.env._(
            "We do not know you any more as a contact of the organisation you were"
            " asked for. Did this go wrong? Call your neighbourhood sports coach."
        )

    def _agree_by_link(self, side, partner):
        """Put the stamp of somebody who agrees on the page, and tell the coach.

        :param str side: ``provider`` or ``team``
        :param partner: ``res.partner`` who agrees
        :raise ValidationError: when this person cannot agree
        """
        self.ensure_one()
        if self[f"{side}_stamp_date"]:
            return  # buttons are pressed twice
        coach = self._get_coach()
        check = self.with_context(tz=coach.tz)
        check._track_set_author(partner)
        check.write(
            {
                f"{side}_stamp_partner_id": partner.id,
                f"{side}_stamp_date": fields.Date.context_today(check),
                f"{side}_stamp_how": "link",
                f"{side}_stamp_user_id": False,  # nobody recorded it: it was given
            }
        )
        told = check._speak_to(coach.partner_id)
        told._tell_coach(
            partner,
            told.env._("%(person)s agrees with the check", person=partner.name),
            told.next_step,
        )

    def _ask_by_link(self, side, partner, text):
        """Pass on a question or an objection to the coach.

        The same question twice is one question: buttons are pressed twice.

        :param str side: ``provider`` or ``team``
        :param partner: ``res.partner`` who asks
        :param str text: what was typed
        :raise ValidationError: when there is no text, or too much of it
        """
        self.ensure_one()
        if not text:
            raise ValidationError(self.env._("Write your question first."))
        if len(text) > MAX_QUESTION:
            raise ValidationError(
                self.env._(
                    "Your text is too long: %(count)s characters, and %(number)s fit."
                    " Make it shorter, or call.",
                    count=len(text),
                    number=MAX_QUESTION,
                )
            )
        told = self._speak_to(self._get_coach().partner_id)
        subject = told.env._(
            "%(person)s does not agree yet, or has a question", person=partner.name
        )
        earlier = self.message_ids.filtered(
            lambda message: message.author_id == partner
            and message.subject == subject
            and message.date > fields.Datetime.now() - timedelta(days=1)
        )
        body = plaintext2html(text)
        if body in earlier.mapped("body"):
            return
        if len(earlier) >= MAX_QUESTIONS:
            raise ValidationError(
                self.env._("You asked several questions today. Please call your coach.")
            )
        told._tell_coach(partner, subject, body)
        if subject not in told.activity_ids.mapped("summary"):
            told.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=subject,
                user_id=told._get_coach().id,
            )

    def _tell_coach(self, author, subject, body):
        """Post a note of somebody from outside, and notify the coach of it."""
        self.with_context(mail_create_nosubscribe=True).message_post(
            author_id=author.id,
            subject=subject,
            body=body if isinstance(body, Markup) else f"{subject}. {body or ''}",
            subtype_xmlid="mail.mt_note",
            partner_ids=self._get_coach().partner_id.ids,
        )
