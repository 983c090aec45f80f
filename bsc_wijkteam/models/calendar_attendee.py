from odoo import fields, models


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    bsc_is_present = fields.Boolean("Was there")
