from odoo.addons.portal.controllers.portal import CustomerPortal


class BscPortal(CustomerPortal):
    """The lists of a referrer and of a provider with an account."""
