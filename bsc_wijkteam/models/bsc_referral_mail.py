from odoo import api, fields, models
from odoo.tools import email_normalize


class BscReferral(models.Model):
    """Mail that comes in about a referral: kept apart, told of without its words."""

    _inherit = "bsc.referral"

    mail_ids = fields.One2many("bsc.mail", "referral_id", "Mails")
    mail_count = fields.Integer(compute="_compute_mail_count")

    @api.depends("mail_ids")
    @api.depends_context("uid")
    def _compute_mail_count(self):
        counts = dict(
            self.env["bsc.mail"]._read_group(  # of what the user may read
                [("referral_id", "in", self.ids)], ["referral_id"], ["__count"]
            )
        )
        for referral in self:
            referral.mail_count = counts.get(referral._origin, 0)

    def action_open_mails(self):
        """Open the mails that came in, for who may read them."""
        self.ensure_one()
        return self.mail_ids._get_records_action(name=self.env._("Mails"))

    def _has_correspondent(self, partner):
        """Tell whether somebody has to do with one referral: of the team, or asked.

        :param partner: ``res.partner`` who writes
        """
        self.ensure_one()
        organisations = (
            self.relation_id.partner_id
            | self.offering_id.provider_id.partner_id
            | self.request_ids.provider_id.partner_id
        )
        asked = self.referrer_id | self.request_ids.partner_id
        return partner in asked or any(map(partner._bsc_belongs_to, organisations))


class BscPipelineMixin(models.AbstractModel):
    _inherit = "bsc.pipeline.mixin"

    def message_post(self, *, message_type="notification", **kwargs):
        if message_type != "email":
            return super().message_post(message_type=message_type, **kwargs)
        # A mail from outside may tell who somebody is: it is not for all who read here.
        self.ensure_one()
        name = "referral_id" if self._name == "bsc.referral" else "relation_id"
        email = kwargs.get("email_from")
        author = self.env["res.partner"].browse(kwargs.get("author_id"))
        mails = self.env["bsc.mail"].sudo()  # the post brings it, not a person
        mail = mails.with_context(mail_create_nolog=True).create(
            {
                name: self.id,
                "company_id": self.company_id.id,
                "partner_id": (author or mails._find_sender(email)[:1]).id,
                "email_from": email_normalize(email or "") or email,
            }
        )
        kwargs.pop("parent_id", None)  # it answers a message on another record
        return mail.message_post(message_type=message_type, **kwargs)


class BscRelation(models.Model):
    _inherit = "bsc.relation"

    def _refer_by_mail(self, partner):
        """Take in a referral by mail: what it is about stays in the mail.

        :param partner: ``res.partner`` of the team who wrote
        :return: ``bsc.referral`` as superuser
        """
        self.ensure_one()
        relation = self.sudo().with_company(self.company_id)  # known by its contact
        referral = (
            relation.env["bsc.referral"]
            .with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
            .create(
                {
                    "relation_id": relation.id,
                    "referrer_id": partner.id,
                    "coach_id": relation.coach_id.filtered("active").id,
                    "company_id": relation.company_id.id,
                    "source": "team",
                }
            )
        )
        referral._tell_referred(partner)
        return referral
