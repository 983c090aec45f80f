from odoo import api, fields, models
from odoo.exceptions import ValidationError


class BscSignal(models.Model):
    """A worry seen on the pitch, and the route it took. Never about a person.

    On purpose there is no text to fill in and no chatter: a worry about somebody is
    told to a professional and not written into a file (privacy rule 7). What stays
    counts themes per area.
    """

    _name = "bsc.signal"
    _description = "Signal"
    _inherit = ["bsc.privacy.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    theme_id = fields.Many2one(
        "bsc.signal.theme", required=True, index=True, ondelete="restrict"
    )
    area_id = fields.Many2one(
        "bsc.area",
        compute="_compute_area_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        help="Where you saw it: the neighbourhood is enough.",
    )
    date = fields.Date(
        "Seen on", required=True, index=True, default=fields.Date.context_today
    )
    route = fields.Selection(
        [
            ("contact", "Contact person of the team"),
            ("workshop", "Workshop"),
            ("acute", "Acute: called a number"),
        ],
        "Route taken",
        required=True,
        help="Which of the agreed routes the worry took.",
    )
    relation_id = fields.Many2one(
        "bsc.relation",
        "Told to",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The team that heard about it, if any.",
    )
    contact_id = fields.Many2one(related="relation_id.contact_id")
    contact_phone = fields.Char(related="relation_id.contact_phone")
    contact_email = fields.Char(related="relation_id.contact_email")
    date_handled = fields.Date(
        "Handled on",
        copy=False,
        help="The day on which the team, the workshop or the helpline took it over.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        "Coach",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        check_company=True,
    )
    acute_numbers = fields.Text(related="company_id.bsc_acute_numbers")

    @api.depends("theme_id.name", "area_id.name")
    def _compute_display_name(self):
        for signal in self:
            names = (signal.theme_id.name, signal.area_id.name)
            signal.display_name = ", ".join(filter(None, names))

    @api.depends("relation_id")
    def _compute_area_id(self):
        """A team that works in one area leaves no question where it was."""
        for signal in self:
            areas = signal.relation_id.area_ids
            if not signal.area_id and len(areas) == 1:
                signal.area_id = areas

    @api.constrains("date", "date_handled")
    def _check_dates(self):
        today = fields.Date.context_today(self)
        for signal in self:
            if signal.date > today:
                raise ValidationError(
                    self.env._("A signal is about what you saw: today or before.")
                )
            if signal.date_handled and signal.date_handled < signal.date:
                raise ValidationError(
                    self.env._("A signal is handled on or after the day it was seen.")
                )

    def action_handle(self):
        """Note that these signals have been taken over, today."""
        signals = self.filtered(lambda signal: not signal.date_handled)
        signals.date_handled = fields.Date.context_today(self)

    @api.readonly
    def action_plan_workshop(self):
        """Open the dialog to put a workshop with the team in the calendar."""
        self.ensure_one()
        action = self.relation_id.action_plan_meeting()
        action["context"] = {**action["context"], "default_bsc_kind": "workshop"}
        return action
