from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_date

from ..tools.link import sign_link
from ..tools.overview_sheet import write_sheet

LINK_SCOPE = "bsc_wijkteam.overview"


class BscOfferingShare(models.TransientModel):
    """Hand out the overview of activities: as a link, on paper or as a sheet.

    Whom it is for proposes what to show: the areas and target groups of that team.
    """

    _name = "bsc.offering.share"
    _description = "Share the Overview"
    _inherit = ["bsc.privacy.mixin"]
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one("res.users", default=lambda self: self.env.user)
    reader_id = fields.Many2one(
        "res.partner",
        "For whom",
        check_company=True,
        help="A contact of a team. Proposes its areas, target groups and language.",
    )
    relation_id = fields.Many2one("bsc.relation", compute="_compute_relation_id")
    lang = fields.Selection(
        selection="_selection_lang",
        string="Language",
        required=True,
        compute="_compute_lang",
        store=True,
        readonly=False,
        precompute=True,
    )
    # what to show
    area_ids = fields.Many2many(
        "bsc.area",
        string="Areas",
        compute="_compute_from_relation",
        store=True,
        readonly=False,
        precompute=True,
        help="With everything that lies in them.",
    )
    target_group_ids = fields.Many2many(
        "bsc.target.group",
        string="Target groups",
        compute="_compute_from_relation",
        store=True,
        readonly=False,
        precompute=True,
        help="Choose one, and the overview speaks the words of that group.",
    )
    cost = fields.Selection(
        [
            ("0", "Free of charge"),
            ("10", "At most 10 per month"),
            ("25", "At most 25 per month"),
            ("50", "At most 50 per month"),
        ],
        help="Activities of which the cost is not known are left out.",
    )
    weekday = fields.Selection(
        selection=lambda self: self.env["bsc.offering.slot"]
        ._fields["weekday"]
        ._description_selection(self.env),
        string="Day",
    )
    level_id = fields.Many2one("bsc.level")
    has_free_places = fields.Boolean("Only with free places")
    text = fields.Char("Words", help="Words in the name, provider, sport or text.")
    count = fields.Integer("Activities", compute="_compute_count")
    # how
    group_by = fields.Selection(
        [("area", "Area"), ("weekday", "Day"), ("target_group", "Target group")],
        "On paper, group by",
        required=True,
        default="area",
    )
    shows_coach = fields.Boolean(
        "Mention me",
        help="Shows your name and work e-mail address, to answer questions. Else only"
        " your organisation is mentioned.",
    )
    link = fields.Char(compute="_compute_link")
    link_days = fields.Integer(related="company_id.bsc_link_days")

    @api.model
    def _selection_lang(self):
        return self.env["res.lang"].get_installed()

    @api.model
    def default_get(self, fields):
        """Propose what the screen was filtered on when the coach chose to share."""
        values = super().default_get(fields)
        if domain := self.env.context.get("active_domain"):
            proposed = self._read_domain(domain)
            values.update({key: proposed[key] for key in proposed if key in fields})
        return values

    @api.depends("reader_id", "company_id")
    def _compute_relation_id(self):
        for share in self:
            reader = share.reader_id
            share.relation_id = (
                reader._bsc_get_relation(share.company_id) if reader else False
            )

    @api.depends("reader_id")
    def _compute_lang(self):
        installed = dict(self._selection_lang())
        for share in self:
            langs = (share.reader_id.lang, share.lang, self.env.lang, *installed)
            share.lang = next(lang for lang in langs if lang in installed)

    @api.depends("reader_id")
    def _compute_from_relation(self):
        for share in self:
            relation = share.relation_id
            share.area_ids = relation.area_ids or share.area_ids
            share.target_group_ids = relation.target_group_ids or share.target_group_ids

    @api.depends(lambda self: self._get_filter_fields())
    def _compute_count(self):
        offerings = self.env["bsc.offering"]
        for share in self:
            share.count = offerings.search_count(
                offerings._get_overview_domain(share.company_id, share._get_filters())
            )

    @api.depends(lambda self: [*self._get_filter_fields(), "lang", "shows_coach"])
    def _compute_link(self):
        for share in self:
            share.link = share._get_link()

    @api.model
    def _get_filter_fields(self):
        return [
            "company_id",
            "area_ids",
            "target_group_ids",
            "cost",
            "weekday",
            "level_id",
            "has_free_places",
            "text",
        ]

    @api.model
    def _read_domain(self, domain):
        """Return the fields that a search of the overview stands for.

        What has no field here is left out; the coach sees what is proposed.

        :param list domain: as the client gives it
        """
        values = {}
        conditions = list(Domain(domain).iter_conditions())
        while conditions:
            condition = conditions.pop(0)
            name, value = condition.field_expr, condition.value
            match name, condition.operator:
                case "slot_ids", "any":
                    conditions.extend(Domain(value).iter_conditions())
                case "area_ids" | "target_group_ids", "child_of" | "in" | "=":
                    ids = [value] if isinstance(value, int) else value
                    ids = [record_id for record_id in ids if isinstance(record_id, int)]
                    values.setdefault(name, []).extend(map(Command.link, ids))
                case "level_id", "in" | "=":
                    values[name] = value if isinstance(value, int) else value[0]
                case "weekday" | "has_free_places", "=":
                    values[name] = value
                case "price_month", "<=":
                    values["cost"] = f"{value:g}"
        return values

    def _get_filters(self):
        """Return the filters of the overview that one wizard stands for."""
        self.ensure_one()
        filters = {
            # Unsaved records of a form know their own ids.
            "area_ids": self.area_ids._origin.ids,
            "target_group_ids": self.target_group_ids._origin.ids,
            "level_ids": self.level_id._origin.ids,
            "weekdays": self.weekday and [self.weekday],
            "has_free_places": self.has_free_places,
            "text": self.text,
        }
        filters = {key: value for key, value in filters.items() if value}
        if self.cost:
            filters["max_cost"] = float(self.cost)
        return filters

    def _get_link(self):
        """Return the address of the overview, for whoever gets it.

        It is signed and expires after the days set on the company. It says which
        company, language and filters; the coach only where he or she wants that.

        :rtype: str
        """
        self.ensure_one()
        values = [
            self.company_id.id,
            self.shows_coach and self.user_id.id,
            self.lang,
            str(self.env.tz),
            self._get_filters(),
        ]
        token = sign_link(self.env, LINK_SCOPE, values, self.company_id.bsc_link_days)
        return f"{self.get_base_url()}/bsc/overview/{token}"

    def _get_offerings(self):
        """Return the offerings of the overview, in the language of the reader."""
        self.ensure_one()
        offerings = self.env["bsc.offering"].with_context(lang=self.lang)
        return offerings._find_overview(self.company_id, self._get_filters())

    def _get_paper(self):
        """Return what stands on paper, in the language of the reader."""
        self.ensure_one()
        company = self.company_id.with_context(lang=self.lang)
        paper = self._get_offerings()._get_overview_paper(
            company, self._get_filters(), self.group_by
        )
        if self.shows_coach:
            paper["coach"] = list(filter(None, (self.user_id.name, self.user_id.email)))
        return paper

    def _get_file_name(self):
        """Return the name of the files, without extension."""
        date = fields.Date.to_string(fields.Date.context_today(self))
        name = self.with_context(lang=self.lang).env._("Activity overview")
        return f"{name} {date}"

    def action_print(self):
        """Print the overview for handing out."""
        self.ensure_one()
        self._check_not_empty()
        self.env["bsc.offering"]._check_fits_paper(self.count)
        return self.env.ref("bsc_wijkteam.bsc_offering_share_report").report_action(
            self, config=False
        )

    def action_download(self):
        """Download the overview as a sheet."""
        self.ensure_one()
        self._check_not_empty()
        return {
            "type": "ir.actions.act_url",
            "url": f"/bsc/overview/sheet/{self.id}",
            "target": "download",
        }

    def action_send(self):
        """Mail the link to the reader, and note it with the team the reader is of."""
        self.ensure_one()
        self._check_not_empty()
        if not self.reader_id.email:
            raise UserError(
                self.env._(
                    "%(person)s has no e-mail address. Add it to the contact, or copy"
                    " the link and send it yourself.",
                    person=self.reader_id.name or self.env._("The reader"),
                )
            )
        template = self.env.ref("bsc_wijkteam.mail_template_overview")
        template.send_mail(self.id)
        words = self._get_words()
        body = self.env._(
            "Link to the activity overview mailed to %(person)s (%(filter)s).",
            person=self.reader_id.name,
            filter=" · ".join(words) or self.env._("all activities"),
        )
        self.relation_id.message_post(body=body)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The link is on its way to %(person)s.", person=self.reader_id.name
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _check_not_empty(self):
        """Refuse to hand out an overview without activities."""
        if not self.count:
            raise UserError(
                self.env._(
                    "No activity fits this choice today. Choose a wider area, another"
                    " day or a higher cost."
                )
            )

    def _get_words(self):
        """Return the filters in words, as the coach reads them."""
        self.ensure_one()
        offerings = self.env["bsc.offering"]
        words = offerings._describe_overview(self.company_id, self._get_filters())
        return list(words.values())

    def _get_sheet(self):
        """Return the overview as a workbook, in the language of the reader.

        :rtype: bytes
        """
        self.ensure_one()
        self = self.with_context(lang=self.lang)
        rows = self._get_offerings()._get_overview_rows()
        titles = self.env._("Activities"), self.env._("About this overview")
        info = (*titles, self._get_sheet_info(len(rows)))
        return write_sheet(self._get_sheet_columns(), rows, info)

    def _get_sheet_columns(self):
        """Return label, key of the row, kind and width of every column."""
        currency = self.company_id.currency_id.name
        return [
            (self.env._("Activity"), "name", "text", 32),
            (self.env._("Provider"), "provider", "text", 24),
            (self.env._("Sport"), "sport", "text", 16),
            (self.env._("When"), "times", "text", 24),
            (self.env._("Place"), "place", "text", 24),
            (self.env._("Address"), "address", "text", 26),
            (self.env._("Areas"), "areas", "text", 22),
            (self.env._("Target groups"), "target_groups", "text", 28),
            (self.env._("From age"), "min_age", "number", 9),
            (self.env._("To age"), "max_age", "number", 9),
            (self.env._("It costs you"), "cost", "text", 26),
            (self.env._("With funding"), "cost_funded", "text", 28),
            (
                self.env._("About per month (%(currency)s)", currency=currency),
                "price_month",
                "amount",
                14,
            ),
            (self.env._("Places"), "places", "text", 20),
            (self.env._("Free places"), "places_free", "number", 10),
            (self.env._("Level"), "level", "text", 24),
            (self.env._("What to expect"), "description", "text", 40),
            (self.env._("Website"), "website", "text", 26),
            (self.env._("Checked on"), "date_checked", "date", 12),
            (self.env._("Checked until"), "valid_until", "date", 12),
        ]

    def _get_sheet_info(self, count):
        """Return label and text of what one should know about the sheet."""
        today = format_date(self.env, fields.Date.context_today(self))
        company = self.company_id
        return [
            (self.env._("Organisation"), company.name),
            (self.env._("Date"), today),
            (self.env._("Choice"), " · ".join(self._get_words())),
            (self.env._("Activities"), str(count)),
            (self.env._("Introduction"), company.bsc_overview_intro or ""),
            (self.env._("Closing text"), company.bsc_overview_footer or ""),
        ]
