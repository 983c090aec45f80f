from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize, format_date


class BscReferralRequest(models.Model):
    """A provider was asked whether somebody can come; and what it answered.

    One record per time a provider is asked. Says nothing about the participant.
    """

    _name = "bsc.referral.request"
    _description = "Question to a Provider"
    _inherit = ["bsc.privacy.mixin"]
    _order = "date_asked desc, id desc"
    _check_company_auto = True

    referral_id = fields.Many2one(
        "bsc.referral",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="referral_id.company_id", store=True, index=True, precompute=True
    )
    offering_id = fields.Many2one(
        "bsc.offering",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    provider_id = fields.Many2one(
        related="offering_id.provider_id", store=True, index=True, precompute=True
    )
    provider_partner_id = fields.Many2one(
        related="provider_id.partner_id", string="Contact of the provider"
    )
    contact_id = fields.Many2one(related="offering_id.contact_id")
    words_use = fields.Char("Words that work", compute="_compute_words_use")
    mail_preview = fields.Text("What leaves", compute="_compute_mail_preview")
    way = fields.Selection(
        [("phone", "By phone or in person"), ("mail", "By e-mail, with a link")],
        "Asked how",
        required=True,
        default="phone",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Who is asked",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Gets the mail; only this person can use the link in it.",
    )
    message = fields.Text(
        "What the provider may know",
        help="Read on the page behind the link, never in a mail. No name, and nothing"
        " about health or money.",
    )
    date_asked = fields.Date(
        "Asked on", required=True, default=fields.Date.context_today
    )
    date_sent = fields.Datetime("Mailed on", readonly=True, copy=False)
    answer = fields.Selection(
        [("accepted", "Can come"), ("declined", "Cannot come")],
        help="Leave empty as long as the provider has not answered.",
    )
    date_answered = fields.Date(
        "Answered on",
        compute="_compute_date_answered",
        store=True,
        readonly=False,
        precompute=True,
    )
    days_to_answer = fields.Integer(
        compute="_compute_days_to_answer",
        store=True,
        precompute=True,
        aggregator=None,  # 0 while there is no answer
    )
    decline_reason = fields.Selection(
        [
            ("full", "No place at the moment"),
            ("unfit", "This group does not fit"),
            ("guidance", "We cannot give the guidance that is needed"),
            ("stopped", "This activity has stopped"),
            ("other", "Something else"),
        ],
        "Why not",
    )
    note = fields.Text(
        "What was said",
        help="Why somebody can or cannot come. Nothing that tells who it is.",
    )
    question = fields.Text(
        readonly=True,
        copy=False,
        help="What the provider asks. Answer it, or mail the question again with more"
        " for the provider to know.",
    )
    # how it goes, told by the provider after it said that somebody can come
    news = fields.Selection(
        [
            ("planned", "Trial agreed"),
            ("tried", "Trial done"),
            ("started", "Takes part"),
            ("stopped", "Stopped"),
        ],
        "News from the provider",
        readonly=True,
        copy=False,
    )
    news_note = fields.Text("In the provider's words", readonly=True, copy=False)
    date_news = fields.Date("News of", readonly=True, copy=False)
    date_trial = fields.Date("Trial on", readonly=True, copy=False)

    @api.depends("offering_id", "way")
    def _compute_partner_id(self):
        for request in self:
            if request.way != "mail":
                request.partner_id = False
            elif request.offering_id:
                request.partner_id = request.offering_id._get_ask_partner()

    @api.depends("referral_id.target_group_ids.words_use")
    @api.depends_context("lang")
    def _compute_words_use(self):
        for request in self:
            groups = request.referral_id.target_group_ids
            request.words_use = " ".join(filter(None, groups.mapped("words_use")))

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_mail_preview(self):
        for request in self:
            company = request.referral_id.company_id
            request.mail_preview = self.env._(
                "%(person)s gets a mail with reference %(reference)s and a link that"
                " works for %(days)s days. Your words are read behind that link:"
                " nothing about the person is in the mail.",
                person=request.partner_id.email or self.env._("The provider"),
                reference=request.referral_id.reference,
                days=company.bsc_link_days,
            )

    @api.depends("answer")
    def _compute_date_answered(self):
        today = fields.Date.context_today(self)
        for request in self:
            request.date_answered = request.answer and (request.date_answered or today)

    @api.depends("date_asked", "date_answered")
    def _compute_days_to_answer(self):
        for request in self:
            asked, answered = request.date_asked, request.date_answered
            request.days_to_answer = (answered - asked).days if answered else 0

    @api.depends("offering_id.name", "date_asked")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for request in self:
            date = request.date_asked and format_date(self.env, request.date_asked)
            parts = (request.offering_id.name, date)
            request.display_name = " · ".join(filter(None, parts))

    @api.constrains("date_asked", "date_answered", "answer")
    def _check_dates(self):
        today = fields.Date.context_today(self)
        for request in self:
            asked, answered = request.date_asked, request.date_answered
            if max(asked, answered or asked) > today:
                raise ValidationError(
                    self.env._(
                        "A question to a provider and its answer cannot lie in the"
                        " future."
                    )
                )
            if answered and answered < asked:
                raise ValidationError(
                    self.env._("A provider cannot answer before it was asked.")
                )
            if answered and not request.answer:
                raise ValidationError(
                    self.env._(
                        "Choose what the provider answered, or leave out the date of"
                        " the answer."
                    )
                )

    @api.constrains("way", "partner_id", "offering_id", "referral_id")
    def _check_mail(self):
        """Refuse at once what could not be mailed or answered: nothing is left behind.

        Where somebody may be sent (rule 1) is looked at already when it is asked.
        """
        for request in self.filtered(lambda request: request.way == "mail"):
            issue = request._get_mail_issue()
            if issue:
                raise ValidationError(issue)

    def _get_mail_issue(self):
        """Return why one question cannot be mailed.

        :return: sentence, False when it can be mailed
        """
        self.ensure_one()
        offering, person = self.offering_id, self.partner_id
        if not person:
            return self.env._(
                "Nobody of “%(offering)s” has an e-mail address. Add one to the contact"
                " person, or call.",
                offering=offering.display_name,
            )
        if not email_normalize(person.email):
            return self.env._(
                "%(person)s has no e-mail address that works. Add it to the contact,"
                " choose somebody else, or call.",
                person=person.name,
            )
        if person != offering.contact_id and not person._bsc_belongs_to(
            self.provider_partner_id
        ):
            return self.env._(
                "%(person)s is not a contact of “%(provider)s”. Ask somebody of this"
                " provider.",
                person=person.name,
                provider=self.provider_id.name,
            )
        if self.date_sent:
            return False
        referral = self.referral_id
        if referral.is_closed or not referral.active:
            return self.env._("This referral is closed. There is nothing to ask about.")
        if referral.offering_id != offering and referral.stage_id.occupies_place:
            return self.env._(
                "This participant has a place at “%(offering)s”. Move the referral back"
                " first, then ask elsewhere.",
                offering=referral.offering_id.display_name,
            )
        is_allowed = referral.offering_id == offering and referral.override_reason
        issues = not is_allowed and offering._get_referable_issues()
        if issues:
            return self.env._(
                "Nobody can be referred to “%(offering)s” yet: %(issues)s.",
                offering=offering.display_name,
                issues="; ".join(issues),
            )
        twin = referral.request_ids.filtered(
            lambda other: (
                other != self
                and other.offering_id == offering
                and other.date_sent
                and not other.answer
            )
        )[:1]
        return bool(twin) and self.env._(
            "“%(offering)s” was asked on %(date)s and has not answered yet. Mail that"
            " question again, or call.",
            offering=offering.display_name,
            date=format_date(self.env, twin.date_asked),
        )

    def _get_privacy_client(self):
        return self.referral_id.client_id


class BscOffering(models.Model):
    _inherit = "bsc.offering"

    def _get_ask_partner(self):
        """Return who is asked about one offering: the first with an e-mail address.

        That is its contact person, else whom the coach calls first, else the general
        address of the provider.
        """
        self.ensure_one()
        people = (
            self.contact_id | self.provider_id.call_id | self.provider_id.partner_id
        )
        return people.filtered(
            lambda person: person.active and email_normalize(person.email)
        )[:1]
