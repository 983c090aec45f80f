from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize

from ..tools.link import read_link, sign_link
from .bsc_privacy_mixin import contains_bsn

LINK_SCOPE = "bsc_wijkteam.refer"
LINK_DAYS = 365  # a team keeps this link at hand; the coach can make it stop
MAX_REFERRALS = 20  # through one link in a day: more is no work of a professional
# What somebody may type, with the number of characters that fit.
MAX_TEXTS = {
    "wish": 1000,
    "client_name": 100,
    "client_phone": 40,
    "client_email": 200,
    "client_reach_note": 200,
    "phone": 40,
    "name": 100,
    "email": 200,
}
CLIENT_TEXTS = ("client_name", "client_phone", "client_email", "client_reach_note")


class BscRelation(models.Model):
    """The link by which a team refers without logging in.

    One link is for one professional; another is for the whole team, and asks who is
    writing. Both stop when the coach says so.
    """

    _inherit = "bsc.relation"

    refer_version = fields.Integer(
        copy=False,
        aggregator=None,
        groups=fields.NO_ACCESS,
        help="Goes up when the links that were given out stop working.",
    )
    refer_link = fields.Char(
        "Link to refer",
        compute="_compute_refer_link",
        exportable=False,
        groups="bsc_wijkteam.bsc_wijkteam_group_coach",
        help="For the whole team: whoever uses it fills in his or her name. Send each"
        " professional an own link instead, then nobody needs to.",
    )

    @api.depends("company_id")
    def _compute_refer_link(self):
        for relation in self:
            relation.refer_link = relation.id and relation._get_refer_link()

    def action_send_refer_link(self):
        """Mail the contact person, or the one in the context, an own link to refer.

        :raise UserError: when there is nobody to mail, or no address that works
        """
        self.ensure_one()
        self.check_access("write")
        partner = self._get_refer_reader()
        if not partner:
            raise UserError(
                self.env._("Choose the contact person of the team first, or add one.")
            )
        if not partner._bsc_belongs_to(self.partner_id):
            raise UserError(
                self.env._(
                    "%(person)s is not a contact of “%(team)s”. Choose a professional"
                    " of the team that refers.",
                    person=partner.name,
                    team=self.partner_id.name,
                )
            )
        if not email_normalize(partner.email):
            raise UserError(
                self.env._(
                    "%(person)s has no e-mail address that works. Add it, or choose"
                    " another way.",
                    person=partner.name,
                )
            )
        template = self.env.ref("bsc_wijkteam.mail_template_refer_link")
        # Not in the chatter: who reads along there must not find the link.
        template.with_context(bsc_refer_partner_id=partner.id).send_mail(
            self.id, email_values={"model": False, "res_id": False}
        )
        self._message_log(
            body=self.env._(
                "%(person)s got the link to refer by e-mail.",
                person=partner.display_name,
            )
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(person)s gets the link by e-mail.", person=partner.name
                ),
            },
        }

    def action_stop_refer_links(self):
        """Make all links to refer that this team ever got stop working."""
        self.check_access("write")
        for relation in self.sudo():  # the version is nobody's to set
            relation.refer_version += 1
            relation._message_log(
                body=relation.env._("The links to refer of this team were stopped."),
                author_id=self.env.user.partner_id.id,
            )

    def _get_refer_reader(self):
        """Return whom the mail with the link is for: the contact person by default."""
        self.ensure_one()
        partner_id = self.env.context.get("bsc_refer_partner_id")
        return self.env["res.partner"].browse(partner_id) or self.contact_id

    def _get_refer_link(self, partner=None):
        """Return the address of the page where a team refers somebody.

        :param partner: ``res.partner`` the link is for, none for the whole team
        :rtype: str
        """
        self.ensure_one()
        version = self.sudo().refer_version  # read to sign it
        values = [self.id, partner.id if partner else False, version]
        token = sign_link(self.env, LINK_SCOPE, values, LINK_DAYS)
        return f"{self.get_base_url()}/bsc/refer/{token}"

    @api.model
    def _find_by_refer_token(self, token):
        """Return what a link to refer opens.

        :param str token: the signed part of the link
        :return: the collaboration as superuser, in the language of the reader, and the
            professional; the collaboration is empty when the link is forged, expired or
            stopped, when the collaboration is over, or when the professional has left
        """
        relations = self.sudo()  # the signature is the permission of the reader
        partners = relations.env["res.partner"]
        values = read_link(self.env, LINK_SCOPE, token)
        if not values:
            return relations, partners
        relation_id, partner_id, version = values
        relation = relations.search(
            [
                ("id", "=", relation_id),
                ("refer_version", "=", version),
                ("stage_id.is_closed", "=", False),
            ]
        )
        partner = partners.browse(partner_id).exists() if partner_id else partners
        has_left = partner_id and not (
            partner.active and partner._bsc_belongs_to(relation.partner_id)
        )
        if not relation or has_left:
            return relations, partners
        lang = (
            partner.lang
            or relation.partner_id.lang
            or relation.company_id.partner_id.lang
            or self.env.lang
        )
        relation = relation.with_company(relation.company_id).with_context(lang=lang)
        return relation, partner.with_env(relation.env)

    def _get_refer_areas(self):
        """Return the neighbourhoods a professional of this team chooses from."""
        self.ensure_one()
        return self.env["bsc.area"].search(
            [("id", "child_of", self.area_ids.ids)], order="name"
        )

    def _get_refer_errors(self, values):
        """Return what has to be put right before somebody can be referred.

        What is refused is stored nowhere.

        :param dict values: as for ``_refer``
        :return: sentences by the name of the value, empty when all is well
        """
        self.ensure_one()
        errors = {}
        for name, maximum in MAX_TEXTS.items():
            text = values.get(name) or ""
            if len(text) > maximum:
                errors[name] = self.env._(
                    "Your text is too long: %(count)s characters, and %(number)s fit."
                    " Make it shorter, or call.",
                    count=len(text),
                    number=maximum,
                )
            elif contains_bsn(text):
                errors[name] = self.env._(
                    "Your text contains a number that looks like a citizen service"
                    " number (BSN). It may not be stored: please remove it."
                )
            elif name.endswith("email") and text and not email_normalize(text):
                errors[name] = self.env._(
                    "This is no e-mail address. Is a part missing?"
                )
        if not values.get("wish"):
            errors["wish"] = self.env._(
                "Write in one sentence what this person would like."
            )
        if any(values.get(name) for name in CLIENT_TEXTS):
            errors |= self._get_refer_client_errors(values, errors)
        return errors

    def _get_refer_client_errors(self, values, errors):
        """Return what is wrong when a professional tells who somebody is."""
        if not values.get("may_register"):
            return {
                "may_register": self.env._(
                    "Only with this person's permission may we note who it is. Ask, and"
                    " tick the box; or leave name, phone and e-mail empty."
                )
            }
        if not values.get("client_name"):
            return {
                "client_name": self.env._(
                    "Give the first name too, or leave all of this part empty."
                )
            }
        client = self.env["bsc.client"].new(self._get_refer_client_values(values))
        return {
            name: self.env._(
                "This tells who the person is (name, phone or e-mail). Leave that out:"
                " there is a place for it below."
            )
            for name in ("wish", "phone")
            if name not in errors and client._is_named_in(values.get(name))
        }

    def _get_refer_client_values(self, values):
        return {
            name.removeprefix("client_"): values.get(name) or False
            for name in CLIENT_TEXTS
        }

    def _check_refer_limit(self, referrer):
        """Refuse more referrals through one link in a day than anybody makes by hand.

        :param referrer: ``res.partner`` of the link, empty for that of the team
        :raise ValidationError: when there are too many
        """
        since = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        domain = (
            Domain("relation_id", "=", self.id)
            & Domain("refer_key", "!=", False)
            & Domain("create_date", ">", since)
        )
        if referrer:
            domain &= Domain("referrer_id", "=", referrer.id)
        if self.env["bsc.referral"].search_count(domain) >= MAX_REFERRALS:
            raise ValidationError(
                self.env._(
                    "%(number)s people were referred through this link today. Please"
                    " call your coach about the next one.",
                    number=MAX_REFERRALS,
                )
            )

    def _get_refer_person(self, values):
        """Return the professional who typed a name and an address; new ones are added.

        :param dict values: ``name``, ``email`` and ``phone``
        """
        self.ensure_one()
        partners = self.env["res.partner"]
        known = partners.search(
            [
                ("id", "child_of", self.partner_id.id),
                ("id", "!=", self.partner_id.id),
                ("email_normalized", "=", email_normalize(values["email"])),
            ],
            limit=1,
        )
        return known or partners.create(
            {
                "name": values["name"],
                "email": values["email"],
                "phone": values.get("phone"),
                "parent_id": self.partner_id.id,
                "type": "contact",
                "lang": self.env.lang,
            }
        )

    def _refer(self, values, referrer, refer_key=False):
        """Take in a referral by a professional of this team, and tell both sides.

        The coach of the team gets it with an activity, the professional a receipt. What
        tells who it is goes to the participant only (rule 5).

        :param dict values: ``wish`` and, as far as known, ``target_group_ids`` (ids),
            ``area_id``, ``age_band``, ``source``, ``phone`` of the professional,
            ``client_name``, ``client_phone``, ``client_email``, ``client_reach_note``
            and ``may_register``: the person agrees to be registered
        :param referrer: ``res.partner`` of the team
        :param str refer_key: of the form that was sent; it makes one referral only
        :return: ``bsc.referral`` as superuser
        :raise ValidationError: when something has to be put right first
        """
        self.ensure_one()
        errors = self._get_refer_errors(values)
        if errors:
            raise ValidationError("\n".join(errors.values()))
        # Whoever refers needs no right on what we keep: the caller knows who it is.
        relation = self.sudo().with_company(self.company_id)
        coach = relation.coach_id.filtered("active")
        client = relation.env["bsc.client"]
        if values.get("client_name"):
            given = {"kind": "register", "how": "referrer", "user_id": False}
            client = client.create(
                {
                    **self._get_refer_client_values(values),
                    "permission_ids": [Command.create(given)],
                }
            )
        referral = (
            relation.env["bsc.referral"]
            .with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
            .create(
                {
                    "relation_id": relation.id,
                    "referrer_id": referrer.id,
                    "coach_id": coach.id,
                    "client_id": client.id,
                    "source": values.get("source") or "team",
                    "wish": values["wish"],
                    "target_group_ids": [
                        Command.set(values.get("target_group_ids", []))
                    ],
                    "area_id": values.get("area_id"),
                    "age_band": values.get("age_band"),
                    "refer_key": refer_key,
                }
            )
        )
        referral._tell_referred(referrer, values.get("phone"))
        return referral
