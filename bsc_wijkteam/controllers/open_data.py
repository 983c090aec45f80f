import re
from datetime import datetime, timezone

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from ..tools.feed_writer import FeedWriter, get_zone

PREFIX = "/bsc/oruk/v3"
ROUTE = {
    "type": "http",
    "auth": "public",
    "methods": ["GET"],
    "cors": "*",
    "readonly": True,
    "save_session": False,
}
PAGE_SIZE = 50
MAX_PAGE_SIZE = 100
MAX_AGE = 300  # seconds for which others may keep an answer
PROFILE = "https://docs.openreferral.org"
OPENAPI = (
    "https://raw.githubusercontent.com/openreferral/specification/3.0/schema/"
    "openapi.json"
)


class FeedQueryError(ValueError):
    """A question that cannot be answered; the message is a sentence."""


class OpenDataController(http.Controller):
    """Open data: the checked offerings in the Human Services Data Specification 3.0.

    Anybody may read it, without a key. It shows what people can be referred to today
    in companies that publish their overview, and nothing else: an identifier of
    something else is as unknown as one that was made up.
    """

    @http.route([PREFIX, f"{PREFIX}/"], **ROUTE)
    def feed_about(self, **params):
        """Tell which specification this follows."""
        about = {"version": "3.0", "profile": PROFILE, "openapi_url": OPENAPI}
        return self._answer_feed(lambda offerings, domain: about, params)

    @http.route(f"{PREFIX}/services", **ROUTE)
    def feed_services(self, **params):
        """List the offerings, as services."""

        def write(writer, offering, is_full, is_minimal):
            if is_minimal:
                return writer.minimal_service(offering)
            return writer.service(offering, is_full)

        return self._answer_feed(self._list_offerings(params, write), params)

    @http.route(f"{PREFIX}/services/<string:identifier>", **ROUTE)
    def feed_service(self, identifier, **params):
        """Show one offering with all that belongs to it."""
        return self._answer_feed(
            self._show_offering(
                "service",
                identifier,
                lambda writer, offering: writer.service(offering, True),
            ),
            params,
        )

    @http.route(f"{PREFIX}/service_at_locations", **ROUTE)
    def feed_service_at_locations(self, **params):
        """List where the offerings are."""

        def write(writer, offering, is_full, is_minimal):
            return writer.service_at_location(offering, is_full)

        return self._answer_feed(
            self._list_offerings(params, write, has_place=True), params
        )

    @http.route(f"{PREFIX}/service_at_locations/<string:identifier>", **ROUTE)
    def feed_service_at_location(self, identifier, **params):
        """Show where one offering is."""
        return self._answer_feed(
            self._show_offering(
                "service_at_location",
                identifier,
                lambda writer, offering: offering._has_public_place()
                and writer.service_at_location(offering, True),
            ),
            params,
        )

    @http.route(f"{PREFIX}/organizations", **ROUTE)
    def feed_organizations(self, **params):
        """List the providers of the offerings."""

        def answer(offerings, domain):
            domain &= self._read_filters(offerings, params)
            is_full = self._read_flag(params, "full")
            page = self._read_page(
                offerings.env["bsc.provider"],
                Domain("offering_ids", "any", domain),
                params,
            )
            writer = FeedWriter(offerings, offerings._get_feed_ids())
            return self._make_page(
                page, lambda provider: writer.organization(provider, is_full)
            )

        return self._answer_feed(answer, params)

    @http.route(f"{PREFIX}/organizations/<string:identifier>", **ROUTE)
    def feed_organization(self, identifier, **params):
        """Show one provider with its published offerings."""

        def answer(offerings, domain):
            ids = offerings._get_feed_ids()
            provider_id = ids.decode("organization", identifier)
            found = provider_id and offerings.search(
                domain & Domain("provider_id", "=", provider_id), order="id"
            )
            if not found:
                return None
            writer = FeedWriter(found, ids)
            return writer.organization_with_services(found.provider_id, found)

        return self._answer_feed(answer, params)

    # answering

    def _answer_feed(self, answer, params):
        """Return the answer of a route as JSON, or a sentence why there is none.

        :param answer: called with ``bsc.offering`` and the domain of what is public
        :param dict params: what stands behind the address
        """
        Offering = request.env["bsc.offering"]
        companies = Offering._get_feed_companies()
        if not companies:
            return self._respond_feed(
                {"error": request.env._("No open data is published here.")}, 404
            )
        languages = dict(request.env["res.lang"].get_installed())
        lang = companies[0].partner_id.lang
        for code in languages:
            if params.get("lang") in (code, code.split("_")[0]):
                lang = code
        request.update_context(
            lang=lang if lang in languages else request.env.lang or "en_US",
            tz=get_zone(companies[0]).zone,
        )
        offerings = request.env["bsc.offering"].sudo()  # strangers: the domain decides
        try:
            found = answer(offerings, offerings._get_feed_domain(companies))
        except FeedQueryError as error:
            return self._respond_feed({"error": str(error)}, 400)
        if not found:
            return self._respond_feed(
                {"error": request.env._("There is nothing with this identifier.")}, 404
            )
        return self._respond_feed(found)

    def _respond_feed(self, content, status=200):
        cache = f"public, max-age={MAX_AGE}" if status == 200 else "no-store"
        response = request.make_json_response(
            content,
            headers=[
                ("Cache-Control", cache),
                ("X-Content-Type-Options", "nosniff"),
            ],
            status=status,
        )
        if status == 200:
            response.add_etag()
            response.make_conditional(request.httprequest.environ)
        return response

    def _list_offerings(self, params, write, has_place=False):
        """Return what answers with a page of offerings.

        :param write: called with the writer, each offering, and whether all that
            belongs to it is asked for, or next to nothing
        :param bool has_place: leave out what is at no place
        """

        def answer(offerings, domain):
            domain &= self._read_filters(offerings, params)
            if has_place:
                domain &= offerings._get_feed_domain_place()
            flags = [self._read_flag(params, name) for name in ("full", "minimal")]
            page = self._read_page(offerings, domain, params)
            writer = FeedWriter(page[0], offerings._get_feed_ids())
            return self._make_page(
                page, lambda offering: write(writer, offering, *flags)
            )

        return answer

    def _show_offering(self, kind, identifier, write):
        """Return what answers with one offering, or with nothing.

        :param str kind: what the identifier must be of
        :param write: called with the writer and the offering
        """

        def answer(offerings, domain):
            ids = offerings._get_feed_ids()
            offering_id = ids.decode(kind, identifier)
            offering = offering_id and offerings.search(
                domain & Domain("id", "=", offering_id)
            )
            return offering and write(FeedWriter(offering, ids), offering)

        return answer

    def _make_page(self, page, write):
        """Return one page, in the words of the specification."""
        records, total, number, size = page
        pages = -(-total // size)
        return {
            "total_items": total,
            "total_pages": pages,
            "page_number": number,
            "size": len(records),
            "first_page": number == 1,
            "last_page": number >= pages,
            "empty": not records,
            "contents": [write(record) for record in records],
        }

    # reading the question

    def _read_page(self, model, domain, params):
        """Return the records of a page, how many there are in all, number and size."""
        number = self._read_number(params, "page", 1, 10**6)
        size = self._read_number(params, "per_page", PAGE_SIZE, MAX_PAGE_SIZE)
        total = model.search_count(domain)
        records = model.browse()
        if (number - 1) * size < total:
            records = model.search_fetch(
                domain, limit=size, offset=(number - 1) * size, order="id"
            )
        return records, total, number, size

    def _read_number(self, params, name, default, highest):
        text = params.get(name, "")
        if not text:
            return default
        number = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
        if not 1 <= number <= highest:
            raise FeedQueryError(
                request.env._(
                    "“%(name)s” must be a whole number from 1 to %(highest)s.",
                    name=name,
                    highest=highest,
                )
            )
        return number

    def _read_flag(self, params, name):
        text = params.get(name, "").casefold()
        if text not in ("", "true", "false", "1", "0"):
            raise FeedQueryError(
                request.env._("“%(name)s” must be true or false.", name=name)
            )
        return text in ("true", "1")

    def _read_filters(self, offerings, params):
        """Return a domain of the offerings that are asked for."""
        for name in ("search", "proximity", "taxonomy_id", "taxonomy_term_id"):
            if params.get(name):
                # Better no answer than one that looks like the answer.
                raise FeedQueryError(
                    request.env._("The filter “%(name)s” is not here.", name=name)
                )
        if params.get("format", "json") != "json":
            raise FeedQueryError(request.env._("The only format here is JSON."))
        domain = Domain.TRUE
        if text := params.get("postcode"):
            if not re.fullmatch(r"\s*[1-9][0-9]{3}\s?([A-Za-z]{2})?\s*", text):
                raise FeedQueryError(
                    request.env._(
                        "“postcode” must be a Dutch postcode, such as 2801 or 2801AB."
                    )
                )
            domain &= offerings._get_feed_domain_postcode(text)
        if text := params.get("area"):
            if not re.fullmatch(r"(GM|WK|BU)[0-9A-Z]{4,8}", text.upper()):
                raise FeedQueryError(
                    request.env._(
                        "“area” must be a code of CBS, such as GM0513 or BU05130101."
                    )
                )
            areas = offerings.env["bsc.area"].search([("code", "=", text.upper())])
            domain &= Domain("area_ids", "child_of", areas.ids)
        if text := params.get("organization_id"):
            provider_id = offerings._get_feed_ids().decode("organization", text)
            domain &= Domain("provider_id", "=", provider_id or 0)
        if text := params.get("modified_after"):
            domain &= offerings._get_feed_domain_modified(self._read_moment(text))
        return domain

    def _read_moment(self, text):
        """Return a moment in UTC; one without time zone is in UTC already."""
        # In an address a plus sign is a space.
        text = re.sub(r"(?<=:\d\d) (?=\d\d:?\d\d$)", "+", text.strip())
        try:
            moment = datetime.fromisoformat(re.sub(r"(\.\d+)?Z$", r"+00:00", text))
            if moment.tzinfo:
                moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        except (ValueError, OverflowError) as error:
            raise FeedQueryError(
                request.env._(
                    "“modified_after” must be a date or a moment, such as"
                    " 2026-03-01T12:00:00Z."
                )
            ) from error
        return max(moment, datetime(1970, 1, 1))
