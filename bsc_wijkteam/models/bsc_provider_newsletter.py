from odoo import models
from odoo.fields import Domain


class BscProvider(models.Model):
    """Providers as recipients of a newsletter.

    Odoo's e-mail marketing offers every model that says so here; without it nothing
    changes. Who unsubscribes is on its exclusion list.
    """

    _inherit = "bsc.provider"
    _mailing_enabled = True

    def _mail_get_partners(self, introspect_fields=False):
        """Write to the person who is called first, else to the provider itself."""
        partners = super()._mail_get_partners(introspect_fields=introspect_fields)
        for provider in self:
            if provider.call_id.email:
                partners[provider.id] = provider.call_id
        return partners

    def _mailing_get_default_domain(self, mailing):
        """Propose the providers that can be mailed."""
        return Domain("call_id.email", "!=", False) | Domain("email", "!=", False)
