from babel.dates import get_day_names

from odoo import api, fields, models
from odoo.tools import babel_locale_parse, get_lang


class BscOfferingSlot(models.Model):
    """A weekly moment of an offering."""

    _name = "bsc.offering.slot"
    _description = "Offering Time"
    _inherit = ["bsc.privacy.mixin"]
    _order = "weekday, hour_from, id"

    offering_id = fields.Many2one(
        "bsc.offering", required=True, index=True, ondelete="cascade"
    )
    weekday = fields.Selection(
        [
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        required=True,
    )
    hour_from = fields.Float("Starts at", required=True, aggregator=None)
    hour_to = fields.Float("Ends at", required=True, aggregator=None)
    date_from = fields.Date("Season from")
    date_to = fields.Date("Season to")

    _check_hours = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_to <= 24 AND hour_from < hour_to)",
        "A time starts before it ends, between 0:00 and 24:00.",
    )
    _check_dates = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_from <= date_to)",
        "A season starts before it ends.",
    )

    @api.depends("weekday", "hour_from", "hour_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for slot in self:
            slot.display_name = slot._get_name("wide")

    def _get_name(self, width):
        """Return day and times of one slot: "Tuesday 10:00–11:30".

        :param str width: of the name of the day, "wide" or "abbreviated"
        """
        self.ensure_one()
        days = get_day_names(width, locale=babel_locale_parse(get_lang(self.env).code))
        day = days[int(self.weekday)] if self.weekday else ""
        hours = map(self._format_hour, (self.hour_from, self.hour_to))
        return f"{day} {'–'.join(hours)}"

    @api.model
    def _format_hour(self, hour):
        minutes = round(hour * 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
