from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.feed_ids import FeedIds


class BscOffering(models.Model):
    """Offerings as open data, and where imported ones come from."""

    _name = "bsc.offering"
    _inherit = ["bsc.offering", "bsc.feed.mixin"]

    is_published = fields.Boolean(
        "Publish as open data",
        default=True,
        help="Also show this offering in the open data, when it is referable.",
    )

    @api.depends("feed_ref")
    def _compute_is_referable(self):
        """A check says nothing about what a feed brought after it was made."""
        res = super()._compute_is_referable()
        for offering in self:
            if offering._is_newer_than_check():
                offering.current_check_id = False
                offering.is_referable = False
        return res

    def _is_newer_than_check(self):
        """Tell whether a feed brought one offering after its provider was checked."""
        self.ensure_one()
        check = self.current_check_id
        return bool(
            self.feed_ref
            and check
            and not check.offering_id
            and self.create_date
            and check.create_date < self.create_date
        )

    def _get_referable_issues(self):
        issues = super()._get_referable_issues()
        general = self.provider_id._get_general_checks()._get_deciding()
        if self.feed_ref and not self.current_check_id and general.state == "valid":
            issues.append(
                self.env._(
                    "it was imported after the provider was checked: check this"
                    " offering as well"
                )
            )
        return issues

    @api.model
    def _get_feed_companies(self):
        """Return the companies that publish their overview as open data."""
        return (
            self.env["res.company"]
            .sudo()  # asked for strangers, who see no companies
            .search([("bsc_feed_enabled", "=", True)])
        )

    @api.model
    def _get_feed_ids(self):
        """Return what makes and reads the identifiers of this database."""
        parameters = self.env["ir.config_parameter"].sudo()  # they are the system's
        return FeedIds(parameters.get_param("database.uuid"))

    @api.model
    def _get_feed_domain(self, companies):
        """Return a domain of what anybody may see: offerings one can refer to today.

        The name of a provider who is a person is somebody's name, so what that person
        offers is not published at all.

        :param companies: ``res.company`` that publish their overview
        """
        return Domain(
            [
                ("company_id", "in", companies.ids),
                ("is_published", "=", True),
                ("is_referable_today", "=", True),
                ("provider_id.partner_id.is_company", "=", True),
            ]
        )

    @api.model
    def _get_feed_domain_postcode(self, postcode):
        """Return a domain of what is at a postcode, or for the areas around it.

        :param str postcode: four digits, or a whole one such as "2801 AB"
        """
        areas = self.env["bsc.area"]._find_by_postcodes([postcode])
        digits, found = next(iter(areas.items()))
        around = {
            int(part) for area in found for part in area.parent_path.split("/") if part
        }
        return Domain("area_ids", "in", list(around)) | Domain(
            "place_id.zip", "=like", f"{digits}%"
        )

    @api.model
    def _get_feed_domain_modified(self, moment):
        """Return a domain of what was changed since a moment, with all it shows.

        :param datetime moment: in UTC, without time zone
        """
        return Domain.OR(
            Domain(name, ">=", moment)
            for name in (
                "write_date",
                "provider_id.write_date",
                "provider_id.partner_id.write_date",
                "current_check_id.write_date",
                "place_id.write_date",
                "slot_ids.write_date",
            )
        )

    @api.model
    def _get_feed_domain_place(self):
        """Return a domain of what is at a place, see :meth:`_has_public_place`."""
        return Domain("place_id.is_company", "=", True) | Domain(
            [
                ("place_id.type", "!=", "contact"),
                ("place_id.commercial_partner_id.is_company", "=", True),
            ]
        )

    def _has_public_place(self):
        """Tell whether one offering is at a place, and that is nobody's home."""
        self.ensure_one()
        place = self.place_id
        return place.is_company or (
            place.type != "contact" and place.commercial_partner_id.is_company
        )


class BscProvider(models.Model):
    _name = "bsc.provider"
    _inherit = ["bsc.provider", "bsc.feed.mixin"]
