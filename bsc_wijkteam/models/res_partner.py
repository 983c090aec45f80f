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

    bsc_expertise = fields.Char(
        "Expertise", help="What this professional knows most about, e.g. debts."
    )

    @api.constrains("bsc_expertise")
    def _check_bsc_expertise(self):
        """Keep a citizen service number out of this text, as of all our texts."""
        privacy = self.env["bsc.privacy.mixin"]
        for partner in self:
            privacy._check_text_no_bsn(partner.bsc_expertise or "")

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

    def action_bsc_make_provider(self):
        """Make sport providers of these contacts, and open them.

        A person stands for the organisation he or she works for, and is called first;
        a person without one is the provider. Who is a provider already is opened as it
        is: an archived one may have been archived for a reason.
        """
        Provider = self.env["bsc.provider"].with_context(active_test=False)
        organisations = self.commercial_partner_id
        known = Provider.search(
            [
                ("partner_id", "in", organisations.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        people = (self - organisations).filtered(
            lambda partner: partner.type == "contact"
        )
        call_ids = {person.commercial_partner_id: person.id for person in people}
        made = Provider.create(
            [
                {"partner_id": partner.id, "call_id": call_ids.get(partner)}
                for partner in organisations - known.partner_id
            ]
        )
        action = (known | made)._get_records_action(
            name=self.env._("Providers"), context={"active_test": False}
        )
        if len(organisations) == 1:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "New sport providers: %(made)s. Known already: %(known)s.",
                    made=len(made),
                    known=len(known),
                ),
                "next": action,
            },
        }

    def action_bsc_make_contact(self):
        """Make this professional the contact person of the team on the screen."""
        self.ensure_one()
        relation = self.env["bsc.relation"].browse(self.env.context["bsc_relation_id"])
        relation.contact_id = self

    def action_bsc_send_refer_link(self):
        """Mail this professional an own link to refer for the team on the screen."""
        self.ensure_one()
        relation = self.env["bsc.relation"].browse(self.env.context["bsc_relation_id"])
        return relation.with_context(
            bsc_refer_partner_id=self.id
        ).action_send_refer_link()

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
