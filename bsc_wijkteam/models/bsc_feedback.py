from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.link import read_link, sign_link

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

    @api.model
    def _default_kind(self):
        referral = self.env["bsc.referral"].browse(
            self.env.context.get("default_referral_id")
        )
        kind = referral.stage_id.feedback_kind
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
        return {"type": "ir.actions.act_window_close"}

    def _send(self):
        """Mail reference and link to the recipient."""
        template = self.env.ref("bsc_wijkteam.mail_template_feedback")
        for feedback in self:
            template.with_context(bsc_feedback_mail=True).send_mail(feedback.id)
        self.date_sent = fields.Datetime.now()

    def _get_link(self):
        """Return the address of the page where the recipient reads this feedback.

        The link is signed and expires after the days set on the company.

        :rtype: str
        """
        self.ensure_one()
        values = [self.id, self.recipient_id.id]
        days = self.company_id.bsc_link_days
        token = sign_link(self.env, LINK_SCOPE, values, days)
        return f"{self.get_base_url()}/bsc/feedback/{token}"

    @api.model
    def _find_by_token(self, token):
        """Return the feedback that a link opens.

        :param str token: the signed part of the link
        :return: the feedback as superuser; empty when the link is forged or expired, or
            when the feedback is now meant for somebody else
        """
        feedbacks = self.sudo()  # the signature is the permission of the reader
        values = read_link(self.env, LINK_SCOPE, token)
        if not values:
            return feedbacks
        feedback_id, recipient_id = values
        return feedbacks.search(
            [("id", "=", feedback_id), ("recipient_id", "=", recipient_id)]
        )
