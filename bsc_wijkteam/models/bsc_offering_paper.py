import os.path

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_actions_report import _wkhtml

MAX_ON_PAPER = 500  # some 45 pages: nobody reads more, and it takes half a minute


class BscOffering(models.Model):
    """The overview of activities on paper: in groups, in words that invite."""

    _inherit = "bsc.offering"

    def _get_overview_paper(self, company=None, filters=None, by="area"):
        """Return what stands on paper, in the language in use.

        Without a company these are offerings somebody chose from a list: those where
        nobody can be referred today are left out, and counted.

        :param company: ``res.company``, whose offer it is
        :param dict filters: see the class; they chose these offerings
        :param str by: see :meth:`_get_overview_groups`
        :return: dictionary of plain values
        :raise UserError: when they are too many for paper
        """
        filters = filters or {}
        found = self
        if company is None:
            company = self.company_id if len(self.company_id) == 1 else self.env.company
            found = self.filtered(
                lambda offering: offering.company_id == company
                and offering.is_referable_today
            ).sorted("name")
        self._check_fits_paper(len(found))
        rows = {row["id"]: row for row in found._get_overview_rows()}
        heading = self._get_overview_heading(filters)
        words = self._describe_overview(company, filters)
        if heading["speaks_to_group"]:  # and so does not name it
            del words["target_group_ids"]
            by = "area" if by == "target_group" else by
        return {
            **heading,
            **self._get_overview_organisation(company),
            "logo": not company.uses_default_logo and company.partner_id.image_256,
            "words": list(words.values()),
            "count": len(found),
            "left_out": len(self) - len(found),
            "groups": [
                (name, [rows[offering.id] for offering in offerings])
                for name, offerings in found._get_overview_groups(by)
            ],
            "coach": [],
            "repeats_head": _wkhtml().is_patched_qt,
        }

    @api.model
    def _check_fits_paper(self, count):
        """Refuse paper that nobody would read.

        :param int count: of offerings
        :raise UserError: when they are too many
        """
        if count > MAX_ON_PAPER:
            raise UserError(
                self.env._(
                    "%(count)s activities do not fit on paper. Choose an area, a day or"
                    " a target group: %(limit)s is the most.",
                    count=count,
                    limit=MAX_ON_PAPER,
                )
            )

    def _get_overview_groups(self, by):
        """Divide these offerings, for paper. One may stand in several groups.

        :param str by: "area", "weekday" or "target_group"
        :return: list of pairs: name of the group, and its offerings
        """
        names, keys = getattr(self, f"_get_overview_groups_{by}")()
        ids = {key: [] for key in names}
        for offering in self:
            for key in keys(offering) or [False]:
                ids[key].append(offering.id)
        return [(names[key], self.browse(found)) for key, found in ids.items() if found]

    def _get_overview_groups_area(self):
        """Group by the areas right below the one that all have in common."""
        paths = {
            area.id: tuple(map(int, area.parent_path.strip("/").split("/")))
            for area in self.area_ids
        }
        depth = len(os.path.commonprefix(list(paths.values())))
        key_by_area = {
            area_id: path[min(depth, len(path) - 1)] for area_id, path in paths.items()
        }
        areas = self.env["bsc.area"].browse(set(key_by_area.values()))
        names = {area.id: area.name for area in areas.sorted("complete_name")}
        names[False] = self.env._("Everywhere")
        return names, lambda offering: dict.fromkeys(
            key_by_area[area.id] for area in offering.area_ids
        )

    def _get_overview_groups_weekday(self):
        today = fields.Date.context_today(self)
        names = dict(
            self.env["bsc.offering.slot"]
            ._fields["weekday"]
            ._description_selection(self.env)
        )
        names[False] = self.env._("Ask for the times")
        return names, lambda offering: dict.fromkeys(
            slot.weekday
            for slot in offering.slot_ids
            if not slot.date_to or slot.date_to >= today
        )

    def _get_overview_groups_target_group(self):
        names = {group.id: group.name for group in self.target_group_ids.sorted()}
        names[False] = self.env._("For everybody")
        return names, lambda offering: offering.target_group_ids.ids
