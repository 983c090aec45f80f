import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .bsc_sport import normalise

# Parts of Dutch surnames that are no names by themselves.
NAME_PARTICLES = {"van", "der", "den", "het", "ten", "ter", "aan", "bij", "von"}


class BscClient(models.Model):
    """A participant: the only place where somebody's identity is kept.

    Not a contact, without chatter, and shown to others by its reference only
    (GDPR art. 5, data minimisation). Keep as little as possible.
    """

    _name = "bsc.client"
    _description = "Participant"
    _inherit = ["bsc.privacy.mixin"]
    _rec_name = "reference"
    _order = "id desc"
    _check_company_auto = True

    reference = fields.Char(readonly=True, copy=False, index=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    name = fields.Char("First name", required=True)
    phone = fields.Char()
    email = fields.Char()
    reach_note = fields.Char(
        "How to reach", help="E.g. “call after six”, “through her daughter”."
    )
    referral_ids = fields.One2many("bsc.referral", "client_id")
    permission_ids = fields.One2many("bsc.client.permission", "client_id")
    access_ids = fields.One2many("bsc.client.access", "client_id")
    may_register = fields.Boolean(
        "May be registered",
        compute="_compute_permissions",
        inverse="_inverse_may_register",
    )
    may_share = fields.Boolean(
        "May be shared with the provider",
        compute="_compute_permissions",
        inverse="_inverse_may_share",
    )
    may_use_story = fields.Boolean(
        "Story may be used",
        compute="_compute_permissions",
        inverse="_inverse_may_use_story",
    )

    _reference_uniq = models.UniqueIndex(
        "(company_id, reference)", "This reference is already used."
    )

    @api.depends("permission_ids.kind", "permission_ids.date_withdrawn")
    def _compute_permissions(self):
        for client in self:
            granted = client.permission_ids.filtered(
                lambda permission: not permission.date_withdrawn
            )
            kinds = set(granted.mapped("kind"))
            client.may_register = "register" in kinds
            client.may_share = "share" in kinds
            client.may_use_story = "story" in kinds

    def _inverse_may_register(self):
        self._set_permission("register", "may_register")

    def _inverse_may_share(self):
        self._set_permission("share", "may_share")

    def _inverse_may_use_story(self):
        self._set_permission("story", "may_use_story")

    def _set_permission(self, kind, name):
        """Note a permission that is ticked, and withdraw one that is unticked.

        One at a time: while one tick is written, the others cannot be read.

        :param str kind: of the permission
        :param str name: the field that was ticked or unticked
        """
        given = []
        for client in self:
            granted = client.permission_ids.filtered(
                lambda permission: (
                    permission.kind == kind and not permission.date_withdrawn
                )
            )
            if not client[name]:
                granted.date_withdrawn = fields.Date.context_today(self)
            elif not granted:
                given.append({"client_id": client.id, "kind": kind})
        self.env["bsc.client.permission"].create(given)

    @api.model_create_multi
    def create(self, vals_list):
        references = self.env["ir.sequence"]._bsc_next_references(
            self._name, len(vals_list)
        )
        return super().create(
            [
                {**vals, "reference": reference}
                for vals, reference in zip(vals_list, references, strict=True)
            ]
        )

    def _is_named_in(self, text):
        """Tell whether a text gives away who one participant is.

        :param str text: plain text
        :return: True when it holds a name, phone number or address of this person
        """
        self.ensure_one()
        text = normalise(text)
        words = {
            word
            for word in re.findall(r"[^\W\d_]{3,}", normalise(self.name))
            if word not in NAME_PARTICLES
        }
        if any(re.search(rf"\b{re.escape(word)}\b", text) for word in words):
            return True
        if self.email and normalise(self.email) in text:
            return True
        digits = re.sub(r"\D", "", self.phone or "")
        return len(digits) >= 6 and digits[-8:] in re.sub(r"\D", "", text)


class BscClientPermission(models.Model):
    """One permission of a participant: which, when, how, and its withdrawal.

    Registering, sharing with a provider and using a story are separate (GDPR art. 6
    and 7); which legal basis holds is the decision of the organisation.
    """

    _name = "bsc.client.permission"
    _description = "Permission of a Participant"
    _inherit = ["bsc.privacy.mixin"]
    _order = "date desc, id desc"

    client_id = fields.Many2one(
        "bsc.client", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("register", "Register"),
            ("share", "Share with the provider"),
            ("story", "Use the story"),
        ],
        "Permission to",
        required=True,
    )
    basis = fields.Selection(
        [
            ("consent", "Consent"),
            ("public_task", "Public task"),
            ("agreement", "Agreement"),
        ],
        "Legal basis",
        required=True,
        default="consent",
    )
    date = fields.Date("Given on", required=True, default=fields.Date.context_today)
    how = fields.Selection(
        [
            ("talk", "In a talk"),
            ("form", "On a signed form"),
            ("referrer", "Through the referrer"),
        ],
        required=True,
        default="talk",
    )
    text_version = fields.Char(help="Which version of your privacy text was used.")
    user_id = fields.Many2one(
        "res.users",
        "Recorded by",
        default=lambda self: self.env.user,
        readonly=True,
        ondelete="restrict",
    )
    date_withdrawn = fields.Date("Withdrawn on")

    @api.constrains("date", "date_withdrawn")
    def _check_dates(self):
        for permission in self:
            withdrawn = permission.date_withdrawn
            if withdrawn and withdrawn < permission.date:
                raise ValidationError(
                    self.env._("A permission is withdrawn after it was given.")
                )


class BscClientAccess(models.Model):
    """A coordinator looked at the identity of a participant: who, when and why.

    The record opens that one participant for the rest of the day and stays as proof.
    """

    _name = "bsc.client.access"
    _description = "Look at a Participant"
    _inherit = ["bsc.privacy.mixin"]
    _order = "id desc"

    client_id = fields.Many2one(
        "bsc.client", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        related="client_id.company_id", store=True, index=True, precompute=True
    )
    user_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    reason = fields.Char(required=True)

    _check_reason = models.Constraint(
        "CHECK (TRIM(reason) <> '')", "Give the reason in a few words."
    )

    @api.model_create_multi
    def create(self, vals_list):
        # Nobody opens a participant in the name of a colleague.
        return super().create([{**vals, "user_id": self.env.uid} for vals in vals_list])
