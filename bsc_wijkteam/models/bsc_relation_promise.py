import operator as py_operator

from odoo import api, fields, models
from odoo.fields import Domain

COMPARE = {
    "in": lambda count, counts: count in counts,
    "not in": lambda count, counts: count not in counts,
    "<": py_operator.lt,
    "<=": py_operator.le,
    ">": py_operator.gt,
    ">=": py_operator.ge,
}


class BscRelation(models.Model):
    """Promises of both sides, counted from the activities themselves."""

    _inherit = "bsc.relation"

    promise_ids = fields.One2many(
        "mail.activity",
        "bsc_relation_id",
        "Promises",
        domain=[("bsc_promise_state", "!=", False)],
        context={"active_test": False},
        help="All that both sides ever promised, also what was kept or withdrawn.",
    )
    promise_open_count = fields.Integer(
        "Open promises", compute="_compute_promise_counts"
    )
    promise_late_count = fields.Integer(
        "Late promises",
        compute="_compute_promise_counts",
        search="_search_promise_late_count",
        help="Promises still to be kept whose day is over.",
    )

    @api.depends("promise_ids.bsc_promise_state", "promise_ids.date_deadline")
    def _compute_promise_counts(self):
        today = fields.Date.context_today(self)
        activities = self.env["mail.activity"].sudo()  # numbers, also of colleagues
        deadlines = dict(
            activities._read_group(
                [
                    ("bsc_relation_id", "in", self.ids),
                    ("bsc_promise_state", "=", "open"),
                ],
                ["bsc_relation_id"],
                ["date_deadline:array_agg"],
            )
        )
        for relation in self:
            days = deadlines.get(relation._origin, [])
            relation.promise_open_count = len(days)
            relation.promise_late_count = sum(day < today for day in days)

    def _search_promise_late_count(self, operator, value):
        if operator not in COMPARE:
            return NotImplemented
        activities = self.env["mail.activity"].sudo()  # finds what the number shows
        counts = activities._read_group(
            [
                ("bsc_relation_id", "!=", False),
                ("bsc_promise_state", "=", "open"),
                ("date_deadline", "<", fields.Date.context_today(self)),
            ],
            ["bsc_relation_id"],
            ["__count"],
        )
        matches = COMPARE[operator]
        is_without = matches(0, value)  # then those without late ones are found too
        ids = [
            relation.id
            for relation, count in counts
            if matches(count, value) != is_without
        ]
        return Domain("id", "not in" if is_without else "in", ids)

    @api.readonly
    def action_open_promises(self):
        """Open what both sides promised in this collaboration."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.mail_activity_action_promise"
        )
        action["domain"] = [
            ("bsc_promise_state", "!=", False),
            ("bsc_relation_id", "=", self.id),
        ]
        action["context"] = {"active_test": False, "search_default_open": True}
        return action
