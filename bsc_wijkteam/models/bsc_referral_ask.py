from odoo import api, fields, models
from odoo.exceptions import UserError

ACTIVITY_TYPE = "bsc_wijkteam.mail_activity_type_request"


class BscReferral(models.Model):
    """Asking a provider whether somebody can come."""

    _inherit = "bsc.referral"

    current_request_id = fields.Many2one(
        "bsc.referral.request",
        "Last question",
        compute="_compute_current_request",
        help="The last question to the provider of the chosen offering.",
    )
    current_answer = fields.Selection(
        selection=lambda self: self.env["bsc.referral.request"]
        ._fields["answer"]
        ._description_selection(self.env),
        string="Answer of the provider",
        compute="_compute_current_request",
    )
    current_question = fields.Text(
        "Question of the provider", compute="_compute_current_request"
    )

    @api.depends(
        "offering_id",
        "request_ids.offering_id",
        "request_ids.date_asked",
        "request_ids.answer",
        "request_ids.question",
    )
    def _compute_current_request(self):
        for referral in self:
            asked = referral.request_ids.filtered(
                lambda request, referral=referral: (
                    request.offering_id == referral.offering_id
                )
            )
            last = asked.sorted(
                lambda request: (str(request.date_asked or ""), request._origin.id)
            )[-1:]
            referral.current_request_id = last
            referral.current_answer = last.answer
            referral.current_question = last.question

    def _get_privacy_client(self):
        if self.env.context.get("bsc_own_words"):
            # Our own fixed words around a text that was cleared already: "Can" and
            # "Wil" are first names too.
            return self.env["bsc.client"]
        return super()._get_privacy_client()

    def action_ask_provider(self):
        """Open the dialog to ask the provider of the chosen offering by mail.

        :raise UserError: when no offering is chosen
        """
        self.ensure_one()
        if not self.offering_id:
            raise UserError(
                self.env._("Choose an offering first, then ask its provider.")
            )
        return self._open_ask(self.offering_id)

    def action_ask_next(self):
        """Open the dialog to ask the next best offering, else what fits at all."""
        self.ensure_one()
        offering = self._get_next_match()
        if offering:
            return self._open_ask(offering)
        return self.action_match()

    def _open_ask(self, offering):
        view = self.env.ref("bsc_wijkteam.bsc_referral_request_view_form_ask")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask the provider"),
            "res_model": "bsc.referral.request",
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
            "context": {
                "default_referral_id": self.id,
                "default_offering_id": offering.id,
                "default_way": "mail",
            },
        }

    def _ask_provider(self, offering, message=False):
        """Ask by mail whether somebody can come to an offering.

        The referral goes with that offering from now on.

        :param offering: ``bsc.offering`` to ask about
        :param str message: what the provider may know about the question
        :return: ``bsc.referral.request``
        :raise ValidationError: when nobody can be mailed or nobody may be sent there
        """
        self.ensure_one()
        request = self.env["bsc.referral.request"].create(
            {
                "referral_id": self.id,
                "offering_id": offering.id,
                "way": "mail",
                "message": message,
            }
        )
        request._send()
        return request

    def _get_next_match(self):
        """Return the offering that fits best of those that did not decline.

        :rtype: ``bsc.offering``, empty when there is none
        """
        self.ensure_one()
        for match in self._match(limit=2):
            if match["offering"] != self.offering_id:
                return match["offering"]
        return self.env["bsc.offering"]

    def _reach_milestone(self, milestone):
        """Move one referral forward to the stage with a milestone, where it may.

        :param str milestone: of a stage that is not closed
        :return: why the coach has to move it, False when nothing is left to do
        """
        self.ensure_one()
        stage = self.env["bsc.referral.stage"].search(
            [("milestone", "=", milestone), ("is_closed", "=", False)], limit=1
        )
        if not stage or not stage._is_ahead_of(self.stage_id):
            return False
        try:
            with self.env.cr.savepoint():
                self.stage_id = stage
        except UserError as refusal:
            return str(refusal)
        return False

    def _log_own_words(self, body, author=None):
        """Log a line of fixed words, that cannot tell who somebody is.

        :param str body: the line
        :param author: ``res.partner`` who did it, the user by default
        """
        self.ensure_one()
        self.with_context(bsc_own_words=True)._message_log(
            body=body, author_id=author and author.id
        )

    def _plan_news(self, summary, note, user):
        """Keep one activity per referral with the last news of its provider.

        :param str summary: what happened
        :param str note: what was told, as html
        :param user: ``res.users`` who acts on it
        """
        self.ensure_one()
        referral = self.with_context(
            bsc_own_words=True, mail_activity_quick_update=True
        )
        vals = {"summary": summary, "note": note}
        today = fields.Date.context_today(self)
        open_news = referral.activity_search([ACTIVITY_TYPE])[:1]
        if open_news:
            open_news.write({**vals, "date_deadline": today})
        else:
            referral.activity_schedule(
                ACTIVITY_TYPE, date_deadline=today, user_id=user.id, **vals
            )
