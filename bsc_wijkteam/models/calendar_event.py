from odoo import api, fields, models
from odoo.tools import html2plaintext


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

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

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        context = self.env.context
        model = context.get("default_res_model") or context.get("active_model")
        if (
            model == "bsc.relation"
            and "bsc_relation_id" in fields
            and not defaults.get("bsc_relation_id")
        ):
            # Planned from an activity on the collaboration.
            defaults["bsc_relation_id"] = context.get("default_res_id") or context.get(
                "active_id"
            )
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events._bsc_check_privacy()
        return events

    def write(self, vals):
        names = {"bsc_relation_id", *self._bsc_text_fields()}
        is_concerned = not names.isdisjoint(vals)
        res = super().write(vals)
        if is_concerned:
            self._bsc_check_privacy()
        return res

    @api.model
    def _get_activity_excluded_models(self):
        # The meeting itself is the reminder: no second to-do beside it.
        return super()._get_activity_excluded_models() + ["bsc.relation"]

    def _bsc_check_privacy(self):
        """Keep meetings with our teams free of citizen service numbers.

        Meetings of others are none of our business, and cost nothing here.

        :raise ValidationError: when a text holds such a number
        """
        for event in self.filtered("bsc_relation_id"):
            texts = (event[name] for name in self._bsc_text_fields())
            self.env["bsc.privacy.mixin"]._check_text_no_bsn(
                "\n".join(html2plaintext(str(text)) for text in texts if text)
            )

    @api.model
    def _bsc_text_fields(self):
        return ("name", "location", "description", "notes")
