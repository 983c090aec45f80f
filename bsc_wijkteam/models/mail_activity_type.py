from odoo import api, fields, models
from odoo.tools import ormcache


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    bsc_is_promise = fields.Boolean(
        "Promise",
        help="Activities of this type are promises: also when they are postponed or"
        " withdrawn, they stay countable.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        activity_types = super().create(vals_list)
        if any(activity_types.mapped("bsc_is_promise")):
            self.env.registry.clear_cache()
        return activity_types

    def write(self, vals):
        res = super().write(vals)
        if "bsc_is_promise" in vals:
            self.env.registry.clear_cache()
        return res

    @api.model
    @ormcache()
    def _get_promise_type_ids(self):
        """Return the ids of the types whose activities are promises.

        Cached: every activity asks for it, and those of other types should not become
        any slower by it.
        """
        activity_types = self.sudo().with_context(active_test=False)  # same for all
        return frozenset(activity_types.search([("bsc_is_promise", "=", True)]).ids)
