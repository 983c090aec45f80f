from odoo import models
from odoo.tools import format_date


class BscReferral(models.Model):
    _inherit = "bsc.referral"

    def _get_portal_row(self, feedback, reader, is_small):
        """Return what a professional with an account reads about one referral.

        Of the own one where it goes to; of a colleague's no more than the team hears at
        its monthly meeting.

        :param feedback: the last ``bsc.feedback``, may be empty
        :param reader: ``res.partner`` of the account
        :param bool is_small: the team has so few referrals that month and place could
            tell who it is
        :return: dictionary of plain values
        """
        self.ensure_one()
        is_own = self.referrer_id == reader
        row = self._get_digest_row(feedback, reader, is_small and not is_own)
        if is_own and self.stage_id.requires_offering:
            offering = self.offering_id
            row["where"] = ", ".join(
                filter(None, (offering.name, offering.provider_id.name))
            )
        return {
            **row,
            "step": self.stage_id.name,
            "is_closed": self.is_closed,
            "is_own": is_own,
            "referrer": self.referrer_id.name,
        }


class BscReferralRequest(models.Model):
    _inherit = "bsc.referral.request"

    def _get_portal_row(self, reader):
        """Return what somebody of a provider with an account reads about one question.

        Only the one who was asked gets the page to answer.

        :param reader: ``res.partner`` of the account
        :return: dictionary of plain values
        """
        self.ensure_one()
        return {
            "reference": self.referral_id.reference,
            "offering": self.offering_id.name,
            "asked": format_date(self.env, self.date_asked),
            "person": self.partner_id.name,
            "is_waiting": not self.answer,
            "link": self.partner_id == reader and self._get_link(),
        }
