import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import (
    email_normalize,
    format_date,
    formataddr,
    html2plaintext,
    plaintext2html,
)

ACTIVITY_TYPE = "mail.mail_activity_data_todo"


class BscMail(models.Model):
    """A mail that came in, kept apart: it may tell who it is about.

    Read only by the coach it is for; what is of nobody yet by a coordinator. Nothing of
    it is copied: the referral tells that a mail came in, not what is in it (rule 5).
    """

    _name = "bsc.mail"
    _description = "Incoming Mail"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _primary_email = "email_from"  # stops mail that goes in circles

    referral_id = fields.Many2one(
        "bsc.referral",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Which referral this mail is about. The coach of it reads it then.",
    )
    relation_id = fields.Many2one(
        "bsc.relation",
        "Team",
        compute="_compute_relation_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    coach_id = fields.Many2one(
        "res.users",
        "For",
        compute="_compute_coach_id",
        store=True,
        readonly=True,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
        help="Who reads this mail: the coach of the referral, else of the team.",
    )
    partner_id = fields.Many2one(
        "res.partner", "From", index="btree_not_null", ondelete="set null"
    )
    email_from = fields.Char("E-mail address", readonly=True)

    @api.depends("referral_id.relation_id")
    def _compute_relation_id(self):
        for mail in self:
            mail.relation_id = mail.referral_id.relation_id or mail.relation_id

    @api.depends("referral_id.coach_id", "relation_id.coach_id")
    def _compute_coach_id(self):
        for mail in self:
            coaches = mail.referral_id.coach_id | mail.relation_id.coach_id
            mail.coach_id = coaches.filtered("active")[:1]

    @api.depends("referral_id.reference", "create_date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for mail in self:
            day = mail.create_date and fields.Datetime.context_timestamp(
                mail, mail.create_date
            )
            mail.display_name = " · ".join(
                filter(
                    None,
                    (
                        self.env._("Mail"),
                        day and format_date(self.env, day.date()),
                        mail.referral_id.reference,
                    ),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        mails._tell()
        return mails

    def write(self, vals):
        res = super().write(vals)
        if not {"referral_id", "relation_id"}.isdisjoint(vals):
            self._tell()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_unread(self):
        """Keep what was not read yet; the rest goes (GDPR art. 5: keep little)."""
        if not self.env.is_superuser() and self.activity_ids:
            raise UserError(
                self.env._("Mark the mail as read first, then you can delete it.")
            )

    def action_mark_read(self):
        """Note that the mail was read: the activity to read it is done."""
        self.activity_feedback([ACTIVITY_TYPE])

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Find what a mail to the address for referrals is about.

        It belongs to the referral it answers or names; else somebody of a team starts a
        new one. What is of neither waits for a coordinator: nothing is sent back, and
        nothing is lost.
        """
        values = dict(custom_values or {})
        is_automatic = values.pop("is_automatic", False)
        sender = self._find_sender(msg_dict.get("email_from"))
        referral, partner = self._find_referral(msg_dict, sender)
        if not referral and not is_automatic:
            referral, partner = self._start_referral(sender)
        values.update(
            referral_id=referral.id,
            company_id=(referral.company_id or self.env.company).id,
            partner_id=(partner or sender[:1]).id,
            email_from=msg_dict.get("email_from"),
        )
        return self.create(values)

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        route = super()._routing_check_route(
            message, message_dict, route, raise_exception=raise_exception
        )
        if not route:
            return route
        model, thread_id, values, user_id, alias = route
        kind = (message.get("Auto-Submitted") or "no").lower()
        if kind != "no" or message.get("X-Autoreply"):
            # Somebody on holiday refers nobody.
            values = {**(values or {}), "is_automatic": True}
        return model, thread_id, values, user_id, alias

    @api.model
    def _find_sender(self, email):
        """Return the contacts with an address, as superuser."""
        partners = self.env["res.partner"].sudo()  # whoever writes to us
        address = email_normalize(email or "")
        if not address:
            return partners
        return partners.search([("email_normalized", "=", address)])

    @api.model
    def _find_referral(self, msg_dict, sender):
        """Return the referral that a mail answers or names, and who sent it.

        Only of who has to do with it: a reference alone opens nothing.

        :param dict msg_dict: the mail, as Odoo read it
        :param sender: ``res.partner`` with its address
        :return: pair of ``bsc.referral`` and ``res.partner``, both may be empty
        """
        referrals = self.env["bsc.referral"].sudo()  # the sender is looked at below
        answered = referrals.browse()
        ids = re.findall(
            r"<[^<>\s]+>",
            f"{msg_dict.get('references')} {msg_dict.get('in_reply_to')}",
        )
        messages = self.env["mail.message"].sudo()  # only to which record it belongs
        for message in messages.search([("message_id", "in", ids)], order="id desc"):
            if message.model == "bsc.referral":
                answered |= referrals.browse(message.res_id).exists()
            elif message.model == self._name:
                mails = self.sudo()  # only to which referral it belongs
                answered |= mails.browse(message.res_id).exists().referral_id
        words = re.findall(r"[\w/.-]+", msg_dict.get("subject") or "")
        references = {word.strip(".-/") for word in words}
        named = referrals.with_context(active_test=False).search(
            [("reference", "in", list(references))], order="id"
        )
        for referral in answered | named:
            for partner in sender:
                if referral._has_correspondent(partner):
                    return referral._get_kept(), partner
        return referrals, sender.browse()

    @api.model
    def _start_referral(self, sender):
        """Start a referral for who of a team writes: its wish is asked by the coach.

        :param sender: ``res.partner`` with the address of the mail
        :return: pair of ``bsc.referral`` and ``res.partner``, both may be empty
        """
        companies = self.env["res.company"].sudo().search(Domain.TRUE)  # of any
        for partner in sender.filtered("active"):
            relation = self.env["bsc.relation"].sudo()  # known by its contact
            for company in self.env.company | companies:
                relation = relation or partner._bsc_get_relation(company)
            if relation and not relation.stage_id.is_closed:
                referral = relation._refer_by_mail(partner)
                return referral, partner
        return self.env["bsc.referral"], sender.browse()

    def _tell(self):
        """Tell on the record that a mail came in, and plan to read it."""
        for mail in self.sudo():  # whoever comes to know of the referral reads this
            user = mail.coach_id or mail.company_id._bsc_get_coordinator()
            told = mail.with_context(
                lang=user.lang or self.env.lang,
                bsc_own_words=True,
                mail_activity_quick_update=True,
            )
            record = told.referral_id or told.relation_id
            if record:
                record._message_log(
                    body=told.env._(
                        "A mail came in. It may say who it is about, so it is kept"
                        " apart: only the coach reads it."
                    ),
                    author_id=told.partner_id.id or None,
                )
            told.activity_unlink([ACTIVITY_TYPE])
            if user:
                told.activity_schedule(
                    ACTIVITY_TYPE,
                    summary=told.env._("A mail came in: read it")
                    if record
                    else told.env._("A mail of somebody unknown: whose is it?"),
                    user_id=user.id,
                )

    def message_post(self, *, message_type="notification", **kwargs):
        if message_type == "email":
            # For who opens it: sent on to nobody, not even to whoever follows this.
            kwargs.update(
                partner_ids=[],
                subtype_xmlid="mail.mt_note",
            )
            kwargs.pop("subtype_id", None)
            if str(kwargs.get("body") or "").startswith("<pre"):
                # Plain text breaks its lines then, on a phone too.
                kwargs["body"] = plaintext2html(html2plaintext(kwargs["body"]))
        elif message_type == "comment" and kwargs.get("subtype_xmlid") != (
            "mail.mt_note"
        ):
            raise UserError(
                self.env._(
                    "Nothing is sent from here, because this mail may say who it is"
                    " about. Answer from the referral, without a name."
                )
            )
        return super().message_post(message_type=message_type, **kwargs)

    def _get_privacy_client(self):
        """Return nobody: identity is let be here, and a citizen number is not."""
        return self.env["bsc.client"]


class ResCompany(models.Model):
    _inherit = "res.company"

    def _bsc_get_coordinator(self):
        """Return a coordinator of one company, the one who is there longest."""
        self.ensure_one()
        group = self.env.ref("bsc_wijkteam.bsc_wijkteam_group_coordinator")
        users = group.sudo().all_user_ids  # only who they are
        return users.filtered(
            lambda user: user.active and self in user.company_ids
        ).sorted("id")[:1]


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _generate_template(
        self,
        res_ids,
        render_fields,
        recipients_allow_suggested=False,
        find_or_create_partners=False,
    ):
        """Let answers to mails about a referral come in at the address for referrals.

        Without such an address they go to the coach's own, as the template says.
        """
        results = super()._generate_template(
            res_ids,
            render_fields,
            recipients_allow_suggested=recipients_allow_suggested,
            find_or_create_partners=find_or_create_partners,
        )
        if "reply_to" in render_fields and self.model in self._bsc_answered_models():
            address = self._bsc_get_referral_address()
            if address:
                for values in results.values():
                    values["reply_to"] = address
        return results

    @api.model
    def _bsc_answered_models(self):
        return {
            "bsc.feedback",
            "bsc.followup",
            "bsc.referral",
            "bsc.referral.match",
            "bsc.referral.request",
        }

    @api.model
    def _bsc_get_referral_address(self):
        """Return the address at which mail about referrals comes in, if it is set."""
        alias = self._bsc_get_referral_alias()
        if not (alias.alias_name and alias.alias_domain_id):
            return False
        return formataddr((self.env.company.name, alias.alias_full_name))

    @api.model
    def _bsc_get_referral_alias(self):
        """Return the address for referrals, as superuser: an address is no secret."""
        alias = self.env.ref(
            "bsc_wijkteam.mail_alias_referral", raise_if_not_found=False
        )
        aliases = self.env["mail.alias"].sudo()  # see above
        return aliases.browse(alias.id if alias else ())
