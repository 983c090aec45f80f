from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.link import read_link, sign_link
from .bsc_evaluation_line import SCORES

LINK_SCOPE = "bsc_wijkteam.evaluation"
MAX_REMARK = 2000


class BscEvaluation(models.Model):
    """The scores of the team, given once through a link."""

    _inherit = "bsc.evaluation"

    def _check_answered(self, vals):
        """Keep by whom and how the team answered, when it did so itself."""
        for name in vals.keys() & {"contact_id", "their_way"}:
            for evaluation in self.filtered("date_answered"):
                field = self._fields[name]
                value = field.convert_to_write(evaluation[name], evaluation)
                if value != vals[name]:
                    raise ValidationError(
                        self.env._(
                            "%(person)s gave the scores of the team: that stays as it"
                            " is.",
                            person=evaluation.contact_id.name,
                        )
                    )

    def _check_their_remark(self, names):
        if "their_remark" in names:
            self.filtered("their_remark")._check_their_side()

    def _check_their_side(self):
        """Refuse that we fill in what the team says through its link."""
        if self.env.su:
            return
        for evaluation in self:
            if evaluation.their_way == "link":
                raise ValidationError(
                    self.env._(
                        "“%(team)s” gives its scores through the link. Choose “In our"
                        " talk” to note them yourself.",
                        team=evaluation.relation_id.display_name,
                    )
                )

    def action_ask(self):
        """Mail the link to the contact person, for the first time or once more.

        :raise UserError: when nobody of the team can be mailed
        """
        self.ensure_one()
        self._check_open()
        if not self.contact_id.email:
            raise UserError(
                self.env._(
                    "There is nobody to ask: choose a contact person with an e-mail"
                    " address, or note the scores of the team in your talk."
                )
            )
        self.env.ref("bsc_wijkteam.mail_template_evaluation").send_mail(self.id)
        self.write({"state": "asked", "date_asked": fields.Datetime.now()})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(person)s gets a mail with the link.", person=self.contact_id.name
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_reader_lang(self):
        """Return the language of who speaks for the team, else of the organisation."""
        self.ensure_one()
        return self.contact_id.lang or self.company_id.partner_id.lang

    def _get_link(self):
        """Return the address of the page where the team gives its scores.

        The link is signed, expires after the days set on the company and works for the
        present contact person only.

        :rtype: str
        """
        self.ensure_one()
        values = [self.id, self.contact_id.id]
        days = self.company_id.bsc_link_days
        token = sign_link(self.env, LINK_SCOPE, values, days)
        return f"{self.get_base_url()}/bsc/evaluation/{token}"

    @api.model
    def _find_by_token(self, token):
        """Return the evaluation that a link opens.

        :param str token: the signed part of the link
        :return: the evaluation as superuser; empty when the link is forged or expired,
            when the evaluation is closed or its team archived, and when somebody else
            speaks for the team now or this person left it
        """
        evaluations = self.sudo()  # the signature is the permission of the contact
        values = read_link(self.env, LINK_SCOPE, token)
        if not values:
            return evaluations
        evaluation_id, contact_id = values
        evaluation = evaluations.search(
            [
                ("id", "=", evaluation_id),
                ("contact_id", "=", contact_id),
                ("contact_id.active", "=", True),
                ("state", "=", "asked"),
                ("their_way", "=", "link"),
                ("relation_id.active", "=", True),
            ]
        )
        team = evaluation.relation_id.partner_id
        if evaluation and not evaluation.contact_id._bsc_belongs_to(team):
            return evaluations
        return evaluation

    def _answer(self, scores, remark):
        """Store what the team says, once.

        All is checked before anything is stored. Somebody who answers twice at the same
        moment writes the same row twice: the database lets only one through.

        :param dict scores: score ``"1"`` to ``"5"`` by line id; lines may be left out
        :param str remark: of the team, may be empty
        :raise ValidationError: when there is nothing to store, when a score does not
            exist, or when the remark is too long or holds a citizen service number
        """
        self.ensure_one()
        if self.date_answered:
            raise ValidationError(self.env._("These scores were given already."))
        if not scores and not remark:
            raise ValidationError(
                self.env._("Give a score, or write a remark, before you send.")
            )
        if not set(scores.values()) <= dict(SCORES).keys():
            raise ValidationError(self.env._("Choose a score from 1 to 5."))
        if len(remark) > MAX_REMARK:
            raise ValidationError(
                self.env._(
                    "Your remark has %(length)s characters. Please keep it under"
                    " %(maximum)s.",
                    length=len(remark),
                    maximum=MAX_REMARK,
                )
            )
        self._check_text_no_bsn(remark)
        self.write({"their_remark": remark, "date_answered": fields.Datetime.now()})
        # What was left out is empty, also when we had noted something in a talk.
        for score, lines in self.line_ids.grouped(
            lambda line: scores.get(line.id, False)
        ).items():
            lines.their_score = score
        self.with_context(lang=self.coach_id.lang).message_post(
            author_id=self.env.ref("base.partner_root").id,
            body=self.env._(
                "%(person)s gave the scores of the team.", person=self.contact_id.name
            ),
            partner_ids=self.coach_id.partner_id.ids,
        )
