from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class BscAcquaintance(models.Model):
    """The neighbourhood map: whom a coach knows in an area, and whom not yet.

    Professionals and key persons only: a participant is never a contact.
    """

    _name = "bsc.acquaintance"
    _description = "Neighbourhood Map"
    _inherit = ["bsc.privacy.mixin"]
    _order = "id desc"
    _rec_names_search = ["partner_id.name", "partner_id.parent_id.name"]
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        "Who",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        help="A professional, a key person or an organisation. Never a participant.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        "Coach",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        check_company=True,
    )
    warmth = fields.Selection(
        [("unknown", "Not yet known"), ("known", "Known"), ("warm", "Warm contact")],
        "How well",
        required=True,
        default="unknown",
        group_expand=True,
    )
    kind = fields.Selection(
        "_selection_kind",
        compute="_compute_kind",
        store=True,
        help="From the collaboration with this organisation, or from the provider.",
    )
    area_ids = fields.Many2many(
        "bsc.area",
        string="Areas",
        compute="_compute_area_ids",
        store=True,
        readonly=False,
        help="Where you meet this contact. Proposed from the team or the provider.",
    )
    note = fields.Char(
        "How to come in", help="How you know each other, or who can introduce you."
    )
    organisation_id = fields.Many2one(
        "res.partner", "Organisation", related="partner_id.parent_id"
    )
    function = fields.Char("Job Position", related="partner_id.function")
    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")

    _partner_uniq = models.UniqueIndex(
        "(user_id, partner_id, company_id)",
        "This contact is already on the map of this coach.",
    )

    @api.model
    def _selection_kind(self):
        relations = self.env["bsc.relation"]
        kinds = dict(relations._fields["kind"]._description_selection(self.env))
        other = kinds.pop("other")
        kinds["provider"] = self.env._("Sport provider")
        kinds["person"] = self.env._("Key person")
        return [*kinds.items(), ("other", other)]

    @api.depends("partner_id.name")
    def _compute_display_name(self):
        for acquaintance in self:
            acquaintance.display_name = acquaintance.partner_id.name

    @api.depends(
        "company_id",
        "partner_id.is_company",
        *(
            f"partner_id.{path}{records}"
            for path in ("", "parent_id.", "commercial_partner_id.")
            for records in ("bsc_relation_ids.kind", "bsc_provider_ids.company_id")
        ),
    )
    def _compute_kind(self):
        relations, providers = self._get_ties()
        for acquaintance in self:
            keys = acquaintance._get_tie_keys()
            kind = next((relations[key].kind for key in keys if key in relations), None)
            if kind in (None, "other") and any(key in providers for key in keys):
                kind = "provider"
            by_itself = "other" if acquaintance.partner_id.is_company else "person"
            acquaintance.kind = kind or by_itself

    @api.depends("partner_id", "company_id")
    def _compute_area_ids(self):
        ties_by_model = self._get_ties()
        ids_by_areas = defaultdict(list)
        for acquaintance in self:
            areas = acquaintance.area_ids
            if not areas:
                keys = acquaintance._get_tie_keys()
                found = [
                    ties[key] for ties in ties_by_model for key in keys if key in ties
                ]
                areas = areas.union(*(tie.area_ids for tie in found))
            ids_by_areas[areas].append(acquaintance.id)
        for areas, ids in ids_by_areas.items():  # at once: each costs queries
            self.browse(ids).area_ids = areas

    @api.constrains("partner_id")
    def _check_professional(self):
        """Nobody is on the map as a private person (privacy rule 1)."""
        for partner in self.partner_id:
            if not (partner.is_company or partner.parent_id or partner.function):
                raise ValidationError(
                    self.env._(
                        "The map is for professionals and key persons. Note the"
                        " organisation or the job position of %(name)s first.",
                        name=partner.name,
                    )
                )

    def action_print(self):
        """Print the sheet of what is on the screen or chosen there."""
        if not self:
            raise UserError(
                self.env._(
                    "There is nobody on the map to print yet. Fill it first, or choose"
                    " another area."
                )
            )
        report = self.env.ref("bsc_wijkteam.bsc_acquaintance_report_map")
        return report.report_action(self.ids)

    @api.model
    def _get_area_domain(self, name, area):
        """Return what is found in an area: everything below it, and what covers it.

        :param str name: the field with areas
        :param area: ``bsc.area``
        """
        return Domain(name, "child_of", area.id) | Domain(name, "parent_of", area.id)

    def _get_ties(self):
        """Find what ties these contacts to our work, in two queries.

        Also archived ones: a school remains a school when the collaboration ended.

        :return: two dictionaries from company and contact to collaboration, and to
            provider
        """
        partners = self.partner_id
        partners |= partners.parent_id | partners.commercial_partner_id
        domain = [
            ("partner_id", "in", partners.ids),
            ("company_id", "in", self.company_id.ids),
        ]
        return tuple(
            {
                (record.company_id.id, record.partner_id.id): record
                for record in self.env[model]
                .with_context(active_test=False)
                .search(domain, order=order)  # the last one counts
            }
            for model, order in (
                ("bsc.relation", "active, id"),
                ("bsc.provider", "id"),
            )
        )

    def _get_tie_keys(self):
        """Where to look in the ties of a contact: itself first, then above it."""
        partner = self.partner_id
        organisations = (partner, partner.parent_id, partner.commercial_partner_id)
        return [(self.company_id.id, organisation.id) for organisation in organisations]

    def _get_sheet(self):
        """Return what stands on paper: a group per kind of partner.

        :return: dictionary of plain values
        """
        warmths = dict(self._fields["warmth"]._description_selection(self.env))
        by_kind = self.grouped("kind")
        groups = [
            (
                label,
                by_kind[kind].sorted(
                    lambda known: (
                        known.organisation_id.name or known.partner_id.name or "",
                        known.partner_id.name or "",
                    )
                ),
            )
            for kind, label in self._selection_kind()
            if kind in by_kind
        ]
        counts = [
            (label, len(self.filtered(lambda known, key=key: known.warmth == key)))
            for key, label in warmths.items()
        ]
        company = self.company_id if len(self.company_id) == 1 else self.env.company
        return {
            "company": company,
            "logo": not company.uses_default_logo and company.partner_id.image_256,
            "coaches": ", ".join(self.user_id.mapped("name")),
            "areas": ", ".join(self.area_ids.sorted().mapped("name")),
            "date": fields.Date.context_today(self),
            "warmths": list(warmths.items()),
            "counts": counts,
            "groups": groups,
        }
