from odoo import api, fields, models
from odoo.fields import Domain


class BscStory(models.Model):
    """An anonymised story, with the participant's permission per use."""

    _name = "bsc.story"
    _description = "Story"
    _inherit = ["bsc.privacy.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char("Title", required=True)
    body = fields.Text(
        "Story",
        required=True,
        help="Told so that nobody can tell who it is: no name, street or club team.",
    )
    referral_id = fields.Many2one(
        "bsc.referral", index="btree_not_null", ondelete="restrict", check_company=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    may_team = fields.Boolean("May be told in a team meeting")
    may_newsletter = fields.Boolean("May be used in a newsletter")
    may_press = fields.Boolean("May be used in the press")
    date_permission = fields.Date("Permission given on")
    date_until = fields.Date("May be used until")
    date_withdrawn = fields.Date("Permission withdrawn on")
    is_usable = fields.Boolean(
        "May be used",
        compute="_compute_is_usable",
        search="_search_is_usable",
        help="There is a permission, and it has not ended or been withdrawn.",
    )

    _check_permission = models.Constraint(
        "CHECK (date_permission IS NOT NULL OR NOT"
        " (COALESCE(may_team, FALSE) OR COALESCE(may_newsletter, FALSE)"
        " OR COALESCE(may_press, FALSE)))",
        "Note on which day the participant gave permission to use the story.",
    )

    @api.depends(
        "may_team",
        "may_newsletter",
        "may_press",
        "date_permission",
        "date_until",
        "date_withdrawn",
    )
    def _compute_is_usable(self):
        usable = self.filtered_domain(self._get_usable_domain())
        usable.is_usable = True
        (self - usable).is_usable = False

    def _search_is_usable(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_usable_domain()

    @api.model
    def _get_usable_domain(self):
        today = fields.Date.context_today(self)
        any_use = Domain.OR(
            [(name, "=", True)] for name in ("may_team", "may_newsletter", "may_press")
        )
        return (
            any_use
            & Domain("date_permission", "<=", today)
            & (Domain("date_until", "=", False) | Domain("date_until", ">=", today))
            & Domain("date_withdrawn", "=", False)
        )

    def _get_privacy_client(self):
        return self.referral_id.client_id


class BscStoryPermission(models.Model):
    """What a story may be used for, from when until when."""

    _name = "bsc.story.permission"
    _description = "Permission to Use a Story"
    _inherit = ["bsc.privacy.mixin"]
    _order = "id"

    story_id = fields.Many2one(
        "bsc.story", required=True, index=True, ondelete="cascade"
    )
    use = fields.Selection(
        [("team", "Team meeting"), ("newsletter", "Newsletter"), ("press", "Press")],
        required=True,
    )
