from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    bsc_provider_ids = fields.One2many(
        "bsc.provider",
        "partner_id",
        "Sport provider",
        groups="bsc_wijkteam.bsc_wijkteam_group_viewer",
    )
    bsc_relation_ids = fields.One2many(
        "bsc.relation",
        "partner_id",
        "Collaborations",
        groups="bsc_wijkteam.bsc_wijkteam_group_viewer",
    )

    def _bsc_belongs_to(self, organisation):
        """Tell whether this contact is, or works for, an organisation.

        :param organisation: ``res.partner`` of the team or provider
        :return: True when the organisation is this contact or above it
        """
        self.ensure_one()
        partner = self
        while partner and partner != organisation:
            partner = partner.parent_id
        return bool(partner)

    def _bsc_get_relation(self, company):
        """Return the collaboration with the team this contact belongs to.

        :param company: ``res.company`` the collaboration is of
        :return: ``bsc.relation``, empty when this is nobody of a team
        """
        self.ensure_one()
        organisations = self
        while organisations[-1:].parent_id:
            organisations |= organisations[-1:].parent_id
        return self.env["bsc.relation"].search(
            [("partner_id", "in", organisations.ids), ("company_id", "=", company.id)],
            limit=1,
        )

    @api.readonly
    def action_bsc_open_provider(self):
        """Open the sport provider of this contact."""
        self.ensure_one()
        return self.bsc_provider_ids[:1]._get_records_action()

    @api.readonly
    def action_bsc_open_relation(self):
        """Open the collaboration with this contact."""
        self.ensure_one()
        return self.bsc_relation_ids[:1]._get_records_action()
