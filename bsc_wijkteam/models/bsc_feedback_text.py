import re

from odoo import api, fields, models

PLACEHOLDER = re.compile(r"\{(\w+)\}")
BLANK = "…"  # what is not known: the coach fills it in


class BscFeedbackText(models.Model):
    """The text that is prepared for a moment of feedback.

    Words between braces are replaced as plain text; nothing in it is ever run.
    """

    _name = "bsc.feedback.text"
    _description = "Prepared Feedback"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=lambda self: self.env["bsc.feedback"]._fields["kind"].selection,
        string="Moment",
        required=True,
        help="Of the texts for one moment, the first is prepared.",
    )
    body = fields.Text("Message", required=True, translate=True)
    example = fields.Text(
        compute="_compute_example", help="How the text reads for a referral."
    )
    unknown_words = fields.Char(
        "Not known",
        compute="_compute_example",
        help="Words between braces that stand for nothing: they stay as they are.",
    )

    @api.depends("body")
    @api.depends_context("lang")
    def _compute_example(self):
        words = {
            "reference": "R2026-00012",
            "sport": self.env._("Walking"),
            "activity": self.env._("Walking group on Monday"),
            "provider": self.env._("The walking club"),
            "weeks": "6",
            "rhythm": "6",
            "month": self.env._("next month"),
        }
        for text in self:
            text.example = text._fill_in(words)
            unknown = dict.fromkeys(PLACEHOLDER.findall(text.body or ""))
            text.unknown_words = ", ".join(
                f"{{{word}}}" for word in unknown if word not in words
            )

    def _fill_in(self, words):
        """Return the text with words put in, as plain text.

        :param dict words: what stands for each placeholder; others stay as they are
        :rtype: str
        """
        return PLACEHOLDER.sub(
            lambda match: words.get(match[1], match[0]) or BLANK, self.body or ""
        )

    @api.model
    def _prepare(self, kind, referral, lang):
        """Return the message that is prepared for a moment, empty without a text.

        :param str kind: moment of the feedback
        :param referral: ``bsc.referral`` it is about
        :param str lang: language of the reader
        :rtype: str
        """
        text = self.with_context(lang=lang).search([("kind", "=", kind)], limit=1)
        return text and text._fill_in(
            referral.with_context(lang=lang)._get_feedback_words()
        )
