from odoo import http


class OpenDataController(http.Controller):
    """Open data: the checked offerings in the Human Services Data Specification 3.0."""
