import secrets

from psycopg2.errors import UniqueViolation

from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from ..models.bsc_referral import AGE_BANDS
from ..models.bsc_relation_refer import CLIENT_TEXTS, MAX_TEXTS
from ..tools.link import read_link, sign_link
from .link import LinkController

FORM_SCOPE = "bsc_wijkteam.refer.form"
FORM_DAYS = 7  # that a form may stay open in a browser


class ReferController(LinkController):
    """The page where a team refers somebody, without logging in.

    Reading changes nothing; only sending does. Each form carries its own signed key, so
    that the same form makes one referral, however often it is sent.
    """

    @http.route(
        "/bsc/refer/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def refer_read(self, token, sent=None, **_query):
        """Show the form, or that it was received.

        :param str token: the signed part of the link
        :param str sent: the signed key of the form that was just sent
        """
        relation, partner = self._refer_open(token)
        if not relation:
            return self._render_link_expired()
        referral = self._refer_find(relation, partner, sent)
        if referral:
            return self._render_link_page(
                "bsc_wijkteam.bsc_referral_refer_thanks",
                {**self._refer_frame(relation, token), "reference": referral.reference},
            )
        return self._refer_page(relation, partner, token, {}, {})

    @http.route(
        "/bsc/refer/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the signed address is the permission; no cookie is used
        save_session=False,
    )
    def refer_send(self, token, **post):
        """Take in a referral, once.

        :param str token: the signed part of the link
        :param dict post: what was filled in
        """
        relation, partner = self._refer_open(token)
        if not relation:
            return self._render_link_expired()
        values = self._refer_values(relation, post)
        form_key = self._read_text(post.get("form_key"))
        key = self._refer_read_key(relation, partner, form_key)
        if not key:
            return self._refer_page(
                relation,
                partner,
                token,
                values,
                {
                    "form": relation.env._(
                        "This page was open for a long time. Look it over, and send it"
                        " once more."
                    )
                },
            )
        earlier = self._refer_find(relation, partner, form_key)
        if earlier and not self._refer_is_same(earlier, values):
            return self._refer_page(
                relation,
                partner,
                token,
                values,
                {
                    "form": relation.env._(
                        "What you sent before was received as %(reference)s. Is this"
                        " about somebody else? Look it over, and send it once more.",
                        reference=earlier.reference,
                    )
                },
            )
        if not earlier:
            errors = relation._get_refer_errors(values)
            if not partner:
                errors |= self._refer_person_errors(relation, values)
            if not errors:
                errors = self._refer_store(relation, partner, values, key)
            if errors:
                return self._refer_page(
                    relation, partner, token, values, errors, form_key
                )
        return self._redirect_link_page(f"/bsc/refer/{token}?sent={form_key}")

    def _refer_store(self, relation, partner, values, key):
        """Store a referral, all of it or nothing.

        :return: sentences by the name of the value, empty when it is stored
        """
        try:
            with request.env.cr.savepoint():
                relation._check_refer_limit(partner)
                referrer = partner or relation._get_refer_person(values)
                relation._refer(values, referrer, key)
                request.env.flush_all()
        except ValidationError as refusal:
            return {"form": str(refusal)}
        except UniqueViolation:
            # The second click of two at the same time: the first one is stored.
            request.env.clear()
        return {}

    def _refer_open(self, token):
        """Return collaboration and professional of a link, in the reader's language."""
        relation, partner = request.env["bsc.relation"]._find_by_refer_token(token)
        if relation:
            request.update_context(lang=relation.env.lang)
        return relation, partner

    def _refer_read_key(self, relation, partner, form_key):
        """Return the key of a form of this link, none when it is not ours or old."""
        values = read_link(request.env, FORM_SCOPE, form_key or "")
        if not values or values[:2] != [relation.id, partner.id]:
            return None
        return values[2]

    def _refer_find(self, relation, partner, form_key):
        """Return the referral that a form made, if any."""
        key = form_key and self._refer_read_key(relation, partner, form_key)
        return relation.env["bsc.referral"]._find_by_refer_key(relation, key)

    def _refer_is_same(self, referral, values):
        """Tell whether what is sent again is what was received before."""
        client = referral.client_id
        return (
            referral.wish == values["wish"]
            and set(referral.target_group_ids.ids) == set(values["target_group_ids"])
            and referral.area_id.id == values["area_id"]
            and referral.age_band == values["age_band"]
            and all(
                (client[name.removeprefix("client_")] or "") == values[name]
                for name in CLIENT_TEXTS
            )
        )

    def _refer_values(self, relation, post):
        """Return what was filled in, of what the form offers."""
        values = {name: self._read_text(post.get(name)) for name in MAX_TEXTS}
        chosen = request.httprequest.form.getlist("target_group_ids")
        groups = relation.env["bsc.target.group"].search([]).ids
        areas = relation._get_refer_areas().ids
        values["target_group_ids"] = [id_ for id_ in groups if str(id_) in chosen]
        values["area_id"] = next(
            (id_ for id_ in areas if str(id_) == post.get("area_id")), False
        )
        age_band = post.get("age_band")
        values["age_band"] = age_band if age_band in dict(AGE_BANDS) else False
        values["may_register"] = bool(post.get("may_register"))
        return values

    def _refer_person_errors(self, relation, values):
        """Return what is missing about who writes, on the link of the whole team."""
        errors = {}
        if not values["name"]:
            errors["name"] = relation.env._("Fill in your own name.")
        if not values["email"]:
            errors["email"] = relation.env._(
                "Fill in your own e-mail address: that is where you hear how it goes."
            )
        return errors

    def _refer_page(self, relation, partner, token, values, errors, form_key=None):
        """Return the form with what was filled in already.

        :param dict values: as of ``_refer_values``, empty for a new form
        :param dict errors: sentences by the name of the value, ``form`` for all of it
        :param str form_key: of the form, when it goes on
        """
        key = [relation.id, partner.id, secrets.token_urlsafe(12)]
        return self._render_link_page(
            "bsc_wijkteam.bsc_referral_refer_page",
            {
                **self._refer_frame(relation, token),
                "form_key": form_key
                or sign_link(request.env, FORM_SCOPE, key, FORM_DAYS),
                "form": {name: "" for name in MAX_TEXTS} | values,
                "maximum": MAX_TEXTS,
                "errors": errors,
                "person": partner.name,
                "person_email": partner.email,
                "target_groups": [
                    (group.id, group.name)
                    for group in relation.env["bsc.target.group"].search([])
                ],
                "areas": [(a.id, a.name) for a in relation._get_refer_areas()],
                "age_bands": AGE_BANDS,
                "is_client_open": any(
                    name in errors or values.get(name)
                    for name in (*CLIENT_TEXTS, "may_register")
                ),
            },
            status=422 if errors else 200,
        )

    def _refer_frame(self, relation, token):
        """Return what each page of this link shows: whom it comes from."""
        coach = relation.coach_id.filtered("active")
        return {
            "url": f"/bsc/refer/{token}",
            "team": relation.display_name,
            "coach_name": coach.name,
            "coach_email": coach.email,
            "company_name": relation.company_id.name,
        }
