from odoo import fields, models


class CalendarEvent(models.Model):
    _name = "calendar.event"
    _inherit = ["calendar.event", "bsc.privacy.mixin"]

    bsc_relation_id = fields.Many2one(
        "bsc.relation",
        "Collaboration",
        index="btree_not_null",
        ondelete="set null",
        help="The team this meeting is with. Every colleague can read the calendar:"
        " write nothing about participants here.",
    )
    bsc_kind = fields.Selection(
        [
            ("acquaintance", "Getting acquainted"),
            ("team_meeting", "Team meeting"),
            ("come_and_watch", "Come and watch"),
            ("consultation", "Consultation hour"),
            ("workshop", "Workshop"),
            ("open_day", "Open day"),
        ],
        "Kind of meeting",
    )
