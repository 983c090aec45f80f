from odoo import models


class BscRelation(models.Model):
    """Contact persons of teams as recipients of a newsletter.

    Odoo's e-mail marketing offers every model that says so here; without it nothing
    changes. Who unsubscribes is on its exclusion list.
    """

    _inherit = "bsc.relation"
    _mailing_enabled = True
    _primary_email = "contact_email"

    def _mail_get_partner_fields(self, introspect_fields=False):
        # The person, not the general address of the team.
        return ["contact_id"]

    def _mailing_get_default_domain(self, mailing):
        """Propose the teams with somebody to mail; dormant ones keep hearing of us."""
        return [("stage_id.is_closed", "=", False), ("contact_id.email", "!=", False)]
