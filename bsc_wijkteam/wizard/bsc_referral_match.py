from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

MAX_PICKED = 3  # more options make nobody's choice easier
REVIEW_DAYS = 28  # after which we look again whether there is offer


class BscReferralMatch(models.TransientModel):
    """What fits a referral, best first, with the reasons; and what to do with it."""

    _name = "bsc.referral.match"
    _description = "Match a Referral"
    _inherit = ["bsc.privacy.mixin"]

    referral_id = fields.Many2one("bsc.referral", required=True, ondelete="cascade")
    line_ids = fields.One2many("bsc.referral.match.line", "match_id", "What fits")
    is_empty = fields.Boolean(compute="_compute_is_empty")
    advice = fields.Text("Sharpen the match", compute="_compute_advice")
    # what is not shown
    unmatched_area = fields.Integer("In other areas", readonly=True)
    unmatched_unchecked = fields.Integer("Without a valid check", readonly=True)
    unmatched_declined = fields.Integer("Provider said no", readonly=True)
    unmatched_age = fields.Integer("For other ages", readonly=True)
    unmatched_full = fields.Integer("Full", readonly=True)
    # two or three side by side
    comparison = fields.Html(compute="_compute_comparison")
    # what leaves
    recipient_id = fields.Many2one(related="referral_id.referrer_id", string="To")
    recipient_email = fields.Char(related="recipient_id.email", string="E-mail")
    message = fields.Text(
        "Your words", help="Goes along in the mail. Nothing that tells who it is."
    )
    mail_subject = fields.Char("Subject", compute="_compute_mail_preview")
    mail_preview = fields.Html("What leaves", compute="_compute_mail_preview")

    @api.depends("line_ids")
    def _compute_is_empty(self):
        for match in self:
            match.is_empty = not match.line_ids

    @api.depends("referral_id")
    def _compute_advice(self):
        for match in self:
            match.advice = "\n".join(
                f"• {sentence}" for sentence in match.referral_id._get_match_advice()
            )

    @api.depends("line_ids.is_picked")
    def _compute_comparison(self):
        for match in self:
            match.comparison = self.env["ir.qweb"]._render(
                "bsc_wijkteam.bsc_referral_match_comparison",
                {"lines": match._get_picked()},
            )

    @api.depends("line_ids.is_picked", "message", "recipient_id")
    def _compute_mail_preview(self):
        for match in self:
            match.mail_subject = match._in_language_of_reader().env._(
                "What could fit referral %(reference)s",
                reference=match.referral_id.reference,
            )
            match.mail_preview = match._get_mail_body()

    def _get_privacy_client(self):
        if self.env.context.get("bsc_match_mail"):
            # Our own fixed text: the professional and the coach it names may share a
            # first name with the participant. The coach's words were checked before.
            return self.env["bsc.client"]
        return self.referral_id.client_id

    # steps

    def _rank(self):
        """Fill in what fits, and how much does not."""
        self.ensure_one()
        unmatched = self.referral_id._count_unmatched()
        self.write(
            {
                "line_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "offering_id": found["offering"].id,
                                "sequence": number,
                                "score": found["score"],
                                "reasons_for": "\n".join(found["for"]),
                                "reasons_against": "\n".join(found["against"]),
                            }
                        )
                        for number, found in enumerate(self.referral_id._match())
                    ),
                ],
                **{f"unmatched_{reason}": n for reason, n in unmatched.items()},
            }
        )

    def _show(self, step=None):
        """Return the action that shows one step of this dialog.

        :param str step: "compare" or "send"; what fits by default
        """
        self.ensure_one()
        names = {
            None: self.env._(
                "What fits %(reference)s", reference=self.referral_id.reference
            ),
            "compare": self.env._("Side by side"),
            "send": self.env._("Send the choice"),
        }
        suffix = f"_{step}" if step else ""
        view = self.env.ref(f"bsc_wijkteam.bsc_referral_match_view_form{suffix}")
        return {
            "type": "ir.actions.act_window",
            "name": names[step],
            "res_model": self._name,
            "res_id": self.id,
            "views": [(view.id, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _get_picked(self, at_least=0):
        """Return the lines that the coach chose.

        :raise UserError: when these are fewer than asked for, or too many
        """
        self.ensure_one()
        picked = self.line_ids.filtered("is_picked")
        if len(picked) < at_least or at_least and len(picked) > MAX_PICKED:
            raise UserError(
                self.env._("Choose two or three activities first.")
                if at_least > 1
                else self.env._("Choose one, two or three activities first.")
            )
        return picked

    def action_back(self):
        """Show what fits again."""
        return self._show()

    def action_compare(self):
        """Show the chosen ones side by side."""
        self._get_picked(at_least=2)
        return self._show("compare")

    def action_prepare(self):
        """Show what the lead professional would get."""
        self._get_picked(at_least=1)
        return self._show("send")

    # to the lead professional

    def _in_language_of_reader(self):
        return self.with_context(lang=self.recipient_id.lang or self.env.lang)

    def _get_mail_body(self):
        """Return the mail in the language of its reader: public facts, no person.

        :rtype: Markup
        """
        self.ensure_one()
        match = self._in_language_of_reader()
        return match.env["ir.qweb"]._render(
            "bsc_wijkteam.bsc_referral_match_mail",
            {
                "match": match,
                "rows": match._get_picked().offering_id._get_overview_rows(),
                "sender": self.env.user,
            },
        )

    def action_send(self):
        """Mail the choice to the lead professional of this referral."""
        self._get_picked(at_least=1)
        if not self.recipient_email:
            raise UserError(
                self.env._(
                    "%(person)s has no e-mail address. Add it to the contact, or tell"
                    " the choice by phone.",
                    person=self.recipient_id.name or self.env._("The referrer"),
                )
            )
        match = self.with_context(bsc_match_mail=True)
        template = match.env.ref("bsc_wijkteam.mail_template_match")
        template.send_mail(match.id)
        self.referral_id.message_post(
            body=self.env._(
                "Choice mailed to the referrer: %(offerings)s.",
                offerings=", ".join(self._get_picked().mapped("offering_id.name")),
            )
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The choice is on its way to %(person)s.",
                    person=self.recipient_id.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # what is not shown, and nothing fits

    @api.readonly
    def action_open_unmatched(self):
        """Open what is not shown, for the reason in the context."""
        self.ensure_one()
        reason = self.env.context["reason"]
        view = self.env.ref("bsc_wijkteam.bsc_offering_view_list_unmatched")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not shown"),
            "res_model": "bsc.offering",
            "views": [(view.id, "list"), (False, "kanban"), (False, "form")],
            "domain": self._get_unmatched_domain(reason),
        }

    def _get_unmatched_domain(self, reason):
        """Return a domain that the web client can hold."""
        offerings = self.env["bsc.offering"]
        domain = self.referral_id._get_match_domain(reason)
        return [("id", "in", offerings.search(domain, limit=1000).ids)]

    @api.readonly
    def action_open_willing(self):
        """Open the providers that want to start a new group."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_provider_action"
        )
        willing = Domain("wants_new_group", "=", True) | Domain(
            "offering_ids.is_new_group_possible", "=", True
        )
        if area := self.referral_id.area_id:
            top = int(area.parent_path.split("/")[0])
            willing &= Domain("area_ids", "child_of", top)
        return {**action, "domain": list(willing), "context": {}}

    def action_no_offer(self):
        """Note that nothing fits, so that it counts as a gap, and look again later."""
        self.ensure_one()
        gap = "no_place" if self.unmatched_full else "no_offer"
        reason = self.env["bsc.reason"].search([("gap", "=", gap)], limit=1)
        stage = self.env["bsc.referral.stage"].search(
            [("is_aside", "=", True), ("requires_review_date", "=", True)], limit=1
        )
        if not reason or not stage:
            raise UserError(
                self.env._(
                    "There is no reason that counts as a gap, or no stage to wait in."
                    " Ask a coordinator to add it."
                )
            )
        today = fields.Date.context_today(self)
        self.referral_id.write(
            {
                "stage_id": stage.id,
                "reason_id": reason.id,
                "review_date": today + relativedelta(days=REVIEW_DAYS),
            }
        )
        return {"type": "ir.actions.act_window_close"}


class BscReferralMatchLine(models.TransientModel):
    """One offering and how well it fits."""

    _name = "bsc.referral.match.line"
    _description = "Match"
    _order = "sequence, id"

    match_id = fields.Many2one(
        "bsc.referral.match", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer()
    offering_id = fields.Many2one("bsc.offering", required=True, ondelete="cascade")
    score = fields.Integer("Fit", aggregator=None)
    reasons_for = fields.Text("Speaks for it")
    reasons_against = fields.Text("Speaks against it")
    is_picked = fields.Boolean("Compare or send")
    is_proposed = fields.Boolean(compute="_compute_is_proposed")
    name = fields.Char(related="offering_id.name", string="Activity")
    provider_id = fields.Many2one(related="offering_id.provider_id")
    times = fields.Char(related="offering_id.times")
    place_name = fields.Char(related="offering_id.place_name")
    cost = fields.Char(related="offering_id.cost")
    cost_funded = fields.Char(related="offering_id.cost_funded")

    @api.depends("match_id.referral_id.offering_id", "offering_id")
    def _compute_is_proposed(self):
        for line in self:
            line.is_proposed = line.match_id.referral_id.offering_id == line.offering_id

    def action_propose(self):
        """Choose this offering for the referral."""
        self.ensure_one()
        self.match_id.referral_id._propose_offering(self.offering_id)
        return {"type": "ir.actions.act_window_close"}

    @api.readonly
    def action_open(self):
        """Open the offering."""
        self.ensure_one()
        return self.offering_id._get_records_action()
