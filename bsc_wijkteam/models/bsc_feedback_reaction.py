from odoo import fields, models
from odoo.exceptions import ValidationError

from .bsc_privacy_mixin import contains_bsn

MAX_REACTION = 2000


class BscFeedback(models.Model):
    """What the referrer says back, through the link."""

    _inherit = "bsc.feedback"

    helped = fields.Selection(
        [("yes", "This helped"), ("no", "Not (yet)")],
        "Did it help?",
        readonly=True,
        copy=False,
    )
    reaction = fields.Text(readonly=True, copy=False)
    date_reaction = fields.Datetime("Reacted on", readonly=True, copy=False)

    def _answer_helped(self, helped):
        """Note whether the feedback helped; the same answer again changes nothing.

        :param str helped: "yes" or "no"
        :raise ValidationError: when there is no such answer
        """
        self.ensure_one()
        if helped not in ("yes", "no"):
            raise ValidationError(self.env._("Choose one of the two answers."))
        if helped == self.helped:
            return
        told = self._note_reaction({"helped": helped})
        if helped == "yes":
            told._log_reaction(told.env._("The referrer: the feedback helped."))
        else:
            told._log_reaction(told.env._("The referrer: it did not help (yet)."))
            told._plan_reaction()

    def _react(self, reaction):
        """Note what the referrer writes; the same text again changes nothing.

        :param str reaction: plain text; empty takes back what was written before
        :raise ValidationError: when it is empty, too long, or tells who it is about
        """
        self.ensure_one()
        if reaction == (self.reaction or ""):
            if not reaction:
                raise ValidationError(self.env._("Write your reaction first."))
            return
        if len(reaction) > MAX_REACTION:
            raise ValidationError(
                self.env._(
                    "Your reaction has %(length)s characters. Please keep it under"
                    " %(maximum)s.",
                    length=len(reaction),
                    maximum=MAX_REACTION,
                )
            )
        client = self.referral_id.client_id
        if contains_bsn(reaction) or (client and client._is_named_in(reaction)):
            raise ValidationError(
                self.env._(
                    "Your reaction was not sent yet: it holds a name, phone number,"
                    " mail address or citizen service number. Please leave that out:"
                    " with the reference we know whom you mean."
                )
            )
        told = self._note_reaction({"reaction": reaction})
        if reaction:
            told._log_reaction(told.env._("The referrer reacted to the feedback."))
            told._plan_reaction()

    def _note_reaction(self, vals):
        """Store what the referrer says.

        :return: the feedback, in the language of the coach who is told
        """
        now = fields.Datetime.now()
        self.write({**vals, "date_reaction": now, "date_read": self.date_read or now})
        return self.with_context(lang=self._get_reaction_user().lang)

    def _get_reaction_user(self):
        return self.referral_id.coach_id or self.user_id

    def _log_reaction(self, body):
        """Tell it in the log of the referral, without what was written."""
        self.referral_id.message_post(
            author_id=self.env.ref("base.partner_root").id, body=body
        )

    def _plan_reaction(self):
        """Ask the coach to look at it, once."""
        activity_type = "bsc_wijkteam.mail_activity_type_reaction"
        user = self._get_reaction_user()
        if not self.referral_id.activity_search([activity_type], user_id=user.id):
            self.referral_id.activity_schedule(activity_type, user_id=user.id)
