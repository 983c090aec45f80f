"""The overview of activities, behind a link and as a sheet."""

from math import ceil
from urllib.parse import urlencode

from odoo import http
from odoo.fields import Domain
from odoo.http import content_disposition, request
from odoo.tools import format_date

from ..models.bsc_offering_cost import MAX_PRICE
from ..tools.link import read_link
from ..wizard.bsc_offering_share import LINK_SCOPE
from .link import LinkController

PAGE_SIZE = 30
MAX_AREAS = 250  # in one list to choose from; beyond that, step by step
MAX_IDS = 50
MAX_TEXT = 60
# The names in the address, in the order of the form, and the filters they stand for.
PARAMETERS = {
    "area": "area_ids",
    "group": "target_group_ids",
    "day": "weekdays",
    "max_cost": "max_cost",
    "level": "level_ids",
    "free": "has_free_places",
    "q": "text",
}
MODELS = {"area": "bsc.area", "group": "bsc.target.group", "level": "bsc.level"}


class OverviewController(LinkController):
    """The overview of activities behind a link, without logging in.

    Shows the rows of the overview: name and website of the provider, its place, times,
    cost and date of check. No contact person of a provider and no number, and of our
    own people only the coach who chose to be mentioned, by name and work address.

    The link says what is shown first; who reads it may choose otherwise, since all of
    it is meant for handing out.
    """

    @http.route(
        "/bsc/overview/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def overview_read(self, token, **_query):
        """Show what one company may refer to today, to whoever holds its signed link.

        :param str token: the signed part of the link
        """
        values = read_link(request.env, LINK_SCOPE, token)
        # The signature is the permission of the reader.
        env = request.env(su=True)
        company = env["res.company"].browse(values and values[0]).exists()
        if not company:
            return self._render_link_expired()
        _company_id, user_id, lang, tz, preset = values
        if lang not in dict(env["res.lang"].get_installed()):
            lang = request.env.lang
        request.update_context(lang=lang, tz=tz)
        company = company.with_context(lang=lang, tz=tz)
        address = request.httprequest.path
        query = request.httprequest.args
        if PARAMETERS.keys().isdisjoint(query.keys()):
            pairs = self._overview_pairs(preset)
        else:
            pairs = list(query.items(multi=True))
        filters, unknown = self._overview_filters(company.env, pairs)
        return self._render_link_page(
            "bsc_wijkteam.bsc_offering_overview_page",
            {
                **company.env["bsc.offering"]._get_overview_organisation(company),
                **self._overview_found(company, filters, address, query.get("page")),
                "options": self._overview_options(company, filters),
                "filters": filters,
                "unknown": unknown,
                "address": address,
                "coach": self._overview_coach(company.env, user_id),
            },
        )

    @http.route(
        "/bsc/overview/sheet/<int:share_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def overview_sheet(self, share_id):
        """Download the overview that a user chose in the wizard as a workbook.

        :param int share_id: of the wizard, which only its own user may read
        """
        share = request.env["bsc.offering.share"].search(
            [("id", "=", share_id), ("create_uid", "=", request.env.uid)]
        )
        if not share:
            return request.not_found()
        name = f"{share._get_file_name()}.xlsx"
        return request.make_response(
            share._get_sheet(),
            headers=[
                (
                    "Content-Type",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
            ],
        )

    def _overview_pairs(self, filters):
        """Return filters as they stand in an address."""
        pairs = []
        for parameter, key in PARAMETERS.items():
            value = filters.get(key)
            if isinstance(value, list):
                value = ",".join(map(str, value))
            if value is True:
                value = "1"
            elif isinstance(value, float):
                value = f"{value:g}"
            if value not in (None, False, ""):
                pairs.append((parameter, value))
        return pairs

    def _overview_filters(self, env, pairs):
        """Read filters out of an address, whatever stands in it.

        :param env: environment to look for what is chosen
        :param list pairs: parameters and their values; what is unknown does no harm
        :return: the filters, and the labels of what could not be used
        """
        labels = self._overview_labels(env)
        given = {}
        for parameter, value in pairs:
            if parameter in PARAMETERS and (text := value.replace("\0", "").strip()):
                given.setdefault(parameter, []).append(text)
        filters = {}
        unknown = []
        for parameter, texts in given.items():
            parts = [part for text in texts for part in text.split(",") if part]
            if parameter in MODELS:
                ids = self._overview_ids(env[MODELS[parameter]], parts)
                value, is_right = ids, len(ids) == len(set(parts))
            elif parameter == "day":
                value = sorted({part for part in parts if part in [*"0123456"]})
                is_right = len(value) == len(set(parts))
            elif parameter == "max_cost":
                value = self._overview_amount(texts[0])
                is_right = value is not None
            elif parameter == "free":
                value = is_right = texts[0] == "1"
            else:
                value, is_right = texts[0][:MAX_TEXT], True
            if value or value == 0.0 and parameter == "max_cost":
                filters[PARAMETERS[parameter]] = value
            if not is_right:
                unknown.append(labels[parameter])
        return filters, unknown

    def _overview_ids(self, records, parts):
        """Return the ids among these texts that exist, each once."""
        ids = [
            int(part)
            for part in dict.fromkeys(parts)
            if part.isascii() and part.isdecimal() and len(part) < 10
        ]
        return records.browse(ids[:MAX_IDS]).exists().ids

    def _overview_amount(self, text):
        """Return the amount that a text stands for, None when it is no sane one."""
        try:
            amount = float(text.lstrip("€ ").replace(",", "."))
        except ValueError:
            return None
        return amount if 0 <= amount <= MAX_PRICE else None

    def _overview_labels(self, env):
        return {
            "area": env._("Area"),
            "group": env._("Target group"),
            "day": env._("Day"),
            "max_cost": env._("Cost"),
            "level": env._("Level"),
            "free": env._("Free places"),
            "q": env._("Words"),
        }

    def _overview_found(self, company, filters, address, page):
        """Return one page of what fits, and the ways to go on.

        :param company: ``res.company``, whose offer it is
        :param dict filters: see ``bsc.offering``
        :param str address: of this page, without parameters
        :param str page: which part of the list, as given by the reader
        """
        offerings = company.env["bsc.offering"]
        domain = offerings._get_overview_domain(company, filters)
        total = offerings.search_count(domain)
        pages = max(1, ceil(total / PAGE_SIZE))
        is_number = page and page.isascii() and page.isdecimal() and len(page) < 7
        number = min(max(int(page) if is_number else 1, 1), pages)
        found = offerings.search(
            domain, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
        rows = found._get_overview_rows()
        for row in rows:
            for name in ("date_checked", "valid_until"):
                row[name] = format_date(company.env, row[name])
        words = offerings._describe_overview(company, filters)
        heading = offerings._get_overview_heading(filters)
        if heading["speaks_to_group"]:
            del words["target_group_ids"]
        pairs = self._overview_pairs(filters)
        return {
            **heading,
            "rows": rows,
            "total": total,
            "page": number,
            "pages": pages,
            "words": list(words.values()),
            "urls": {
                step: f"{address}?{urlencode([*pairs, ('page', number + step)])}"
                for step in (-1, 1)
                if 1 <= number + step <= pages
            },
            "wider": [] if total else self._overview_wider(company, filters, address),
            "funded": self._overview_funded(company, filters, address),
        }

    def _overview_wider(self, company, filters, address):
        """Return what to let go of to find something, and how much that gives."""
        offerings = company.env["bsc.offering"]
        labels = self._overview_labels(company.env)
        wider = []
        for parameter, key in PARAMETERS.items():
            if key in filters:
                rest = {name: value for name, value in filters.items() if name != key}
                count = offerings.search_count(
                    offerings._get_overview_domain(company, rest)
                )
                if count:
                    url = f"{address}?{self._overview_query(rest)}"
                    wider.append((labels[parameter], count, url))
        return wider

    def _overview_funded(self, company, filters, address):
        """Return how many cost more and accept a fund, and where to see them."""
        if not filters.get("max_cost"):
            return None
        offerings = company.env["bsc.offering"]
        rest = {key: value for key, value in filters.items() if key != "max_cost"}
        count = offerings.search_count(
            offerings._get_overview_domain(company, rest)
            & Domain("price_month", ">", filters["max_cost"])
            & Domain("funding_ids", "!=", False)
        )
        return count and (count, f"{address}?{self._overview_query(rest)}")

    def _overview_query(self, filters):
        """Return filters as the part of an address behind the question mark.

        Never empty: without any parameter the choice of the link itself counts.
        """
        return urlencode(self._overview_pairs(filters) or [("q", "")])

    def _overview_options(self, company, filters):
        """Return what the reader can choose from.

        :return: dictionary from parameter to triples: value, label, whether chosen
        """
        env = company.env
        areas = self._overview_areas(company, filters.get("area_ids", []))
        records = {
            "group": [
                (group, group.name) for group in self._overview_all(env, "group")
            ],
            "level": [
                (level, level.name) for level in self._overview_all(env, "level")
            ],
            "area": areas,
        }
        options = {}
        for parameter, pairs in records.items():
            chosen = filters.get(PARAMETERS[parameter], [])
            options[parameter] = [
                (str(record.id), label, chosen == [record.id])
                for record, label in pairs
            ]
            if len(chosen) > 1:
                names = env[MODELS[parameter]].browse(chosen).mapped("name")
                value = ",".join(map(str, chosen))
                options[parameter].insert(0, (value, ", ".join(names), True))
        weekdays = env["bsc.offering.slot"]._fields["weekday"]
        options["day"] = [
            (day, label, day in filters.get("weekdays", []))
            for day, label in weekdays._description_selection(env)
        ]
        return options

    def _overview_all(self, env, parameter):
        return env[MODELS[parameter]].search(Domain.TRUE)

    def _overview_areas(self, company, chosen):
        """Return the areas that have offer, and those around them, widest first.

        Of a whole country only the widest, and those around what is chosen.

        :param list chosen: ids of areas
        :return: list of pairs: area, and its name with an indent
        """
        env = company.env
        offerings = env["bsc.offering"]
        domain = offerings._get_overview_domain(company, {})
        with_offer = [
            area.id for (area,) in offerings._read_group(domain, ["area_ids"])
        ]
        areas = env["bsc.area"].search_fetch(
            [("id", "parent_of", [*chosen, *filter(None, with_offer)])],
            ["name", "parent_path", "parent_id"],
        )
        depths = {area: area.parent_path.count("/") - 1 for area in areas}
        if len(areas) > MAX_AREAS:
            near = env["bsc.area"].browse(chosen)
            around = {
                int(part) for area in near for part in area.parent_path.split("/")[:-1]
            }
            areas = areas.filtered(
                lambda area: not depths[area]
                or area.id in around
                or area.parent_id.id in around
            )
        return [(area, "\u2003" * depths[area] + area.name) for area in areas]

    def _overview_coach(self, env, user_id):
        """Return name and work address of the coach who chose to be mentioned."""
        user = env["res.users"].browse(user_id or []).exists()
        return user.active and {"name": user.name, "email": user.email}
