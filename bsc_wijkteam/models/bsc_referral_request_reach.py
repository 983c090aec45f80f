import re

from odoo import fields, models
from odoo.tools import email_normalize


class BscReferralRequest(models.Model):
    """How a provider reaches the participant (rule 4).

    Only after it said that somebody can come, as long as the participant permits it and
    the referral is with this provider. Nothing is stored or mailed: what is not
    permitted any more cannot be looked up any more.
    """

    _inherit = "bsc.referral.request"

    date_reached = fields.Datetime(
        "Looked how to reach on",
        readonly=True,
        copy=False,
        help="When the provider last looked how to reach the participant.",
    )

    def _may_reach(self):
        """Tell whether the provider may see now how to reach the participant."""
        client = self.referral_id.client_id.sudo()  # a permission is no identity
        return self._is_with_provider() and client.active and client._is_sharing()

    def _is_with_provider(self):
        """Tell whether the provider of one question expects the participant."""
        self.ensure_one()
        return (
            self.answer == "accepted"
            and self._is_current()
            and not self.referral_id.stage_id.is_aside
        )

    def _show_reach(self):
        """Return how to reach the participant, and note that it was looked up.

        :return: dictionary with name, phone, email and note; False when it is not
            permitted (any more)
        """
        self.ensure_one()
        if not self._may_reach():
            return False
        self.date_reached = fields.Datetime.now()
        told = self._speak_to(self._get_coach().partner_id)
        told.referral_id._log_own_words(
            told.env._("The provider looked how to reach the participant."),
            self.partner_id,
        )
        client = self.referral_id.client_id.sudo()  # permitted: see above
        return {
            "name": client.name,
            "phone": client.phone,
            "email": client.email,
            "note": client.reach_note,
        }


class BscClient(models.Model):
    _inherit = "bsc.client"

    def _is_sharing(self):
        """Tell whether one participant permits that a provider gets in touch.

        Read from the permissions: while a tick is being taken away, ``may_share`` is
        False already.
        """
        self.ensure_one()
        return any(
            permission.kind == "share" and not permission.date_withdrawn
            for permission in self.permission_ids
        )

    def _tell_withdrawal(self):
        """Tell the providers, without details, whose access has ended."""
        ended = self.filtered(lambda client: not client._is_sharing())
        requests = ended.referral_ids.sudo().request_ids  # whoever withdraws
        requests = requests.filtered(
            lambda request: (
                request.way == "mail"
                and request._is_with_provider()
                and request.partner_id.active
                and email_normalize(request.partner_id.email)
            )
        )
        if requests:
            requests._mail("mail_template_request_withdrawn")

    def _leave_out(self, text):
        """Return a text without what tells who this participant is.

        :param str text: plain text, of somebody who need not know
        :return: the text, with an ellipsis for a name, phone number or address
        """
        client = self.sudo()  # compared only
        if not client or not client._is_named_in(text):
            return text
        text = re.sub(
            r"\S+",
            lambda word: "…" if client._is_named_in(word.group()) else word.group(),
            text,
        )
        if client._is_named_in(text):
            text = re.sub(r"\d", "…", text)  # a phone number in parts
        return "…" if client._is_named_in(text) else text


class BscClientPermission(models.Model):
    _inherit = "bsc.client.permission"

    def write(self, vals):
        sharing = self.client_id.filtered(lambda client: client._is_sharing())
        res = super().write(vals)
        sharing._tell_withdrawal()
        return res

    def unlink(self):
        sharing = self.client_id.filtered(lambda client: client._is_sharing())
        res = super().unlink()
        sharing._tell_withdrawal()
        return res
