import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import escape_psql

from .bsc_sport import normalise

MAX_KEY = 200  # characters; an index of the database takes no endless text
# What a provider takes over from another one where it has nothing itself.
MERGED_FIELDS = (
    "coach_id",
    "kind",
    "can_take_on",
    "wants_new_group",
    "wants_trainers_course",
    "wants_pedagogical_support",
    "support_wishes",
    "feed_source",
    "feed_ref",
    "feed_checksum",
)


class BscProvider(models.Model):
    """Doubles of a provider: seen while typing, and merged into one."""

    _inherit = "bsc.provider"

    # whether it is here already
    name_key = fields.Char(
        compute="_compute_keys",
        store=True,
        index="btree_not_null",
        export_string_translation=False,
    )
    registry_key = fields.Char(
        compute="_compute_keys",
        store=True,
        index="btree_not_null",
        export_string_translation=False,
    )
    twin_id = fields.Many2one(
        "bsc.provider", "Perhaps the same provider", compute="_compute_twin"
    )
    twin_partner_id = fields.Many2one(
        "res.partner", "Perhaps the same contact", compute="_compute_twin"
    )
    twin_note = fields.Html("Perhaps the same", compute="_compute_twin")

    @api.depends("partner_id.name", "partner_id.company_registry")
    def _compute_keys(self):
        for provider in self:
            provider.name_key = self._get_name_key(provider.name)
            provider.registry_key = self._get_registry_key(provider.company_registry)

    @api.depends("name", "city", "company_registry", "company_id")
    @api.depends_context("lang")
    def _compute_twin(self):
        for provider in self:
            provider.twin_id, provider.twin_partner_id = provider._get_twin()
            provider.twin_note = provider._get_twin_note()

    @api.model
    def _get_name_key(self, name):
        """Return what two spellings of one name have in common.

        :param str name: e.g. ``"V.V. Mérenboys"``
        :return: e.g. ``"vvmerenboys"``, False when nothing is left
        """
        return re.sub(r"[\W_]+", "", normalise(name))[:MAX_KEY] or False

    @api.model
    def _get_registry_key(self, number):
        """Return a chamber-of-commerce number without spaces, dots and zeros before."""
        return (
            re.sub(r"[\W_]+", "", number or "").lstrip("0").upper()[:MAX_KEY] or False
        )

    def _get_twin(self):
        """Find who may be the same organisation: by number, or by name and place.

        With another number it is another organisation, also under the same name.
        Looks up what is indexed; archived providers count as well.

        :return: tuple of ``bsc.provider`` and, when there is none, ``res.partner``
        """
        self.ensure_one()
        provider = self.env["bsc.provider"].with_context(active_test=False)
        partner = self.env["res.partner"]
        same_key = same_text = Domain.FALSE
        if name_key := self._get_name_key(self.name):
            near = self._get_near_domain()
            same_key = Domain("name_key", "=", name_key) & near
            same_text = Domain("name", "=", self.name.strip()) & near
        if number := self._get_registry_key(self.company_registry):
            spellings = [self.company_registry, number, number.zfill(8)]
            same_key &= Domain("registry_key", "in", [False, number])
            same_key |= Domain("registry_key", "=", number)
            same_text &= Domain("company_registry", "in", [False, *spellings])
            same_text |= Domain("company_registry", "in", spellings)
        if same_key.is_false():
            return provider, partner
        same_key &= Domain("company_id", "=", self.company_id.id)
        same_key &= Domain("id", "!=", self._origin.id)
        if twin := provider.search(same_key, limit=1):
            return twin, partner
        same_text &= Domain("company_id", "in", [False, self.company_id.id])
        same_text &= Domain("id", "!=", self._origin.partner_id.id)
        same_text &= Domain("parent_id", "=", False)
        return provider, partner.search(same_text, limit=1)

    def _get_twin_note(self):
        """Return the sentence about a double with a link to it, if there is one.

        The link opens another page: a form that is left would be saved as a double.
        """
        twin = self.twin_id or self.twin_partner_id
        if not twin:
            return False
        path = "bsc-providers" if self.twin_id else twin._name
        link = Markup('<a href="/odoo/{}/{}" target="_blank">{}</a>').format(
            path, twin.id, twin.display_name
        )
        if not self.twin_id:
            return self.env._(
                "Perhaps this is %(contact)s, one of your contacts. Open the contact"
                " and choose “Make a sport provider” there, so that it is kept once.",
                contact=link,
            )
        if not twin.active:
            return self.env._(
                "Perhaps this is %(provider)s, a provider that is archived. Open it to"
                " use it again.",
                provider=link,
            )
        return self.env._(
            "Perhaps this is %(provider)s, a provider that is here already.",
            provider=link,
        )

    def _get_near_domain(self):
        """Return the domain of what is in the same town, as far as is known."""
        if not self.city:
            return Domain.TRUE
        city = escape_psql(self.city.strip())
        return Domain("city", "=", False) | Domain("city", "=ilike", city)

    def _merge(self, others):
        """Take over what other providers have that turn out to be this one.

        Offerings, checks, questions, messages, activities and files keep their history
        and change owner; what is empty here is filled. What was not on offer any more,
        because its provider was archived, is not on offer again.

        Runs as superuser: the providers may be of several coaches, and none is deleted
        before everything has moved.

        :param others: ``bsc.provider`` of the same company, deleted afterwards
        """
        merger = self.env["base.partner.merge.automatic.wizard"].with_context(
            active_test=False  # activities that are done are history, too
        )
        others.filtered(
            lambda provider: not provider.active
        ).offering_ids.active = False
        self.write(self._get_merged_values(others))
        self.message_subscribe(others.message_partner_ids.ids)
        self._message_log(
            body=self.env._(
                "Merged with: %(providers)s.",
                providers=", ".join(others.mapped("name")),
            )
        )
        self.env.flush_all()
        # As Odoo merges contacts: what a check says stays, so nothing is checked anew.
        merger._update_foreign_keys_generic(self._name, others, self)
        merger._update_reference_fields_generic(
            self._name,
            others,
            self,
            [
                {"model": "calendar.event", "field_model": "res_model"},
                {"model": "mail.scheduled.message", "field_model": "model"},
            ],
        )
        self.env.invalidate_all()
        self.with_context(active_test=False).offering_ids.modified(["provider_id"])
        self.check_ids.modified(["provider_id"])
        self.check_ids._settle()
        others.unlink()

    def _get_merged_values(self, others):
        """Return what this provider lacks and others have, to write on it."""
        values = {}
        for name in MERGED_FIELDS:
            found = [provider[name] for provider in self | others if provider[name]]
            if found and self._fields[name].type == "text":
                values[name] = "\n".join(dict.fromkeys(found))
            elif found and not self[name]:
                values[name] = self._fields[name].convert_to_write(found[0], self)
        return values

    def action_merge_twin(self):
        """Open Odoo's dialog to merge the contacts of this provider and its double."""
        self.ensure_one()
        partners = self.partner_id | self.twin_id.partner_id | self.twin_partner_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "base.action_partner_merge"
        )
        action["context"] = {
            "active_model": "res.partner",
            "active_ids": partners.ids,
        }
        return action
