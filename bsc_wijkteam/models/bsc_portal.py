from odoo import fields, models
from odoo.tools import SQL


class BscPortalReferral(models.Model):
    """Which referrals a professional with an account may know of: those of the team.

    Accounts of outsiders have no right on ``bsc.referral`` itself, so neither on its
    fields, nor on its chatter, files and followers. This holds a reference only; what
    else the page shows is chosen there.
    """

    _name = "bsc.portal.referral"
    _description = "Referral of a Team With an Account"
    _auto = False
    _rec_name = "reference"
    _order = "is_closed, id desc"
    _depends = {
        "bsc.referral": [
            "active",
            "company_id",
            "reference",
            "referrer_id",
            "relation_id",
            "stage_id",
        ],
        "bsc.referral.stage": ["is_closed"],
        "bsc.relation": ["active", "partner_id"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("res.partner", readonly=True)
    referrer_id = fields.Many2one("res.partner", "Referred by", readonly=True)
    reference = fields.Char(readonly=True)
    is_closed = fields.Boolean(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT
                referral.id,
                referral.company_id,
                relation.partner_id AS team_id,
                referral.referrer_id,
                referral.reference,
                stage.is_closed
            FROM bsc_referral referral
            JOIN bsc_relation relation ON relation.id = referral.relation_id
            JOIN bsc_referral_stage stage ON stage.id = referral.stage_id
            WHERE referral.active AND relation.active
            """
        )


class BscPortalRequest(models.Model):
    """Which questions a provider with an account has open, or may still tell about."""

    _name = "bsc.portal.request"
    _description = "Question to a Provider With an Account"
    _auto = False
    _rec_name = "reference"
    _order = "date_asked, id"
    _depends = {
        "bsc.offering": ["active"],
        "bsc.provider": ["active", "partner_id"],
        "bsc.referral": ["active", "offering_id", "reference", "stage_id"],
        "bsc.referral.request": [
            "answer",
            "company_id",
            "date_asked",
            "date_sent",
            "news",
            "offering_id",
            "partner_id",
            "provider_id",
            "referral_id",
        ],
        "bsc.referral.stage": ["is_closed"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    provider_partner_id = fields.Many2one("res.partner", "Provider", readonly=True)
    partner_id = fields.Many2one("res.partner", "Who is asked", readonly=True)
    reference = fields.Char(readonly=True)
    date_asked = fields.Date("Asked on", readonly=True)
    is_answered = fields.Boolean("Answered", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT
                request.id,
                request.company_id,
                provider.partner_id AS provider_partner_id,
                request.partner_id,
                referral.reference,
                request.date_asked,
                request.answer IS NOT NULL AS is_answered
            FROM bsc_referral_request request
            JOIN bsc_referral referral
                ON referral.id = request.referral_id
                -- another activity was chosen otherwise: nothing is asked any more
                AND referral.offering_id = request.offering_id
            JOIN bsc_referral_stage stage ON stage.id = referral.stage_id
            JOIN bsc_offering offering ON offering.id = request.offering_id
            JOIN bsc_provider provider ON provider.id = request.provider_id
            WHERE request.date_sent IS NOT NULL
                AND request.answer IS DISTINCT FROM 'declined'
                AND request.news IS DISTINCT FROM 'stopped'
                AND referral.active AND offering.active AND provider.active
                AND stage.is_closed IS NOT TRUE
            """
        )


class BscPortalOffering(models.Model):
    """The offer of a provider with an account, with its places."""

    _name = "bsc.portal.offering"
    _description = "Offering of a Provider With an Account"
    _auto = False
    _order = "name, id"
    _depends = {
        "bsc.offering": [
            "active",
            "company_id",
            "is_limited",
            "name",
            "places",
            "places_free",
            "provider_id",
        ],
        "bsc.provider": ["active", "partner_id"],
    }

    company_id = fields.Many2one("res.company", readonly=True)
    provider_partner_id = fields.Many2one("res.partner", "Provider", readonly=True)
    name = fields.Char("Activity", readonly=True)
    is_limited = fields.Boolean("Limited places", readonly=True)
    places = fields.Integer(readonly=True, aggregator=None)
    places_free = fields.Integer("Free places", readonly=True, aggregator=None)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT
                offering.id,
                offering.company_id,
                provider.partner_id AS provider_partner_id,
                offering.name,
                offering.is_limited,
                offering.places,
                offering.places_free
            FROM bsc_offering offering
            JOIN bsc_provider provider ON provider.id = offering.provider_id
            WHERE offering.active AND provider.active
            """
        )
