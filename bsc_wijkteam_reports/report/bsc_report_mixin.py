from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


def selection_of(model, name):
    """Return a selection with the values and translated labels of another field.

    :param str model: the model of that field
    :param str name: the name of that field
    """
    return lambda report: (
        report.env[model]._fields[name]._description_selection(report.env)
    )


class BscReportMixin(models.AbstractModel):
    """What counts by area: the area itself, and the wider ones that it lies in.

    A report selects its own ``area_id`` beside ``_wider_areas``, and joins
    ``_join_areas``.
    """

    _name = "bsc.report.mixin"
    _description = "Report by Area"
    _depends = {"bsc.area": ["kind", "parent_id"]}

    area_id = fields.Many2one("bsc.area", readonly=True)
    district_id = fields.Many2one("bsc.area", readonly=True)
    municipality_id = fields.Many2one("bsc.area", readonly=True)
    within_area_id = fields.Many2one(
        "bsc.area",
        store=False,
        search="_search_within_area_id",
        help="To search only: the area itself and all areas that lie in it.",
    )

    @api.model
    def _wider_areas(self):
        return SQL(
            """
            CASE 'district'
                WHEN area.kind THEN area.id
                WHEN parent.kind THEN parent.id
            END AS district_id,
            CASE 'municipality'
                WHEN area.kind THEN area.id
                WHEN parent.kind THEN parent.id
                WHEN grandparent.kind THEN grandparent.id
            END AS municipality_id
            """
        )

    @api.model
    def _join_areas(self, source):
        """Return what joins the areas.

        :param str source: what has the column ``area_id`` in the query of the report
        """
        return SQL(
            """
            LEFT JOIN bsc_area area ON area.id = %s
            LEFT JOIN bsc_area parent ON parent.id = area.parent_id
            LEFT JOIN bsc_area grandparent ON grandparent.id = parent.parent_id
            """,
            SQL.identifier(source, "area_id"),
        )

    @api.model
    def _search_within_area_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("area_id", "child_of", list(value))
