from odoo import http
from odoo.http import request

# The address is the key: it must not travel on, be kept, or be found by others, and the
# page runs no script and loads nothing from elsewhere.
LINK_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    ),
}


class LinkController(http.Controller):
    """What the pages behind our signed links share. Has no route of its own."""

    def _is_opened_by_person(self):
        """Tell a reader from a mail scanner or a browser that fetches ahead."""
        headers = request.httprequest.headers
        return (
            request.httprequest.method == "GET"
            and headers.get("Sec-Fetch-Mode") == "navigate"
            and "prefetch" not in headers.get("Sec-Purpose", "")
        )

    def _render_link_page(self, template, values, status=200):
        """Return a page without menu or script.

        :param str template: id of a template that calls ``bsc_wijkteam_link_layout``
        :param dict values: all that reaches the page
        :param int status: of the answer
        """
        return request.make_response(
            request.env["ir.qweb"]._render(
                template, {"lang": request.env.lang, **values}
            ),
            headers=[("Content-Type", "text/html; charset=utf-8")]
            + list(LINK_HEADERS.items()),
            status=status,
        )

    def _read_text(self, value):
        """Return what somebody typed, as plain text.

        :param value: of a field of the form; a file is no text
        """
        if not isinstance(value, str):
            return ""
        # A browser sends two characters for each new line it showed as one, and the
        # database takes no null character.
        return value.replace("\r\n", "\n").replace("\x00", "").strip()

    def _redirect_link_page(self, address):
        """Send the browser on after a button, so that reloading presses nothing twice.

        :param str address: of a page behind a link, on this server
        """
        response = request.redirect(address)
        response.headers.update(LINK_HEADERS)
        return response

    def _render_link_expired(self):
        """Return the page for a link that is forged, expired or no longer of use."""
        return self._render_link_page(
            "bsc_wijkteam.bsc_wijkteam_link_expired", {}, status=404
        )
