import csv
import re
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import file_open

# From wide to narrow: an area lies in an area of an earlier kind.
KINDS = ("municipality", "district", "neighbourhood")
KIND_BY_PREFIX = {"GM": "municipality", "WK": "district", "BU": "neighbourhood"}
# The digits of the municipality stand first; what follows may hold letters.
CODE_FORMATS = {
    "municipality": (re.compile(r"GM\d{4}"), "GM0513"),
    "district": (re.compile(r"WK\d{4}[0-9A-Z]{2}"), "WK051301"),
    "neighbourhood": (re.compile(r"BU\d{4}[0-9A-Z]{4}"), "BU05130101"),
}


class CbsArea(NamedTuple):
    """One row of the list of Statistics Netherlands (CBS)."""

    code: str
    kind: str
    parent_code: str
    name: str
    inhabitants: int
    postcode: str


@cache
def cbs_areas():
    """Return the shipped list of areas, read once per process.

    The parent of an area follows from its code: neighbourhood BU05130101 lies in
    district WK051301, and that in municipality GM0513.

    :return: read-only mapping from CBS code to :class:`CbsArea`, wide areas first
    """
    areas = {}
    with file_open("bsc_wijkteam/data/cbs/areas.tsv") as source:
        for row in csv.DictReader(source, delimiter="\t"):
            code = row["code"]
            kind = KIND_BY_PREFIX[code[:2]]
            parent_code = {
                "municipality": "",
                "district": f"GM{code[2:6]}",
                "neighbourhood": f"WK{code[2:8]}",
            }[kind]
            areas[code] = CbsArea(
                code,
                kind,
                parent_code,
                row["name"],
                int(row["inhabitants"] or 0),
                row["postcode"],
            )
    return MappingProxyType(areas)


