from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize, plaintext2html


class BscReferral(models.Model):
    """What somebody wishes, what makes it hard and what would help."""

    _inherit = "bsc.referral"

    barrier_ids = fields.Many2many("bsc.barrier", string="What makes it hard")
    barrier_aid_ids = fields.Many2many(
        "bsc.aid",
        string="May help",
        compute="_compute_barrier_aid_ids",
        help="What often helps with what makes it hard.",
    )
    aid_ids = fields.Many2many("bsc.aid", string="What would help")
    family_id = fields.Many2one(
        "bsc.family",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Several people of one family are referred: they share one lead.",
    )
    sibling_references = fields.Char(
        "Others of this family", compute="_compute_sibling_references"
    )
    client_double_note = fields.Char(
        "Known already?", compute="_compute_client_double", exportable=False
    )
    client_may_link_double = fields.Boolean(
        compute="_compute_client_double", exportable=False
    )
    refer_key = fields.Char(
        copy=False,
        readonly=True,
        exportable=False,
        help="Which form on the link page this came from.",
    )

    _refer_key_uniq = models.UniqueIndex(
        "(refer_key) WHERE refer_key IS NOT NULL", "This form has been sent already."
    )

    @api.depends("barrier_ids.aid_ids", "aid_ids")
    def _compute_barrier_aid_ids(self):
        for referral in self:
            referral.barrier_aid_ids = referral.barrier_ids.aid_ids - referral.aid_ids

    @api.depends("family_id.referral_ids.reference")
    def _compute_sibling_references(self):
        references = self.family_id._get_references()
        for referral in self:
            referral.sibling_references = ", ".join(
                reference
                for reference in references.get(referral.family_id.id, [])
                if reference != referral.reference
            )

    @api.depends("client_id.double_note")
    @api.depends_context("uid", "lang")
    def _compute_client_double(self):
        # Only for who may know who the participant is.
        readable = self.client_id.sudo(False)._filtered_access("read")
        for referral in self:
            client = referral.client_id.sudo(False) & readable
            referral.client_double_note = client.double_note
            referral.client_may_link_double = client.may_link_double

    @api.depends("family_id.lead_id")
    def _compute_referrer_id(self):
        """Give the referrals of one family one lead; what is closed stays as it was."""
        led = self.filtered(lambda r: r.family_id and not r.is_closed)
        for referral in led:
            referral.referrer_id = referral.family_id.lead_id
        return super(BscReferral, self - led)._compute_referrer_id()

    @api.constrains("family_id", "relation_id", "referrer_id")
    def _check_family(self):
        for referral in self:
            family = referral.family_id
            if family and family.relation_id != referral.relation_id:
                raise ValidationError(
                    self.env._(
                        "Family %(family)s is known to “%(team)s”. Choose a family of"
                        " the team that refers.",
                        family=family.reference,
                        team=family.relation_id.display_name,
                    )
                )
            is_led = not family or referral.referrer_id == family.lead_id
            if not is_led and not referral.is_closed:
                raise ValidationError(
                    self.env._(
                        "Family %(family)s has one lead professional: %(person)s."
                        " Change that with the family.",
                        family=family.reference,
                        person=family.lead_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        default = self.env.context.get("default_relation_id")
        if not all(vals.get("relation_id", default) for vals in vals_list):
            raise ValidationError(
                self.env._(
                    "Which team refers? Choose it, also when somebody walked in: the"
                    " team hears how it goes."
                )
            )
        return super().create(vals_list)

    def action_ask_double(self):
        """Ask the colleague whether this is the same person."""
        self.ensure_one()
        return self.client_id.action_ask_double()

    def action_link_double(self):
        """Take the participant who was known already instead."""
        self.ensure_one()
        self.client_id.action_link_double()

    @api.model
    def _find_by_refer_key(self, relation, key):
        """Return the referral that a form on the link page made.

        :param relation: ``bsc.relation`` of the link
        :param str key: of the form
        :return: ``bsc.referral``, or something empty when there is none
        """
        # No key would find all that came in otherwise.
        return key and self.with_context(active_test=False).search(
            [("relation_id", "=", relation.id), ("refer_key", "=", key)]
        )

    def _tell_referred(self, referrer, phone=None):
        """Tell the coach of a new referral, and send the professional a receipt.

        :param referrer: ``res.partner`` who referred
        :param str phone: where he or she can be reached, when that was told
        """
        self.ensure_one()
        coach = self.coach_id
        # No names in it: a professional and a participant may share one.
        told = self.with_context(lang=coach.lang or self.env.lang, tz=coach.tz)
        told._message_log(
            body=told.env._("Referred by the team itself."), author_id=referrer.id
        )
        if coach:
            note = phone and told.env._(
                "The referrer can be reached at %(phone)s.", phone=phone
            )
            told.activity_schedule(
                "mail.mail_activity_data_call",
                summary=told.env._("New referral: call the referrer"),
                note=note and plaintext2html(note),
                user_id=coach.id,
                date_deadline=fields.Date.context_today(told),
            )
        if email_normalize(referrer.email):
            template = self.env.ref("bsc_wijkteam.mail_template_refer_receipt")
            # Not in the chatter: who reads along there must not find the link.
            template.send_mail(self.id, email_values={"model": False, "res_id": False})
