from odoo import api, models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Keep one provider per company and one collaboration per team.

        Odoo moves what refers to a contact by SQL and deletes what does not fit, so
        what would not fit is merged or refused before.
        """
        partners = dst_partner | src_partners
        self._bsc_check_relations(partners)
        people_to_call = self._bsc_merge_providers(partners)
        res = super()._update_foreign_keys(src_partners, dst_partner)
        for provider, person in people_to_call.items():
            provider.call_id = provider.call_id or person
        return res

    @api.model
    def _update_values(self, src_partners, dst_partner):
        res = super()._update_values(src_partners, dst_partner)
        # Odoo leaves out what can be computed from the VAT number.
        number = next(filter(None, src_partners.mapped("company_registry")), False)
        if number and not dst_partner.company_registry:
            dst_partner.company_registry = number
        return res

    @api.model
    def _bsc_check_relations(self, partners):
        """Refuse to lose a collaboration: there is one open one per team (rule 7).

        :param partners: ``res.partner`` that become one
        :raise UserError: when more than one of them has an open collaboration
        """
        relations = self.env["bsc.relation"].sudo()  # also of other companies
        for _company, doubles in relations._read_group(
            [("partner_id", "in", partners.ids)],
            ["company_id"],
            ["id:recordset"],
            having=[("__count", ">", 1)],
        ):
            raise UserError(
                self.env._(
                    "%(teams)s: each has an open collaboration, and there is one per"
                    " team. Archive the one that ends, then merge the contacts.",
                    teams=" / ".join(doubles.mapped("partner_id.display_name")),
                )
            )

    @api.model
    def _bsc_merge_providers(self, partners):
        """Let one provider per company remain: an active one, of the first contact.

        :param partners: ``res.partner`` that become one, the one that stays first
        :return: dictionary from the provider that remains to whom the others had to
            call: a person of the contact that is not there yet
        """
        people_to_call = {}
        for providers in (
            self._bsc_get_providers(partners).grouped("company_id").values()
        ):
            keep, *others = providers.sorted(
                lambda provider: (
                    not provider.active,
                    partners.ids.index(provider.partner_id.id),
                )
            )
            if others:
                people_to_call[keep] = (providers - keep).call_id[:1]
                keep._merge(providers - keep)
        return people_to_call

    @api.model
    def _bsc_get_providers(self, partners):
        return (
            self.env["bsc.provider"]
            .sudo()  # of all companies, whoever merges
            .with_context(active_test=False)
            .search([("partner_id", "in", partners.ids)])
        )
