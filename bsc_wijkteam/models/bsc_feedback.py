import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..tools.link import read_link, sign_link
from .bsc_feedback_text import BLANK

LINK_SCOPE = "bsc_wijkteam.feedback"


class BscFeedback(models.Model):
    """What the referrer heard about a referral: when, by which way.

    A mail carries the reference and a link; the text stays behind the link.
    """

    _name = "bsc.feedback"
    _description = "Feedback to the Referrer"
    _inherit = ["bsc.privacy.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    referral_id = fields.Many2one(
        "bsc.referral", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="referral_id.company_id", store=True, index=True, precompute=True
    )
    kind = fields.Selection(
        [
            ("interim", "In between"),
            ("start", "Start"),
            ("hold", "Waiting or not now"),
            ("stop", "Stopped"),
            ("final", "End"),
            ("story", "Story"),
        ],
        "Moment",
        required=True,
        default=lambda self: self._default_kind(),
    )
    body = fields.Text(
        "Message",
        required=True,
        help="What the referrer reads behind the link. No name, no details that tell"
        " who the person is.",
    )
    prepared_body = fields.Text(
        "Prepared message",
        store=False,
        help="What was prepared last, to tell it from what the coach wrote.",
    )
    recipient_id = fields.Many2one(
        "res.partner",
        "To",
        compute="_compute_recipient_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
    )
    team_partner_id = fields.Many2one(related="referral_id.team_partner_id")
    way = fields.Selection(
        [
            ("mail", "E-mail with link"),
            ("phone", "By phone"),
            ("meeting", "In a meeting"),
        ],
        required=True,
        default="mail",
    )
    date = fields.Date(
        "Given on", required=True, default=fields.Date.context_today, copy=False
    )
    user_id = fields.Many2one(
        "res.users",
        "Given by",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    date_due = fields.Date(
        "Was due on",
        compute="_compute_date_due",
        store=True,
        precompute=True,
        help="The day on which feedback was due when this was given.",
    )
    is_on_time = fields.Boolean(
        "On time", compute="_compute_is_on_time", store=True, precompute=True
    )
    date_sent = fields.Datetime("Mailed on", readonly=True, copy=False)
    date_read = fields.Datetime(
        "Read on",
        readonly=True,
        copy=False,
        help="When the referrer first opened the link.",
    )
    mail_preview = fields.Text(
        compute="_compute_mail_preview", help="What leaves by mail, in one sentence."
    )
    preview_subject = fields.Char("Subject", compute="_compute_preview")
    preview_mail = fields.Html("The mail", compute="_compute_preview")
    preview_page = fields.Html("Behind the link", compute="_compute_preview")

    @api.model
    def _default_kind(self):
        referral = self.env["bsc.referral"].browse(
            self.env.context.get("default_referral_id")
        )
        stage = referral.stage_id
        kind = stage.feedback_kind or (stage.requires_review_date and "hold")
        if kind == "final" and referral.outcome == "unsuccessful":
            kind = "stop"
        if not kind or kind in referral.feedback_ids.mapped("kind"):
            return "interim"
        return kind

    @api.depends("referral_id")
    def _compute_recipient_id(self):
        for feedback in self:
            feedback.recipient_id = feedback.referral_id.referrer_id

    @api.depends("referral_id")
    def _compute_date_due(self):
        for feedback in self:
            feedback.date_due = feedback.referral_id.date_feedback_due

    @api.depends("referral_id", "recipient_id", "company_id")
    def _compute_mail_preview(self):
        for feedback in self:
            feedback.mail_preview = self.env._(
                "%(person)s gets a mail with reference %(reference)s and a link that"
                " works for %(days)s days. Your message is read behind that link:"
                " nothing about the person is in the mail.",
                person=feedback.recipient_id.email or self.env._("The referrer"),
                reference=feedback.referral_id.reference,
                days=feedback.company_id.bsc_link_days,
            )

    @api.depends("referral_id", "recipient_id", "kind", "body", "date", "user_id")
    def _compute_preview(self):
        """Show mail and page as the referrer gets them, but for a link that works."""
        template = self.env.ref("bsc_wijkteam.mail_template_feedback")
        template = template.with_context(bsc_feedback_preview=True)
        for feedback in self:
            if not feedback.referral_id or not feedback.recipient_id:
                feedback.update(
                    dict.fromkeys(("preview_subject", "preview_mail", "preview_page"))
                )
                continue
            lang = feedback._get_reader_lang()

            def render(field, key=feedback.id, lang=lang):
                return template._render_field(field, [key], set_lang=lang)[key]

            feedback.preview_subject = render("subject")
            feedback.preview_mail = render("body_html")
            feedback.preview_page = (
                self.env["ir.qweb"]
                .with_context(lang=lang)
                ._render(
                    "bsc_wijkteam.bsc_feedback_message",
                    feedback.with_context(lang=lang)._get_page_values(),
                )
            )

    @api.depends("date", "date_due")
    def _compute_is_on_time(self):
        for feedback in self:
            feedback.is_on_time = (
                not feedback.date_due or feedback.date <= feedback.date_due
            )

    @api.depends("referral_id.reference", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for feedback in self:
            feedback.display_name = (
                f"{feedback.referral_id.reference or ''} · {kinds.get(feedback.kind)}"
            )

    @api.onchange("kind", "recipient_id", "referral_id")
    def _onchange_prepared_body(self):
        """Prepare the message, in the language of the reader, until the coach types."""
        text = self.env["bsc.feedback.text"]._prepare(
            self.kind, self.referral_id, self._get_reader_lang()
        )
        if not self.body or self.body == self.prepared_body:
            self.body = text
        self.prepared_body = text

    @api.constrains("body")
    def _check_body(self):
        for feedback in self:
            if re.search(rf"(?<!\S){BLANK}", feedback.body):
                raise ValidationError(
                    self.env._(
                        "Your message still has an open place: “%(blank)s”. Write there"
                        " how it goes, or leave that line out.",
                        blank=BLANK,
                    )
                )

    @api.constrains("way", "recipient_id")
    def _check_recipient(self):
        for feedback in self:
            team = feedback.referral_id.relation_id.partner_id
            if not feedback.recipient_id._bsc_belongs_to(team):
                raise ValidationError(
                    self.env._(
                        "%(person)s is not a contact of “%(team)s”. Feedback goes to"
                        " the team that referred.",
                        person=feedback.recipient_id.name,
                        team=team.name,
                    )
                )
            if feedback.way == "mail" and not feedback.recipient_id.email:
                raise ValidationError(
                    self.env._(
                        "%(person)s has no e-mail address. Add it to the contact, or"
                        " choose another way to give feedback.",
                        person=feedback.recipient_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        feedbacks = super().create(vals_list)
        closed = feedbacks.referral_id.filtered("is_closed")
        closed.date_feedback_due = False
        (feedbacks.referral_id - closed)._plan_feedback()
        return feedbacks

    def _get_privacy_client(self):
        if self.env.context.get("bsc_feedback_mail"):
            # Our own fixed text: the professionals it names may share a first name
            # with the participant.
            return self.env["bsc.client"]
        return self.referral_id.client_id

    def action_give(self):
        """Record the feedback and, where that is the way, mail its link."""
        self.ensure_one()
        if self.way == "mail" and not self.date_sent:
            self._send()
        way = dict(self._fields["way"]._description_selection(self.env))[self.way]
        self.referral_id.message_post(
            body=self.env._("Feedback given to the referrer (%(way)s).", way=way)
        )
        if self.kind == "story":
            return self.action_make_story()
        return {"type": "ir.actions.act_window_close"}

    def action_make_story(self):
        """Open a new story with this message; it asks for permission before any use."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New story"),
            "res_model": "bsc.story",
            "views": [(False, "form")],
            "target": "current",
            "context": {
                "default_referral_id": self.referral_id.id,
                "default_company_id": self.company_id.id,
                "default_body": self.body,
            },
        }

    def _send(self):
        """Mail reference and link to the recipient."""
        template = self.env.ref("bsc_wijkteam.mail_template_feedback")
        for feedback in self:
            template.with_context(bsc_feedback_mail=True).send_mail(feedback.id)
        self.date_sent = fields.Datetime.now()

    def _get_reader_lang(self):
        """Return the language of the recipient, else of the organisation."""
        company = self.company_id or self.env.company
        return self.recipient_id.lang or company.partner_id.lang or self.env.lang

    def _get_page_values(self):
        """Return all of the feedback that its page shows, in the language in use."""
        self.ensure_one()
        moments = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "reference": self.referral_id.reference,
            "date": format_date(self.env, self.date),
            "moment": moments.get(self.kind),
            "message": self.body,
        }

    def _get_link(self):
        """Return the address of the page where the recipient reads this feedback.

        The link is signed and expires after the days set on the company.

        :rtype: str
        """
        self.ensure_one()
        if self.env.context.get("bsc_feedback_preview"):
            return "#"  # nothing works, or counts as read, before it is sent
        values = [self.id, self.recipient_id.id]
        days = self.company_id.bsc_link_days
        token = sign_link(self.env, LINK_SCOPE, values, days)
        return f"{self.get_base_url()}/bsc/feedback/{token}"

    @api.model
    def _find_by_token(self, token):
        """Return the feedback that a link opens.

        :param str token: the signed part of the link
        :return: the feedback as superuser; empty when the link is forged or expired,
            when the feedback is now meant for somebody else, and when this person left
            the team
        """
        feedbacks = self.sudo()  # the signature is the permission of the reader
        values = read_link(self.env, LINK_SCOPE, token)
        if not values:
            return feedbacks
        feedback_id, recipient_id = values
        feedback = feedbacks.search(
            [
                ("id", "=", feedback_id),
                ("recipient_id", "=", recipient_id),
                ("recipient_id.active", "=", True),
            ]
        )
        team = feedback.referral_id.relation_id.partner_id
        if feedback and not feedback.recipient_id._bsc_belongs_to(team):
            return feedbacks
        return feedback
