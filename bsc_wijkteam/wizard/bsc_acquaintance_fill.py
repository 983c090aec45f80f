from odoo import api, fields, models
from odoo.fields import Command, Domain


class BscAcquaintanceFill(models.TransientModel):
    """Put everybody we know of in an area on the map of the coach, once."""

    _name = "bsc.acquaintance.fill"
    _description = "Fill the neighbourhood map"

    area_id = fields.Many2one("bsc.area", required=True, ondelete="cascade")
    new_count = fields.Integer("New on your map", compute="_compute_counts")
    known_count = fields.Integer("On your map already", compute="_compute_counts")

    @api.depends("area_id")
    def _compute_counts(self):
        for fill in self:
            partners = fill._find_partners()[0] if fill.area_id else {}
            known = fill._get_known(partners)
            fill.known_count = len(known)
            fill.new_count = len(partners) - len(known)

    def action_fill(self):
        """Add who is not on the map yet, and show the map of this area."""
        self.ensure_one()
        areas_by_partner, met = self._find_partners()
        new = areas_by_partner.keys() - self._get_known(areas_by_partner)
        self.env["bsc.acquaintance"].create(
            [
                {
                    "partner_id": partner_id,
                    "company_id": self.env.company.id,
                    "user_id": self.env.uid,
                    "area_ids": [Command.set(areas_by_partner[partner_id])],
                    "warmth": "known" if partner_id in met else "unknown",
                }
                for partner_id in sorted(new, reverse=True)
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_acquaintance_action"
        )
        action.update(
            display_name=self.env._(
                "Neighbourhood map: %(area)s", area=self.area_id.name
            ),
            domain=list(self._get_map_domain()),
            context={
                "search_default_my": 1,
                "default_area_ids": [Command.set(self.area_id.ids)],
            },
            target="main",
        )
        return action

    def action_print(self):
        """Print the sheet of this area: the map of this coach."""
        self.ensure_one()
        domain = self._get_map_domain() & Domain("user_id", "=", self.env.uid)
        return self.env["bsc.acquaintance"].search(domain).action_print()

    def _get_map_domain(self):
        domain = self.env["bsc.acquaintance"]._get_area_domain("area_ids", self.area_id)
        return domain & Domain("company_id", "=", self.env.company.id)

    def _find_partners(self):
        """Find the people of the teams, other partners and providers in the area.

        An organisation of which no people are known stands for itself.

        :return: dictionary from id of the contact to ids of its areas, and the ids of
            those this coach has met: the contact persons of the own work
        """
        company = Domain("company_id", "=", self.env.company.id)
        Acquaintance = self.env["bsc.acquaintance"]
        relations = self.env["bsc.relation"].search(
            company & Acquaintance._get_area_domain("area_ids", self.area_id)
        )
        providers = self.env["bsc.provider"].search(
            company
            & Acquaintance._get_area_domain("offering_ids.area_ids", self.area_id)
        )
        organisations = relations.partner_id | providers.partner_id
        people = self.env["res.partner"].search(
            [
                ("parent_id", "in", organisations.ids),
                ("is_company", "=", False),
                ("type", "=", "contact"),
            ]
        )
        people_by_organisation = people.grouped("parent_id")
        areas_by_partner = {}
        met = set()
        for records, contact in ((relations, "contact_id"), (providers, "call_id")):
            for record in records:
                person = record[contact].filtered("active")
                found = person | people_by_organisation.get(
                    record.partner_id, person.browse()
                )
                for partner in found or record.partner_id:
                    areas = areas_by_partner.setdefault(partner.id, set())
                    areas.update(record.area_ids.ids)
                if record.coach_id == self.env.user:
                    met.update(person.ids)
        return areas_by_partner, met

    def _get_known(self, partner_ids):
        """Return which of these contacts are on the map of this coach already."""
        known = self.env["bsc.acquaintance"].search_fetch(
            [
                ("partner_id", "in", list(partner_ids)),
                ("user_id", "=", self.env.uid),
                ("company_id", "=", self.env.company.id),
            ],
            ["partner_id"],
        )
        return set(known.partner_id.ids)
