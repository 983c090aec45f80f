from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang

MAX_WORDS = 6  # of a free text that are searched for
PARTNER_FIELDS = ["name", "website", "street", "city", "phone", "email"]


class BscOffering(models.Model):
    """The overview of activities: only what people may be referred to today.

    One core for all that shows it. *Filters* are a dictionary that JSON can hold; they
    make a domain, and what is found makes rows of plain values. Paper, sheet and link
    page show these rows and nothing else of an offering: what an organisation tells
    about itself (name, website, place), never the persons and their numbers.

    Filters, each of them optional:

    * ``area_ids``: ids of areas, each with everything below it
    * ``target_group_ids``, ``level_ids``: ids, one of them is enough
    * ``weekdays``: "0" (Monday) to "6", one of them is enough
    * ``max_cost``: per month; what has no known price is left out
    * ``has_free_places``: True for what is not full
    * ``text``: words that all occur in the name, provider, sport or description
    """

    _inherit = "bsc.offering"

    is_referable_today = fields.Boolean(
        "Referable today",
        compute="_compute_is_referable_today",
        search="_search_is_referable_today",
        help="Referable, and the last valid day of the check is not over.",
    )
    date_checked = fields.Date(
        "Checked on",
        compute="_compute_date_checked",
        compute_sudo=True,
        help="The day on which both sides had agreed with the criteria check.",
    )

    place_name = fields.Char("Where", related="place_id.name")

    # The link page reads the offer of one company by name, and only what is referable.
    _overview_idx = models.Index("(company_id, name, id) WHERE is_referable IS TRUE")

    @api.depends("is_referable", "check_valid_until")
    @api.depends_context("tz")
    def _compute_is_referable_today(self):
        today = fields.Date.context_today(self)
        for offering in self:
            until = offering.check_valid_until
            offering.is_referable_today = bool(
                offering.is_referable and until and until >= today
            )

    def _search_is_referable_today(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Not the stored state alone: a check ends at midnight, before the job of the
        # day. The check itself is not shown, so the rules about checks do not matter.
        today = fields.Date.context_today(self)
        return Domain("is_referable", "=", True) & Domain(
            "current_check_id", "any!", [("valid_until", ">=", today)]
        )

    @api.depends(
        "current_check_id.provider_stamp_date", "current_check_id.team_stamp_date"
    )
    def _compute_date_checked(self):
        for offering in self:
            check = offering.current_check_id
            dates = (check.provider_stamp_date, check.team_stamp_date)
            offering.date_checked = max(dates) if all(dates) else False

    # filters -> domain -> rows

    @api.model
    def _get_overview_domain(self, company, filters):
        """Return the domain of what one company may refer to today.

        :param company: ``res.company``, whose offer it is
        :param dict filters: see the class
        :rtype: Domain
        """
        return Domain.AND(
            [
                Domain("company_id", "=", company.id),
                Domain("is_referable_today", "=", True),
                *self._get_overview_conditions(filters).values(),
            ]
        )

    @api.model
    def _get_overview_conditions(self, filters):
        """Return the condition that each filter in use stands for.

        :param dict filters: see the class
        :return: dictionary from the key of the filter to its domain
        """
        today = fields.Date.context_today(self)
        conditions = {}
        if area_ids := filters.get("area_ids"):
            # As "child_of" does, without a query for every search.
            areas = self.env["bsc.area"].browse(area_ids)
            below = Domain.OR(
                Domain("parent_path", "=like", f"{area.parent_path}%") for area in areas
            )
            conditions["area_ids"] = Domain("area_ids", "any!", below)
        if group_ids := filters.get("target_group_ids"):
            conditions["target_group_ids"] = Domain("target_group_ids", "in", group_ids)
        if level_ids := filters.get("level_ids"):
            conditions["level_ids"] = Domain("level_id", "in", level_ids)
        if weekdays := filters.get("weekdays"):
            conditions["weekdays"] = Domain(
                "slot_ids",
                "any",
                Domain("weekday", "in", weekdays)
                & (Domain("date_to", "=", False) | Domain("date_to", ">=", today)),
            )
        if (max_cost := filters.get("max_cost")) is not None:
            known = Domain("price_period", "=", "free") | Domain("price", ">", 0)
            conditions["max_cost"] = known & Domain("price_month", "<=", max_cost)
        if filters.get("has_free_places"):
            conditions["has_free_places"] = Domain("has_free_places", "=", True)
        if words := (filters.get("text") or "").split()[:MAX_WORDS]:
            names = ("name", "provider_id.name", "sport_id.name", "description")
            conditions["text"] = Domain.AND(
                Domain.OR(Domain(name, "ilike", word) for name in names)
                for word in words
            )
        return conditions

    @api.model
    def _find_overview(self, company, filters, offset=0, limit=None):
        """Return the offerings of an overview, sorted by name.

        :param company: ``res.company``, whose offer it is
        :param dict filters: see the class
        """
        domain = self._get_overview_domain(company, filters)
        return self.search_fetch(domain, offset=offset, limit=limit)

    @api.model
    def _find_overview_areas(self, company, chosen):
        """Return the areas that have offer and all around them, sorted, in one query.

        :param company: ``res.company``, whose offer it is
        :param list chosen: ids of areas to find as well
        """
        offerings = self._search(self._get_overview_domain(company, {}))
        field = self._fields["area_ids"]
        # One list of ids: the database works it out once, not per area.
        around = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                """%s IN (
                    SELECT unnest(
                               string_to_array(trim('/' FROM parent_path), '/')::int[]
                           )
                      FROM bsc_area
                     WHERE id IN (SELECT %s FROM %s WHERE %s IN %s)
                     UNION
                    SELECT unnest(%s::int[])
                )""",
                SQL.identifier(alias, "id"),
                SQL.identifier(field.column2),
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                offerings.subselect(),
                list(chosen),
            )
        )
        return self.env["bsc.area"].search_fetch(around)

    def _get_overview_rows(self):
        """Return what the overview tells of these offerings, in the language in use.

        Whoever stands beside the offering as contact person is left out, and so is
        who guides the group: those are names of people.

        :return: list of dictionaries of plain values
        """
        # In one query, whether it is a place or a provider.
        (self.provider_id.partner_id | self.place_id).fetch(PARTNER_FIELDS)
        rows = []
        for offering in self:
            place = offering.place_id
            website = offering.provider_id.website or ""
            rows.append(
                {
                    "id": offering.id,
                    "name": offering.name,
                    "provider": offering.provider_id.name,
                    "website": website if website.startswith("http") else "",
                    "sport": offering.sport_id.name or "",
                    "level": offering.level_id.name or "",
                    "target_groups": offering.target_group_ids.mapped("name"),
                    "areas": offering.area_ids.mapped("name"),
                    "ages": offering.ages or "",
                    "min_age": offering.min_age or None,
                    "max_age": offering.max_age or None,
                    "times": offering.times or "",
                    "place": place.name or "",
                    "address": ", ".join(filter(None, (place.street, place.city))),
                    "cost": offering.cost,
                    "cost_funded": offering.cost_funded or "",
                    "price_month": (
                        offering.price_month if offering._is_price_known() else None
                    ),
                    "places": offering._get_overview_places(),
                    "places_free": offering.is_limited and offering.places_free,
                    "is_full": not offering.has_free_places,
                    "description": offering.description or "",
                    "accessibility": offering.accessibility or "",
                    "gear": offering.gear or "",
                    "date_checked": offering.date_checked,
                    "valid_until": offering.check_valid_until,
                }
            )
        return rows

    def _get_overview_places(self):
        """Return in words whether more people can join one offering."""
        self.ensure_one()
        if not self.has_free_places:
            return self.env._("full at the moment")
        if not self.is_limited:
            return self.env._("room for more people")
        if self.places_free == 1:
            return self.env._("1 place free")
        return self.env._("%(count)s places free", count=self.places_free)

    # in words

    @api.model
    def _describe_overview(self, company, filters):
        """Return the filters in words, one text per filter in use.

        :param company: ``res.company``, for its currency
        :param dict filters: see the class
        :return: dictionary from the key of the filter to a text
        """
        weekdays = dict(
            self.env["bsc.offering.slot"]
            ._fields["weekday"]
            ._description_selection(self.env)
        )
        words = {}
        for key, model in (
            ("area_ids", "bsc.area"),
            ("target_group_ids", "bsc.target.group"),
            ("level_ids", "bsc.level"),
        ):
            if ids := filters.get(key):
                words[key] = ", ".join(self.env[model].browse(ids).mapped("name"))
        if chosen := filters.get("weekdays"):
            words["weekdays"] = ", ".join(weekdays[day] for day in sorted(chosen))
        if (max_cost := filters.get("max_cost")) is not None:
            words["max_cost"] = (
                self.env._(
                    "at most %(amount)s per month",
                    amount=formatLang(
                        self.env, max_cost, currency_obj=company.currency_id
                    ),
                )
                if max_cost
                else self.env._("free of charge")
            )
        if filters.get("has_free_places"):
            words["has_free_places"] = self.env._("with free places")
        if text := filters.get("text"):
            words["text"] = f"“{text}”"
        return words

    @api.model
    def _get_overview_heading(self, filters):
        """Return heading and introduction in the words of the chosen target group.

        Words decide whether people feel invited, so an overview for one target group
        speaks its words, and does not name the group.

        :param dict filters: see the class
        :return: dictionary with heading, subtitle, phrases and what moving adds
        """
        ids = filters.get("target_group_ids") or []
        group = self.env["bsc.target.group"].browse(ids if len(ids) == 1 else [])
        used = (group.words_use or "").replace("\n", ",").split(",")
        phrases = [phrase.strip(" .;") for phrase in used if phrase.strip(" .;")]
        title = self.env._("Activities near you")
        return {
            "heading": ", ".join(phrases[:2]) or title,
            "subtitle": title if phrases else "",
            "phrases": phrases[2:],
            "moving_adds": group.moving_adds or "",
            "speaks_to_group": bool(phrases),
        }

    @api.model
    def _get_overview_organisation(self, company):
        """Return what the overview tells about the organisation that hands it out.

        Its own number and address, no private ones.

        :param company: ``res.company``
        :return: dictionary of plain values
        """
        return {
            "company": company.name,
            "date": format_date(
                self.env, fields.Date.context_today(self), date_format="d MMMM y"
            ),
            "intro": company.bsc_overview_intro or "",
            "footer": company.bsc_overview_footer or "",
            "contact": [
                text
                for text in (
                    company.name,
                    company.phone,
                    company.email,
                    company.website,
                )
                if text
            ],
        }
