from odoo import api, fields, models
from odoo.exceptions import ValidationError
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
    permission_ids = fields.One2many("bsc.story.permission", "story_id", "Permissions")
    is_usable = fields.Boolean(
        "May be used",
        compute="_compute_is_usable",
        search="_search_is_usable",
        help="For at least one use there is a permission that has not ended or been"
        " withdrawn.",
    )
    usable_for = fields.Char("May be used for", compute="_compute_is_usable")

    @api.depends(
        "permission_ids.use",
        "permission_ids.is_usable",
        "referral_id.client_id.permission_ids.date_withdrawn",
    )
    def _compute_is_usable(self):
        uses = dict(
            self.env["bsc.story.permission"]
            ._fields["use"]
            ._description_selection(self.env)
        )
        for story in self:
            given = []
            if not story._is_refused_by_client():
                given = story.permission_ids.filtered("is_usable").mapped("use")
            story.is_usable = bool(given)
            story.usable_for = ", ".join(uses[use] for use in uses if use in given)

    def _search_is_usable(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_usable_domain()

    @api.model
    def _get_usable_domain(self, use=None):
        """Return which stories may be used today.

        :param str use: "team", "newsletter" or "press"; without it: any of them
        :return: domain on stories
        """
        permissions = self.env["bsc.story.permission"]._get_usable_domain()
        if use:
            permissions &= Domain("use", "=", use)
        story = Domain("kind", "=", "story")
        withdrawn = Domain("date_withdrawn", "!=", False)
        # The participant is not told to who searches, so rules are passed over.
        refused = Domain("permission_ids", "any!", story & withdrawn) & Domain(
            "permission_ids", "not any!", story & ~withdrawn
        )
        return Domain("permission_ids", "any", permissions) & (
            Domain("referral_id", "=", False)
            | Domain("referral_id", "not any!", Domain("client_id", "any!", refused))
        )

    @api.model
    def _find_for(self, use, relation=None, since=None, limit=1):
        """Return stories that may be used today, the most fitting first.

        First come those of the team itself, then those about its target groups, then
        the others; each time the newest first.

        :param str use: "team", "newsletter" or "press"
        :param relation: ``bsc.relation`` the stories are for
        :param date since: leave out what was written before this day
        :param int limit: the most stories to return
        :return: ``bsc.story``, empty for who may not read stories
        """
        found = self.browse()
        if not self.has_access("read"):
            return found
        company = relation.company_id if relation else self.env.company
        usable = self._get_usable_domain(use) & Domain("company_id", "=", company.id)
        if since:
            usable &= Domain("date", ">=", since)
        wishes = [Domain.TRUE]
        if relation:
            groups = relation.target_group_ids
            wishes[:0] = [
                Domain("referral_id.relation_id", "=", relation.id),
                Domain("referral_id.target_group_ids", "in", groups.ids),
            ]
        for wish in wishes:
            if left := limit - len(found):
                domain = usable & wish & Domain("id", "not in", found.ids)
                found |= self.search(domain, limit=left)
        return found

    def _is_refused_by_client(self):
        """Tell whether the participant no longer wants any story to be used."""
        client = self.referral_id.sudo().client_id  # not told to the reader
        asked = "story" in client.permission_ids.mapped("kind")
        return asked and not client.may_use_story

    def _get_privacy_client(self):
        return self.referral_id.client_id


class BscStoryPermission(models.Model):
    """What a story may be used for, from when until when.

    A withdrawn permission stays as proof; who changes his or her mind gives a new one.
    """

    _name = "bsc.story.permission"
    _description = "Permission to Use a Story"
    _inherit = ["bsc.privacy.mixin"]
    _order = "use, id"

    story_id = fields.Many2one(
        "bsc.story", required=True, index=True, ondelete="cascade"
    )
    use = fields.Selection(
        [("team", "Team meeting"), ("newsletter", "Newsletter"), ("press", "Press")],
        required=True,
    )
    date = fields.Date("Given on", required=True, default=fields.Date.context_today)
    date_until = fields.Date("Until", help="The last day; empty means without end.")
    date_withdrawn = fields.Date("Withdrawn on")
    is_usable = fields.Boolean("Holds today", compute="_compute_is_usable")

    _use_uniq = models.UniqueIndex(
        "(story_id, use) WHERE date_withdrawn IS NULL",
        "There is already a permission for this use. Change its dates, or withdraw it"
        " first.",
    )

    @api.depends("use")
    def _compute_display_name(self):
        uses = dict(self._fields["use"]._description_selection(self.env))
        for permission in self:
            permission.display_name = uses.get(permission.use)

    @api.depends("date", "date_until", "date_withdrawn")
    def _compute_is_usable(self):
        usable = self.filtered_domain(self._get_usable_domain())
        usable.is_usable = True
        (self - usable).is_usable = False

    @api.constrains("date", "date_until", "date_withdrawn")
    def _check_dates(self):
        for permission in self:
            given = permission.date
            if permission.date_until and permission.date_until < given:
                raise ValidationError(
                    self.env._("A permission ends on or after the day it was given.")
                )
            if permission.date_withdrawn and permission.date_withdrawn < given:
                raise ValidationError(
                    self.env._("A permission is withdrawn after it was given.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        # What is withdrawn in the same breath makes room for a new permission.
        self.flush_model(["date_withdrawn"])
        return super().create(vals_list)

    def action_withdraw(self):
        """The participant takes these permissions back: from today nobody uses them."""
        today = fields.Date.context_today(self)
        for permission in self.filtered(lambda given: not given.date_withdrawn):
            permission.date_withdrawn = max(today, permission.date)

    @api.model
    def _get_usable_domain(self):
        today = fields.Date.context_today(self)
        return (
            Domain("date", "<=", today)
            & (Domain("date_until", "=", False) | Domain("date_until", ">=", today))
            & Domain("date_withdrawn", "=", False)
        )
