"""The overview of activities, behind a link and as a sheet."""

from math import ceil
from urllib.parse import urlencode

from odoo import http
from odoo.fields import Domain
from odoo.http import content_disposition, request
from odoo.tools import format_date

from ..models.bsc_offering_cost import MAX_PRICE
from ..models.bsc_offering_overview import PARTNER_FIELDS
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
        companies = request.env(su=True)["res.company"]
        company = companies.search_fetch([("id", "=", values and values[0])])
        if not company:
            return self._render_link_expired()
        _company_id, user_id, lang, tz, preset = values
        if lang not in dict(company.env["res.lang"].get_installed()):
            lang = request.env.lang
        request.update_context(lang=lang, tz=tz)
        company = company.with_context(
            lang=lang, tz=tz, allowed_company_ids=company.ids
        )
        query = request.httprequest.args
        if PARAMETERS.keys().isdisjoint(query.keys()):
            pairs = self._overview_pairs(preset)
        else:
            pairs = list(query.items(multi=True))
        address = request.httprequest.path
        given = self._overview_given(pairs)
        choices = self._overview_choices(company, given)
        filters, unknown = self._overview_filters(company.env, given, choices)
        found = self._overview_found(company, filters, query.get("page"))
        return self._render_link_page(
            "bsc_wijkteam.bsc_offering_overview_page",
            {
                **found,
                **self._overview_ways(company, filters, found, address),
                # After the rows, with which its contact was read.
                **company.env["bsc.offering"]._get_overview_organisation(company),
                "options": self._overview_options(company.env, choices, filters),
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

    def _overview_given(self, pairs):
        """Return what an address says of each parameter, in parts.

        :param list pairs: parameters and their values; what is unknown does no harm
        :return: dictionary from parameter to a list of texts
        """
        given = {}
        for parameter, value in pairs:
            if parameter in PARAMETERS and (text := self._read_text(value)):
                is_list = parameter in (*MODELS, "day")
                parts = text.split(",") if is_list else [text]
                given.setdefault(parameter, []).extend(filter(None, parts))
        return given

    def _overview_choices(self, company, given):
        """Return the areas, target groups and levels that a reader can choose from."""
        env = company.env
        chosen = [int(part) for part in given.get("area", []) if self._is_id(part)]
        return {
            "area": env["bsc.offering"]._find_overview_areas(company, chosen[:MAX_IDS]),
            "group": env["bsc.target.group"].search_fetch(Domain.TRUE),
            "level": env["bsc.level"].search_fetch(Domain.TRUE),
        }

    def _overview_filters(self, env, given, choices):
        """Read filters out of an address, whatever stands in it.

        :param dict given: see :meth:`_overview_given`
        :param dict choices: see :meth:`_overview_choices`
        :return: the filters, and the labels of what could not be used
        """
        labels = self._overview_labels(env)
        filters = {}
        unknown = []
        for parameter, parts in given.items():
            if parameter in choices:
                ids = {
                    str(record_id): record_id for record_id in choices[parameter].ids
                }
                value = [ids[part] for part in dict.fromkeys(parts) if part in ids]
                is_right = len(value) == len(set(parts))
            elif parameter == "day":
                value = sorted({part for part in parts if part in [*"0123456"]})
                is_right = len(value) == len(set(parts))
            elif parameter == "max_cost":
                value = self._overview_amount(parts[0])
                is_right = value is not None
            elif parameter == "free":
                value = is_right = parts[0] == "1"
            else:
                value, is_right = parts[0][:MAX_TEXT], True
            if value or is_right:
                filters[PARAMETERS[parameter]] = value
            if not is_right:
                unknown.append(labels[parameter])
        return filters, unknown

    def _is_id(self, text):
        return text.isascii() and text.isdecimal() and len(text) < 10

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

    def _overview_found(self, company, filters, page):
        """Return one page of what fits.

        :param company: ``res.company``, whose offer it is
        :param dict filters: see ``bsc.offering``
        :param str page: which part of the list, as given by the reader
        """
        offerings = company.env["bsc.offering"]
        domain = offerings._get_overview_domain(company, filters)
        number = max(1, int(page)) if page and self._is_id(page) else 1
        total = offerings.search_count(domain) if number > 1 else PAGE_SIZE
        number = min(number, max(1, ceil(total / PAGE_SIZE)))
        offset = (number - 1) * PAGE_SIZE
        found = offerings._find_overview(company, filters, offset, PAGE_SIZE)
        if number == 1:  # a short list needs no counting
            is_short = len(found) < PAGE_SIZE
            total = len(found) if is_short else offerings.search_count(domain)
        (found.provider_id.partner_id | found.place_id | company.partner_id).fetch(
            PARTNER_FIELDS
        )
        rows = found._get_overview_rows()
        for row in rows:
            for name in ("date_checked", "valid_until"):
                row[name] = format_date(company.env, row[name], date_format="d MMM y")
        return {
            **offerings._get_overview_heading(filters),
            "rows": rows,
            "total": total,
            "page": number,
            "pages": max(1, ceil(total / PAGE_SIZE)),
        }

    def _overview_ways(self, company, filters, found, address):
        """Return what is chosen in words, and the ways to go on from here.

        :param dict found: see :meth:`_overview_found`
        :param str address: of this page, without parameters
        """
        words = company.env["bsc.offering"]._describe_overview(company, filters)
        if found["speaks_to_group"]:
            del words["target_group_ids"]
        pairs = self._overview_pairs(filters)
        steps = [found["page"] + step for step in (-1, 1)]
        previous, following = (
            1 <= page <= found["pages"]
            and f"{address}?{urlencode([*pairs, ('page', page)])}"
            for page in steps
        )
        is_short = found["total"] < PAGE_SIZE
        return {
            "words": list(words.values()),
            "previous": previous,
            "following": following,
            "wider": (
                []
                if found["total"]
                else self._overview_wider(company, filters, address)
            ),
            "funded": is_short and self._overview_funded(company, filters, address),
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

    def _overview_options(self, env, choices, filters):
        """Return what the reader can choose from, as the form shows it.

        :return: dictionary from parameter to triples: value, label, whether chosen
        """
        options = {}
        for parameter, records in choices.items():
            chosen = filters.get(PARAMETERS[parameter], [])
            labels = {record.id: record.name for record in records}
            if parameter == "area":
                labels = self._overview_area_labels(records, chosen)
            options[parameter] = [
                (str(record_id), label, chosen == [record_id])
                for record_id, label in labels.items()
            ]
            if len(chosen) > 1:
                names = records.browse(chosen).mapped("name")
                value = ",".join(map(str, chosen))
                options[parameter].insert(0, (value, ", ".join(names), True))
        weekdays = env["bsc.offering.slot"]._fields["weekday"]
        options["day"] = [
            (day, label, day in filters.get("weekdays", []))
            for day, label in weekdays._description_selection(env)
        ]
        return options

    def _overview_area_labels(self, areas, chosen):
        """Return the names of areas, indented by how deep they lie.

        Of a whole country only the widest, and those around what is chosen.

        :param areas: ``bsc.area``
        :param list chosen: ids of areas
        :return: dictionary from id to label
        """
        paths = {area.id: area.parent_path.split("/")[:-1] for area in areas}
        if len(areas) > MAX_AREAS:
            near = {int(part) for area_id in chosen for part in paths[area_id]}
            areas = areas.filtered(
                lambda area: not area.parent_id or {area.id, area.parent_id.id} & near
            )
        return {
            area.id: "\u2003" * (len(paths[area.id]) - 1) + area.name for area in areas
        }

    def _overview_coach(self, env, user_id):
        """Return name and work address of the coach who chose to be mentioned."""
        partner = env["res.partner"].search_fetch(
            [("user_ids", "any", [("id", "=", user_id), ("active", "=", True)])],
            ["name", "email"],
            limit=1,
        )
        return partner and {"name": partner.name, "email": partner.email}
