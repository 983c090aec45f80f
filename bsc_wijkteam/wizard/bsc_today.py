from datetime import timedelta

from odoo import api, fields, models

# So long a meeting waits to be noted, and so long before its end a check is named.
NOTE_DAYS = 30
LAPSE_DAYS = 60


class BscToday(models.TransientModel):
    """What a coach has to do today: how much of what, and where it is.

    Nothing is kept here. Each line counts one search, and opens what it counted.
    """

    _name = "bsc.today"
    _description = "My work today"

    cooling_count = fields.Integer("Teams cooling down", compute="_compute_counts")
    promise_count = fields.Integer("Promises due", compute="_compute_counts")
    feedback_count = fields.Integer("Teams owed feedback", compute="_compute_counts")
    meeting_count = fields.Integer("Meetings to note", compute="_compute_counts")
    activity_count = fields.Integer("Other activities due", compute="_compute_counts")
    answer_count = fields.Integer("Answers awaited", compute="_compute_counts")
    check_count = fields.Integer("Checks lapsing soon", compute="_compute_counts")
    is_done = fields.Boolean(compute="_compute_counts")

    def _compute_display_name(self):
        self.display_name = self.env._("My work today")

    @api.depends_context("uid")
    def _compute_counts(self):
        counts = {
            f"{name}_count": self.env[model].search_count(domain)
            for name, (model, _action, domain) in self._get_lists().items()
        }
        for today in self:
            today.update(counts)
            today.is_done = not any(counts.values())

    @api.model
    def action_open_today(self):
        """Open what the user has to do today, counted now."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("My work today"),
            "res_model": self._name,
            "views": [(False, "form")],
            "res_id": self.create({}).id,
            "path": "bsc-today",
            "target": "main",
        }

    @api.readonly
    def action_open(self):
        """Open the list that the context names."""
        name = self.env.context["bsc_list"]
        _model, xmlid, domain = self._get_lists()[name]
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        # The list shows what was counted; it begins without filters of its own.
        action["domain"] = domain
        action["context"] = {"force_search_count": 1}
        label = self._fields[f"{name}_count"]._description_string(self.env)
        action["name"] = action["display_name"] = label
        action["views"].sort(key=lambda view: view[1] != "list")
        return action

    @api.model
    def _get_lists(self):
        """Return model, action and domain of all that may wait for the user."""
        today = fields.Date.context_today(self)
        now = fields.Datetime.now()
        mine = ("coach_id", "=", self.env.uid)
        due = [("user_id", "=", self.env.uid), ("date_deadline", "<=", today)]
        return {
            "cooling": (
                "bsc.relation",
                "bsc_wijkteam.bsc_relation_action",
                [mine, ("health", "=", "bad")],
            ),
            "promise": (
                "mail.activity",
                "bsc_wijkteam.mail_activity_action_promise",
                [*due, ("bsc_promise_state", "=", "open")],
            ),
            "feedback": (
                "bsc.relation",
                "bsc_wijkteam.bsc_relation_action",
                [mine, ("is_feedback_late", "=", True)],
            ),
            "meeting": (
                "calendar.event",
                "bsc_wijkteam.calendar_event_action",
                [
                    ("user_id", "=", self.env.uid),
                    ("bsc_relation_id", "!=", False),
                    ("bsc_is_noted", "=", False),
                    ("stop", "<", now),
                    ("start", ">", now - timedelta(days=NOTE_DAYS)),
                ],
            ),
            "activity": (
                "mail.activity",
                "mail.mail_activity_action_my",
                [
                    *due,
                    ("res_model", "=like", "bsc.%"),
                    ("bsc_promise_state", "=", False),
                ],
            ),
            "answer": (
                "bsc.evaluation",
                "bsc_wijkteam.bsc_evaluation_action",
                [mine, ("state", "=", "asked")],
            ),
            "check": (
                "bsc.check",
                "bsc_wijkteam.bsc_check_action",
                [
                    mine,
                    ("state", "=", "valid"),
                    ("valid_until", "<=", today + timedelta(days=LAPSE_DAYS)),
                ],
            ),
        }
