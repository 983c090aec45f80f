from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .bsc_check import SIDES, STAMP_FIELDS


class BscCheck(models.Model):
    """The double stamp: the provider and the team each agree with the verdicts."""

    _inherit = "bsc.check"

    provider_stamp_partner_id = fields.Many2one(
        "res.partner",
        "Agreed by provider",
        copy=False,
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    provider_stamp_date = fields.Date("Provider agreed on", copy=False)
    provider_stamp_how = fields.Selection(
        selection="_selection_how", string="Provider agreed by way of", copy=False
    )
    provider_stamp_user_id = fields.Many2one(
        "res.users", "Provider's stamp recorded by", copy=False, ondelete="restrict"
    )
    team_stamp_partner_id = fields.Many2one(
        "res.partner",
        "Agreed by team",
        copy=False,
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    team_stamp_date = fields.Date("Team agreed on", copy=False)
    team_stamp_how = fields.Selection(
        selection="_selection_how", string="Team agreed by way of", copy=False
    )
    team_stamp_user_id = fields.Many2one(
        "res.users", "Team's stamp recorded by", copy=False, ondelete="restrict"
    )

    @api.model
    def _selection_how(self):
        return [
            ("meeting", self.env._("In a meeting")),
            ("phone", self.env._("By phone")),
            ("mail", self.env._("By e-mail")),
            ("link", self.env._("Through the link in a mail")),
        ]

    @api.constrains(*STAMP_FIELDS)
    def _check_stamps(self):
        """A stamp needs all verdicts, a person of that side and a date (rule 6)."""
        for check in self:
            for side in SIDES:
                partner = check[f"{side}_stamp_partner_id"]
                date = check[f"{side}_stamp_date"]
                if partner or date:
                    check._check_verdicts()
                    check._check_stamp_date(partner, date)
                    check._check_stamp_partner(side, partner)

    def _check_verdicts(self):
        """Nobody agrees before every criterion is answered with yes."""
        open_lines = self.line_ids - self._lines_with("yes")
        if open_lines or not self.line_ids:
            raise ValidationError(
                self.env._(
                    "Nobody can agree yet: these criteria are not answered with yes:"
                    " %(criteria)s.",
                    criteria=", ".join(
                        open_lines.criterion_id.mapped("display_name") or ["a–e"]
                    ),
                )
            )

    def _check_stamp_date(self, partner, date):
        if not partner or not date:
            raise ValidationError(
                self.env._("A stamp needs both the person who agreed and the date.")
            )
        if date > fields.Date.context_today(self):
            raise ValidationError(
                self.env._("The date of a stamp cannot lie in the future.")
            )

    def _check_stamp_partner(self, side, partner):
        if partner == self[f"{self._get_other_side(side)}_stamp_partner_id"]:
            raise ValidationError(
                self.env._(
                    "%(person)s cannot agree for both sides. The provider and the team"
                    " each agree through someone of their own.",
                    person=partner.name,
                )
            )
        if side == "provider":
            if not partner._bsc_belongs_to(self.provider_id.partner_id):
                raise ValidationError(
                    self.env._(
                        "%(person)s is not a contact of “%(provider)s”. The provider's"
                        " stamp is given by someone of the provider.",
                        person=partner.name,
                        provider=self.provider_id.name,
                    )
                )
        elif not partner._bsc_get_relation(self.company_id):
            raise ValidationError(
                self.env._(
                    "%(person)s does not belong to a team you work with. The team's"
                    " stamp is given by someone of a team.",
                    person=partner.name,
                )
            )

    def _sign_stamps(self, vals):
        """Return the values with who recorded a stamp: nobody signs for another.

        :param dict vals: values as given to ``create`` or ``write``
        :raise ValidationError: when a user says that a stamp came through a link
        """
        vals = dict(vals)
        if self.env.su:
            return vals
        for side in SIDES:
            who, date, how, by = (
                f"{side}_stamp_{part}"
                for part in ("partner_id", "date", "how", "user_id")
            )
            vals.pop(by, None)
            vals.pop(f"{side}_asked_date", None)
            if {who, date, how}.isdisjoint(vals):
                continue
            if vals.get(how) == "link":
                raise ValidationError(
                    self.env._(
                        "Only the person who got the mail can agree through its link."
                        " Choose another way, or ask by e-mail."
                    )
                )
            if how not in vals and "link" in self.mapped(how):
                vals[how] = False  # from now on it is the word of the user
            vals[by] = vals.get(date, True) and self.env.uid
        return vals

    def _remove_stamps(self):
        """Take back what both sides said, because what they agree on changes (rule 6).

        Who was asked by mail has to be asked again: the links stop working.
        """
        self._withdraw_question()
        stamped = self.filtered(
            lambda check: check.provider_stamp_date or check.team_stamp_date
        )
        stamped.write(
            {**dict.fromkeys(STAMP_FIELDS, False), "is_renewal_planned": False}
        )
        for check in stamped:
            check.message_post(
                body=self.env._(
                    "A verdict changes after it was agreed on: both stamps are removed."
                )
            )

    @api.model
    def _get_other_side(self, side):
        return "team" if side == "provider" else "provider"

    def _get_organisation(self, side, partner):
        """Return the provider or team that a person agrees for."""
        self.ensure_one()
        if side == "provider":
            return self.provider_id.partner_id
        return partner._bsc_get_relation(self.company_id).partner_id

    def action_change_verdict(self):
        """Take back the stamps, so that verdicts can change (rule 6)."""
        self.ensure_one()
        self._check_not_closed()
        self._remove_stamps()

    def action_stamp_provider(self):
        """Ask who of the provider agreed, and when."""
        return self._action_stamp("provider", self.env._("The provider agrees"))

    def action_stamp_team(self):
        """Ask who of the team agreed, and when."""
        return self._action_stamp("team", self.env._("The team agrees"))

    def _action_stamp(self, side, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "bsc.check.stamp",
            "view_mode": "form",
            "target": "new",
            "context": {"default_check_id": self.id, "default_side": side},
        }
