from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.bsc_area import KINDS, cbs_areas

# New areas in one level from which the statistics of the table are refreshed.
ANALYZE_FROM = 1000


class BscAreaLoadMunicipality(models.Model):
    """A municipality to choose: a row of the shipped list, stored nowhere."""

    _name = "bsc.area.load.municipality"
    _description = "Municipality to Load"
    _auto = False
    _order = "name, id"

    name = fields.Char(readonly=True)
    code = fields.Char("CBS code", readonly=True)

    @property
    def _table_query(self):
        rows = [
            (int(area.code[2:]), area.code, area.name)
            for area in cbs_areas().values()
            if area.kind == "municipality"
        ]
        return SQL(
            "SELECT * FROM (VALUES %s) AS cbs (id, code, name)", SQL(", ").join(rows)
        )


class BscAreaLoad(models.TransientModel):
    """Load municipalities with their districts and neighbourhoods from the CBS list."""

    _name = "bsc.area.load"
    _description = "Load Areas"

    scope = fields.Selection(
        [("chosen", "Municipalities I choose"), ("country", "The whole country")],
        "What to load",
        required=True,
        default="chosen",
    )
    municipality_ids = fields.Many2many(
        "bsc.area.load.municipality",
        string="Municipalities",
        help="Type a part of the name. Every district and neighbourhood of the"
        " municipality is loaded with it.",
    )
    municipality_new_count = fields.Integer(compute="_compute_counts")
    municipality_changed_count = fields.Integer(compute="_compute_counts")
    municipality_same_count = fields.Integer(compute="_compute_counts")
    district_new_count = fields.Integer(compute="_compute_counts")
    district_changed_count = fields.Integer(compute="_compute_counts")
    district_same_count = fields.Integer(compute="_compute_counts")
    neighbourhood_new_count = fields.Integer(compute="_compute_counts")
    neighbourhood_changed_count = fields.Integer(compute="_compute_counts")
    neighbourhood_same_count = fields.Integer(compute="_compute_counts")
    has_changes = fields.Boolean(compute="_compute_counts")

    @api.depends("scope", "municipality_ids")
    def _compute_counts(self):
        for wizard in self:
            plan = wizard._get_plan()
            wizard.has_changes = any(
                new or changed for new, changed, _ in plan.values()
            )
            for kind, (new, changed, same) in plan.items():
                wizard[f"{kind}_new_count"] = len(new)
                wizard[f"{kind}_changed_count"] = len(changed)
                wizard[f"{kind}_same_count"] = len(same)

    def action_load(self):
        """Load what was chosen, say how much, and show it.

        :raise UserError: when nothing was chosen
        """
        self.ensure_one()
        if not self._get_chosen():
            raise UserError(
                self.env._("Choose at least one municipality, or the whole country.")
            )
        new_count, changed_count = self._load()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Areas loaded"),
                "message": self.env._(
                    "Added: %(new_count)s. Updated: %(changed_count)s.",
                    new_count=new_count,
                    changed_count=changed_count,
                ),
                "next": self._get_areas_action(),
            },
        }

    def _load(self):
        """Create the areas that are missing and update those that differ.

        An archived area is updated and stays archived; an area without CBS code is
        never touched. Wide areas come first, so every level is one batch.

        :return: number of areas created, number of areas updated
        """
        Area = self.env["bsc.area"]
        new_count = changed_count = 0
        areas = {}
        for new, changed, same in self._get_plan().values():
            areas.update((area.code, area) for area, _cbs in changed + same)
            created = Area.create([self._prepare_vals(cbs, areas) for cbs in new])
            areas.update((area.code, area) for area in created)
            if len(new) > ANALYZE_FROM:
                # PostgreSQL else keeps checking every parent the way that is best for
                # the few rows it knew, and the whole country takes four times as long.
                self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(Area._table)))
            updates = defaultdict(list)
            for area, cbs in changed:
                updates[self._get_update(area, cbs, areas)].append(area.id)
            everything = [area.id for area, _cbs in changed]
            for vals, ids in updates.items():
                # Prefetching together keeps the number of queries fixed.
                Area.browse(ids).with_prefetch(everything).write(dict(vals))
            new_count += len(new)
            changed_count += len(changed)
        return new_count, changed_count

    def _get_plan(self):
        """Compare what was chosen with the areas that exist, archived ones included.

        :return: dictionary from kind, wide ones first, to three lists: rows of the CBS
            list that are new, pairs (area, row) that differ, pairs that are the same
        """
        chosen = self._get_chosen()
        Area = self.env["bsc.area"].with_context(active_test=False)
        known = Area.search_fetch(
            [("code", "in", [cbs.code for cbs in chosen])],
            ["code", "name", "inhabitants", "postcode", "parent_id"],
            order="id",
        ).grouped("code")
        plan = {kind: ([], [], []) for kind in KINDS}
        for cbs in chosen:
            new, changed, same = plan[cbs.kind]
            if not (area := known.get(cbs.code)):
                new.append(cbs)
                continue
            current = (
                area.parent_id.code or "",
                area.name,
                area.inhabitants,
                area.postcode or "",
            )
            pairs = same if current == cbs[2:] else changed
            pairs.append((area, cbs))
        return plan

    def _get_chosen(self):
        """Return the rows of the CBS list that were chosen, wide areas first."""
        if self.scope == "country":
            return list(cbs_areas().values())
        # The four digits of the municipality stand in every code.
        digits = {code[2:] for code in self.municipality_ids.mapped("code")}
        return [cbs for cbs in cbs_areas().values() if cbs.code[2:6] in digits]

    @api.model
    def _prepare_vals(self, cbs, areas):
        """Return the values of an area as CBS has them.

        :param cbs: a row of the CBS list
        :param areas: dictionary from CBS code to area that holds the parent
        """
        return {
            "code": cbs.code,
            "kind": cbs.kind,
            "name": cbs.name,
            "inhabitants": cbs.inhabitants,
            "postcode": cbs.postcode or False,
            "parent_id": areas[cbs.parent_code].id if cbs.parent_code else False,
        }

    @api.model
    def _get_update(self, area, cbs, areas):
        """Return the values of an area that differ from CBS, as pairs in a tuple."""
        vals = self._prepare_vals(cbs, areas)
        current = dict(
            vals,
            name=area.name,
            inhabitants=area.inhabitants,
            postcode=area.postcode,
            parent_id=area.parent_id.id,
        )
        return tuple(sorted(vals.items() - current.items()))

    def _get_areas_action(self):
        """Return the action that lists the areas just loaded."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_area_action"
        )
        domain = Domain("code", "!=", False)
        if self.scope == "chosen":
            codes = self.municipality_ids.mapped("code")
            municipalities = (
                self.env["bsc.area"]
                .with_context(active_test=False)
                .search([("code", "in", codes)])
            )
            domain &= Domain("id", "child_of", municipalities.ids)
        return dict(action, domain=list(domain))
