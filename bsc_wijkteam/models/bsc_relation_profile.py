from odoo import fields, models


class BscRelation(models.Model):
    """The profile of the team, and the questions still to ask."""

    _inherit = "bsc.relation"

    organisation_form = fields.Char(
        help="How the team is set up: part of the municipality, a foundation, a network.",
    )
    commissioner = fields.Char("Commissioned by", help="Who commissions and pays it.")
    themes = fields.Text(help="What the team works on this year.")
    their_picture = fields.Text(
        "Their picture of us", help="What comes to their mind when they think of us."
    )
    our_picture = fields.Text("Our picture of them")
    open_questions = fields.Text(
        "Still to ask", help="What is not known yet of this team, as questions."
    )
