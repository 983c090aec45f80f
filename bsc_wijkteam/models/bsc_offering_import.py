from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.list_rows import WORD_COLUMNS
from ..tools.offering_list import OfferingList


class BscOffering(models.Model):
    _inherit = "bsc.offering"

    # What a list says about the provider and the place. These are exported as well,
    # so that an exported list can be imported again.
    provider_registry = fields.Char(
        "Chamber of commerce number",
        related="provider_id.partner_id.company_registry",
        readonly=False,
        help="Eight digits that tell which organisation the provider is.",
    )
    provider_website = fields.Char(
        "Website of the provider",
        related="provider_id.partner_id.website",
        readonly=False,
    )
    provider_email = fields.Char(
        "E-mail of the provider",
        related="provider_id.partner_id.email",
        readonly=False,
    )
    provider_phone = fields.Char(
        "Phone of the provider",
        related="provider_id.partner_id.phone",
        readonly=False,
    )
    place_street = fields.Char(
        "Street and number", related="place_id.street", readonly=False
    )
    place_zip = fields.Char("Postcode", related="place_id.zip", readonly=False)
    place_city = fields.Char("Town", related="place_id.city", readonly=False)
    # What a list says in words: read by an import, never stored.
    import_price = fields.Char(
        "Price in words",
        store=False,
        exportable=False,
        help="What taking part costs, for example: 10,50 per month, € 10,- or free.",
    )
    import_days = fields.Char(
        "Days in words",
        store=False,
        exportable=False,
        help="The weekdays, for example: Tuesday, or di en do.",
    )
    import_hours = fields.Char(
        "Hours in words",
        store=False,
        exportable=False,
        help="From when until when, for example: 19:00-20:30.",
    )

    @api.model
    def get_import_templates(self):
        """Offer the template, with a guide on its second sheet."""
        language = "nl" if (self.env.lang or "").startswith("nl") else "en"
        return [
            {
                "label": self.env._("Template and guide for a list of activities"),
                "template": f"/bsc_wijkteam/static/xls/bsc_offering_{language}.xlsx",
            }
        ]

    @api.model
    def load(self, fields, data):
        """Also take lists that name providers, places and sports in plain words.

        Such a list is taken whole or not at all, whatever its length. Providers,
        places and activities that are known already are found again, so importing a
        list twice creates nothing twice; what is empty in the list stays as it is here.
        Lists with ids (external ones, or of the database) go Odoo's own way.

        :param fields: as in Odoo's ``load``
        :param data: as in Odoo's ``load``
        :return: as in Odoo's ``load``; a message of type ``warning`` does not keep the
            list from being taken
        """
        if not self._is_plain_list(fields):
            if not set(fields).isdisjoint(WORD_COLUMNS):
                message = self.env._(
                    "Prices, days and hours in words need a list with the name of the"
                    " provider, and without ids."
                )
                return {
                    "ids": False,
                    "messages": [{"type": "error", "message": message}],
                    "nextrow": 0,
                }
            return super().load(fields, data)

        self = self.with_context(
            _import_limit=None,  # the whole list or nothing: no batches
            mail_create_nosubscribe=True,
            tracking_disable=self.env.context.get("tracking_disable", True),
        )
        listed, ids = OfferingList(self, fields, data), False
        with suppress(RefusedList), self.env.cr.savepoint():
            try:
                others, lines = listed.prepare()
                result = super(
                    BscOffering, self.with_context(bsc_import_list=listed)
                ).load(others, lines)
            except UserError as error:
                listed.messages.append({"type": "error", "message": str(error)})
                raise RefusedList from error
            listed.add_messages(result["messages"])
            if listed.has_errors:
                raise RefusedList
            ids = result["ids"]
        return {"ids": ids, "messages": listed.messages, "nextrow": 0}

    @api.model
    def _is_plain_list(self, names):
        """Tell whether a list names providers in words, and not by an id.

        :param names: the fields the columns of the list are for
        """
        if not {"id", ".id"}.isdisjoint(names):
            return False
        return "provider_id" in names or (
            "default_provider_id" in self.env.context
            and not any(name.startswith("provider_id/") for name in names)
        )

    @api.model
    def _convert_records(self, records, **kwargs):
        """Add what was found out about the rows of a list (see :meth:`load`)."""
        listed = self.env.context.get("bsc_import_list")
        converted = super()._convert_records(records, **kwargs)
        for dbid, xid, vals, info in converted:
            if listed:
                row = listed.passed[info["record"]]
                if row.is_wrong:
                    continue
                if row.offering:
                    dbid, vals = row.offering.id, row.get_changes(vals)
                vals = {**vals, **row.vals}
            yield dbid, xid, vals, info


class RefusedList(Exception):
    """The list has errors: nothing of it is kept."""
