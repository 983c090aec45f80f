from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request
from odoo.tools import format_date

from ..models.bsc_evaluation_link import MAX_REMARK
from .link import LinkController


class EvaluationController(LinkController):
    """The page where a team gives its scores, without logging in.

    Reading changes nothing; only sending does. After sending the browser is sent back
    to the page, so that reloading it or going back sends nothing twice.
    """

    @http.route(
        "/bsc/evaluation/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        save_session=False,
    )
    def evaluation_read(self, token):
        """Show what is asked of the team, or the answer it gave.

        :param str token: the signed part of the link
        """
        evaluation = self._evaluation_find(token)
        if not evaluation:
            return self._render_link_expired()
        return self._evaluation_page(evaluation)

    @http.route(
        "/bsc/evaluation/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the signed address is the permission; no cookie is used
        save_session=False,
    )
    def evaluation_answer(self, token, **post):
        """Store the answer of the team; a second one changes nothing.

        :param str token: the signed part of the link
        :param dict post: ``score_<line id>`` for each item, and ``remark``
        """
        evaluation = self._evaluation_find(token)
        if not evaluation:
            return self._render_link_expired()
        if not evaluation.date_answered:
            # Only what belongs to this evaluation is read.
            scores = {
                line.id: score
                for line in evaluation.line_ids
                if (score := self._read_text(post.get(f"score_{line.id}")))
            }
            remark = self._read_text(post.get("remark"))
            try:
                with request.env.cr.savepoint():
                    evaluation._answer(scores, remark)
            except ValidationError as refusal:
                return self._evaluation_page(evaluation, scores, remark, str(refusal))
        return self._redirect_link_page(f"/bsc/evaluation/{token}")

    def _evaluation_find(self, token):
        """Return the evaluation of a link, in the language of its reader."""
        evaluation = request.env["bsc.evaluation"]._find_by_token(token)
        if evaluation:
            lang = evaluation._get_reader_lang() or request.env.lang
            request.update_context(lang=lang)
            evaluation = evaluation.with_context(lang=lang)
        return evaluation

    def _evaluation_page(self, evaluation, scores=None, remark="", error=None):
        """Return the page: the answer when there is one, else the form.

        :param evaluation: ``bsc.evaluation``
        :param dict scores: what was chosen already, by line id
        :param str remark: what was written already
        :param str error: what is wrong with it, in one sentence
        """
        given = evaluation.date_answered
        scores = scores or {}
        names = evaluation.line_ids._fields["their_score"]._description_selection(
            evaluation.env
        )
        team = evaluation.relation_id.display_name
        person = evaluation.contact_id.name
        date = given and format_date(evaluation.env, given)
        env = evaluation.env  # speaks the language of the reader
        values = {
            # Nothing else of the record reaches the page, least of all our scores.
            "is_given": bool(given),
            "title": (
                env._("Not sent yet: %(team)s", team=team)
                if error
                else env._("Looking back with %(team)s", team=team)
            ),
            "thanks": env._(
                "%(person)s gave them for %(team)s on %(date)s. They stay as they are;"
                " we look at them together.",
                person=person,
                team=team,
                date=date,
            ),
            "question": env._(
                "%(coach)s would like to know how %(team)s sees it. How far do you"
                " agree? Skip what you cannot judge.",
                coach=evaluation.coach_id.name,
                team=team,
            ),
            "hint": env._(
                "May stay empty. At most %(maximum)s characters, and no names of"
                " residents please.",
                maximum=MAX_REMARK,
            ),
            "coach_name": evaluation.coach_id.name,
            "company_name": evaluation.company_id.name,
            "email": evaluation.coach_id.email,
            "items": [
                {
                    "id": line.id,
                    "name": line.item_id.name,
                    "score": line.their_score if given else scores.get(line.id),
                }
                for line in evaluation.line_ids
            ],
            # "3 · Somewhat": the page shows number and meaning apart.
            "meanings": {score: name.partition(" · ")[2] for score, name in names},
            "remark": evaluation.their_remark if given else remark,
            "error": error,
        }
        return self._render_link_page(
            "bsc_wijkteam.bsc_evaluation_page", values, status=422 if error else 200
        )
