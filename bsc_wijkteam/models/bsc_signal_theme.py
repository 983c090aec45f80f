from odoo import api, fields, models
from odoo.exceptions import UserError


class BscSignalTheme(models.Model):
    """What a signal is about, such as loneliness or money."""

    _name = "bsc.signal.theme"
    _description = "Theme of Signals"
    _inherit = ["bsc.privacy.mixin"]
    _order = "sequence, id"

    name = fields.Char("Theme", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    signal_count = fields.Integer("Signals", compute="_compute_signal_count")

    def _compute_signal_count(self):
        counts = {
            theme.id: count
            for theme, count in self.env["bsc.signal"]._read_group(
                [("theme_id", "in", self.ids)], ["theme_id"], ["__count"]
            )
        }
        for theme in self:
            theme.signal_count = counts.get(theme.id, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        signals = self.env["bsc.signal"].sudo()  # of any company counts
        if used := signals.search([("theme_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "There are signals about “%(theme)s”, so it cannot be deleted."
                    " Archive it: it can no longer be chosen, and the counts stay.",
                    theme=used.theme_id.name,
                )
            )