class BscArea(models.Model):
    """A municipality, a district or a neighbourhood, with or without a CBS code."""

    _name = "bsc.area"
    _description = "Area"
    _inherit = ["bsc.privacy.mixin"]
    _order = "complete_name, id"
    _parent_store = True
    _rec_names_search = ["name", "code", "postcode"]

    name = fields.Char(required=True)
    complete_name = fields.Char(
        "Full name",
        compute="_compute_complete_name",
        store=True,
        precompute=True,
        index=True,
    )
    kind = fields.Selection(
        [
            ("municipality", "Municipality"),
            ("district", "District"),
            ("neighbourhood", "Neighbourhood"),
        ],
        required=True,
        default="neighbourhood",
        index=True,
    )
    code = fields.Char(
        "CBS code",
        copy=False,
        help="The code of Statistics Netherlands (CBS): GM and 4 digits for a"
        " municipality, WK and 6 for a district, BU and 8 for a neighbourhood. Leave"
        " it empty for an area of your own.",
    )
    parent_id = fields.Many2one("bsc.area", "Part of", ondelete="restrict", index=True)
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("bsc.area", "parent_id", "Parts")
    inhabitants = fields.Integer(
        aggregator=None, help="Rounded by CBS; 0 where CBS gives no number."
    )
    postcode = fields.Char(
        size=4,
        index="btree_not_null",
        help="The four digits that are most common among the postcodes here.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE (code)",
        "Another area already has this CBS code: look for it among the active and the"
        " archived areas.",
    )
    _inhabitants_positive = models.Constraint(
        "CHECK (inhabitants >= 0)",
        "The number of inhabitants cannot be below zero.",
    )

    @api.depends("name", "parent_id.name", "parent_id.parent_id.name")
    def _compute_complete_name(self):
        # Three kinds make three levels at most, so nothing has to be recursive.
        for area in self:
            names = (area.parent_id.parent_id.name, area.parent_id.name, area.name)
            area.complete_name = " / ".join(name for name in names if name)

    @api.depends(
        "name", "kind", "postcode", "parent_id.name", "parent_id.parent_id.name"
    )
    @api.depends_context("lang", "formatted_display_name")
    def _compute_display_name(self):
        """Many areas share a name (49 are called Centrum): add where they lie."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        paths = [area.parent_path or "" for area in self]
        wider = {int(part) for path in paths for part in path.split("/")[:-2]}
        self.browse(wider).fetch(["name", "parent_id"])  # not level by level
        for area in self:
            name = area.name or ""
            place = area.parent_id.parent_id.name or area.parent_id.name
            if place and area.kind == "district":
                name = self.env._(
                    "%(name)s (district in %(place)s)", name=name, place=place
                )
            elif place:
                name = f"{name} ({place})"
            if self.env.context.get("formatted_display_name"):
                details = [area.parent_id.name, area.postcode]
                if not place:
                    details = [kinds.get(area.kind)]
                elif area.kind == "district":
                    details = []
                muted = " · ".join(detail for detail in details if detail)
                name = f"{name}\t--{muted}--" if muted else name
            area.display_name = name

    @api.model
    def _search_display_name(self, operator, value):
        """Also find "centrum gouda" and, as exports write it, "Centrum (Gouda)"."""
        domain = Domain(super()._search_display_name(operator, value))
        if operator == "ilike" and isinstance(value, str):
            words = re.findall(r"[^\s()/]+", value)
            if len(words) > 1:
                domain |= Domain.AND(
                    Domain("complete_name", "ilike", word) for word in words
                )
        elif operator in ("=", "in"):
            labels = {value} if isinstance(value, str) else set(value or ())
            matches = [
                re.fullmatch(r"(.+) \(.+\)", label)
                for label in labels
                if isinstance(label, str)
            ]
            if names := [match[1] for match in matches if match]:
                namesakes = self.search([("name", "in", names)])
                found = namesakes.filtered(lambda area: area.display_name in labels)
                domain |= Domain("id", "in", found.ids)
        return domain

    @api.constrains("code", "kind")
    def _check_code(self):
        """A code has the form of its kind and stands in the list of CBS."""
        for area in self.filtered("code"):
            pattern, example = CODE_FORMATS[area.kind]
            if not pattern.fullmatch(area.code):
                raise ValidationError(
                    self.env._(
                        "%(code)s cannot be the CBS code of a %(kind)s: that looks like"
                        " %(example)s.",
                        code=area.code,
                        kind=area._get_kind_label(),
                        example=example,
                    )
                )
            if area.code not in cbs_areas():
                raise ValidationError(
                    self.env._(
                        "CBS knows no area with code %(code)s: check the code, or leave"
                        " it empty for an area of your own.",
                        code=area.code,
                    )
                )

    @api.constrains("parent_id", "kind", "code")
    def _check_parent(self):
        """An area lies in a wider one, and their codes agree."""
        children = self.with_context(active_test=False).search(
            [("parent_id", "in", self.ids)], order="id"
        )
        for area in (self | children).filtered("parent_id"):
            parent = area.parent_id
            if KINDS.index(parent.kind) >= KINDS.index(area.kind):
                raise ValidationError(
                    self.env._(
                        "%(area)s is a %(kind)s and cannot be part of %(parent)s, which"
                        " is a %(parent_kind)s.",
                        area=area.name,
                        kind=area._get_kind_label(),
                        parent=parent.name,
                        parent_kind=parent._get_kind_label(),
                    )
                )
            if (
                area.code
                and parent.code
                and not area.code[2:].startswith(parent.code[2:])
            ):
                raise ValidationError(
                    self.env._(
                        "By their CBS codes %(area)s (%(code)s) is no part of"
                        " %(parent)s (%(parent_code)s).",
                        area=area.name,
                        code=area.code,
                        parent=parent.name,
                        parent_code=parent.code,
                    )
                )

    @api.constrains("postcode")
    def _check_postcode(self):
        for area in self.filtered("postcode"):
            if not re.fullmatch(r"[1-9]\d{3}", area.postcode):
                raise ValidationError(
                    self.env._(
                        "%(postcode)s is not the postcode of an area: that is four"
                        " digits, such as 2801.",
                        postcode=area.postcode,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_code(vals) for vals in vals_list])

    def write(self, vals):
        if parent_id := vals.get("parent_id"):
            self._check_no_loop(self.browse(parent_id))
        return super().write(self._clean_code(vals))

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Put exact names first, else Ede drowns among names such as Enschede."""
        found = super().name_search(name, domain, operator, limit)
        if not name or operator != "ilike":
            return found
        exact_domain = Domain(domain or Domain.TRUE) & Domain("name", "=ilike", name)
        exact = super().name_search(name, exact_domain, operator, limit)
        return (exact + [pair for pair in found if pair not in exact])[:limit]

    @api.model
    def _find_by_postcodes(self, zips):
        """Find the neighbourhoods around postcodes, in one query.

        :param zips: postcodes of four digits, or whole ones such as "2801 AB"
        :return: dictionary from every four digits asked for to the neighbourhoods
            where they are the most common postcode (none: an empty recordset); what
            does not start with four digits is left out
        """
        matches = (re.match(r"\s*([1-9]\d{3})(?!\d)", code or "") for code in zips)
        found = {match[1]: self.browse() for match in matches if match}
        areas = self.search_fetch(
            [("kind", "=", "neighbourhood"), ("postcode", "in", list(found))],
            ["postcode"],
        )
        return found | areas.grouped("postcode")

    @api.model
    def _clean_code(self, vals):
        """Return values whose code is written as CBS writes it, or is empty."""
        if "code" not in vals:
            return vals
        return dict(vals, code=(vals["code"] or "").strip().upper() or False)

    def _check_no_loop(self, parent):
        """Refuse a parent that lies in one of these areas.

        Asked before writing, because the ORM stops a loop in its tree first, with
        words nobody understands.

        :param parent: the area in which these areas are to lie
        :raise ValidationError: when it is one of them or lies in one of them
        """
        around = {int(part) for part in (parent.parent_path or "").split("/") if part}
        for area in self:
            if area.id in around:
                raise ValidationError(
                    self.env._(
                        "%(area)s cannot be part of itself or of one of its own parts.",
                        area=area.name,
                    )
                )

    def _get_kind_label(self):
        """Return the kind as a word in a sentence: "district"."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return kinds[self.kind].lower()
