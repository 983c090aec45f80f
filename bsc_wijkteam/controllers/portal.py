from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.bsc_relation_digest import MIN_REFERRALS


class BscPortal(CustomerPortal):
    """The lists of a referrer and of a provider with an account.

    Which rows somebody sees is decided by the record rules of ``bsc.portal.*``; the
    pages show plain values of those rows only, and nothing of a participant.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters:
            # Cards with a number: here already, so that who has none yet sees them too.
            values["bsc_team_cards"] = bool(self._bsc_relations())
            values["bsc_offering_count"] = self._bsc_count("bsc.portal.offering")
        for name, model in (
            ("bsc_referral_count", "bsc.portal.referral"),
            ("bsc_request_count", "bsc.portal.request"),
        ):
            if not counters or name in counters:
                values[name] = self._bsc_count(model)
        return values

    @route("/my/bsc/referrals", type="http", auth="user", website=True, readonly=True)
    def bsc_portal_referrals(self):
        """Show a professional all referrals of the own team."""
        rows = self._bsc_search("bsc.portal.referral")
        partner = request.env.user.partner_id
        # Only the plain values of a row reach the page.
        referrals = request.env["bsc.referral"].sudo()  # chosen by the rule above
        referrals = referrals.browse(rows.ids)
        latest = {}
        for feedback in referrals.feedback_ids.sorted(lambda f: (f.date, f.id)):
            latest[feedback.referral_id] = feedback
        sizes = {
            team: len(found) for team, found in referrals.grouped("relation_id").items()
        }
        nothing = request.env["bsc.feedback"]
        return request.render(
            "bsc_wijkteam.bsc_referral_page_portal",
            {
                "page_name": "bsc_referrals",
                "rows": [
                    referral._get_portal_row(
                        latest.get(referral, nothing),
                        partner,
                        sizes[referral.relation_id] < MIN_REFERRALS,
                    )
                    for referral in referrals
                ],
                "refer_links": [
                    (relation.partner_id.name, relation._get_refer_link(partner))
                    for relation in self._bsc_relations()
                ],
            },
        )

    @route("/my/bsc/offer", type="http", auth="user", website=True, readonly=True)
    def bsc_portal_offer(self):
        """Show a provider its open questions and its offer with free places."""
        partner = request.env.user.partner_id
        # Only the plain values of a row reach the page.
        requests = request.env["bsc.referral.request"].sudo()  # chosen by the rules
        requests = requests.browse(self._bsc_search("bsc.portal.request").ids)
        offerings = request.env["bsc.offering"].sudo()  # chosen by the rules as well
        offerings = offerings.browse(self._bsc_search("bsc.portal.offering").ids)
        return request.render(
            "bsc_wijkteam.bsc_offering_page_portal",
            {
                "page_name": "bsc_offer",
                "questions": [
                    question._get_portal_row(partner) for question in requests
                ],
                "providers": [
                    {
                        "name": provider.name,
                        "link": partner._bsc_belongs_to(provider.partner_id)
                        and provider._get_offer_link(partner),
                        "offerings": [
                            {
                                "name": offering.name,
                                "sport": offering.sport_id.name,
                                "is_limited": offering.is_limited,
                                "places": offering.places,
                                "free": offering.places_free,
                            }
                            for offering in found
                        ],
                    }
                    for provider, found in offerings.grouped("provider_id").items()
                ],
            },
        )

    def _bsc_search(self, model):
        """Return what the user may know of; nothing for who has no such right."""
        records = request.env[model]
        return records.search([]) if records.has_access("read") else records

    def _bsc_count(self, model):
        records = request.env[model]
        return records.search_count([]) if records.has_access("read") else 0

    def _bsc_relations(self):
        """Return the collaborations for which the user can refer, as superuser."""
        relations = request.env["bsc.relation"].sudo()  # of the own team only
        if not request.env["bsc.portal.referral"].has_access("read"):
            return relations
        return relations.search(
            [
                ("partner_id", "parent_of", request.env.user.partner_id.id),
                ("company_id", "in", request.env.companies.ids),
                ("stage_id.is_closed", "=", False),
            ]
        )
