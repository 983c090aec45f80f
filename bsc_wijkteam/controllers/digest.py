from odoo import http
from odoo.http import request

from .link import LinkController


class DigestController(LinkController):
    """The page with all referrals of a team, without names."""

    @http.route(
        "/bsc/team/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def digest_read(self, token):
        """Show a professional how the referrals of the own team stand today.

        :param str token: the signed part of the link
        """
        relation, reader = request.env["bsc.relation"]._find_digest_by_token(token)
        if not relation:
            return self._render_link_expired()
        relation = relation.with_context(bsc_digest_reader=reader.id)
        lang = reader.lang or relation._get_digest_lang()
        request.update_context(lang=lang)
        digest = relation.with_context(lang=lang)._get_digest(reader)
        return self._render_link_page(
            "bsc_wijkteam.bsc_relation_digest_page", {"digest": digest}
        )
