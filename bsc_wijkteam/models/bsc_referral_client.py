from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command


class BscReferral(models.Model):
    """Who it is about: kept with the participant, never on the referral (rule 5)."""

    _inherit = "bsc.referral"

    client_id = fields.Many2one(
        "bsc.client",
        "Participant",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        exportable=False,
    )
    client_name = fields.Char(
        "Name",
        compute="_compute_client_name",
        exportable=False,
        help="Shown only to those who may know who the participant is.",
    )

    @api.depends("client_id.name")
    @api.depends_context("uid")
    def _compute_client_name(self):
        # Not even in a superuser environment: only who may read the participant.
        readable = self.client_id.sudo(False)._filtered_access("read")
        for referral in self:
            client = referral.client_id.sudo(False)
            referral.client_name = client.name if client in readable else False

    @api.model_create_multi
    def create(self, vals_list):
        self._check_client_known(vals.get("client_id") for vals in vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if "client_id" in vals and any(
            referral.client_id.id != vals["client_id"] for referral in self
        ):
            self._check_client_known([vals["client_id"]])
        return super().write(vals)

    def _check_client_known(self, client_ids):
        """Let nobody get to know a participant by putting him or her on a referral.

        :param client_ids: identifiers of participants, empty ones are let be
        :raise AccessError: when the user may not read one of them
        """
        clients = self.env["bsc.client"].browse(filter(None, client_ids))
        if clients != clients._filtered_access("read"):
            raise AccessError(
                self.env._(
                    "Choose a participant of your own, or note a new one."
                    " Somebody else's participant stays with that coach."
                )
            )

    def _get_missing_requirements(self, origin):
        missing = super()._get_missing_requirements(origin)
        if self.stage_id.requires_client and self.client_id:
            client = self.client_id.sudo()  # a permission is no identity
            if not client.may_register:
                missing.append(
                    self.env._("the participant's permission to be registered")
                )
        return missing

    def _get_privacy_client(self):
        return self.client_id

    def action_new_client(self):
        """Open the dialog to note who this is; the participant joins this referral."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New participant"),
            "res_model": "bsc.client",
            "view_mode": "form",
            "views": [
                (self.env.ref("bsc_wijkteam.bsc_client_view_form_new").id, "form")
            ],
            "target": "new",
            "context": {
                "default_company_id": self.company_id.id,
                "default_referral_ids": [Command.link(self.id)],
            },
        }

    def action_reveal_client(self):
        """Open the participant, or ask a coordinator why first."""
        self.ensure_one()
        if self.client_id.has_access("read"):
            return {
                "type": "ir.actions.act_window",
                "res_model": "bsc.client",
                "res_id": self.client_id.id,
                "view_mode": "form",
                "target": "current",
            }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who is this participant?"),
            "res_model": "bsc.client.reveal",
            "view_mode": "form",
            "target": "new",
            "context": {"default_client_id": self.client_id.id},
        }
