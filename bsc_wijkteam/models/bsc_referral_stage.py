from odoo import api, fields, models
from odoo.exceptions import UserError


class BscReferralStage(models.Model):
    """A step on the way from a professional's question to a lasting place."""

    _name = "bsc.referral.stage"
    _description = "Referral Stage"
    _inherit = ["bsc.stage.mixin"]

    requires_client = fields.Boolean(
        "Needs a participant",
        help="The participant must be known and must have agreed to be registered.",
    )
    requires_offering = fields.Boolean("Needs an offering")
    requires_referable = fields.Boolean(
        "Needs a checked offering",
        help="The offering must have a valid criteria check on entering this stage.",
    )
    occupies_place = fields.Boolean(
        "Takes a place",
        help="A referral in this stage takes one of the places of the offering.",
    )
    is_waiting = fields.Boolean(
        "Waits for a place",
        help="A referral in this stage stands in line for a place of its offering.",
    )
    requires_review_date = fields.Boolean("Needs a date to look again")
    milestone = fields.Selection(
        [
            ("intake", "Intake"),
            ("match", "Match"),
            ("trial", "Trial"),
            ("start", "Start"),
            ("lasting", "Lasting"),
            ("closed", "Closed"),
        ],
        help="The date that is set when a referral enters this stage first.",
    )
    feedback_kind = fields.Selection(
        [("start", "Start"), ("stop", "Stop"), ("final", "End")],
        "Feedback moment",
        help="Feedback to the referrer falls due at once on entering this stage.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        referrals = self.env["bsc.referral"].sudo()  # in use by any company counts
        if referrals.with_context(active_test=False).search_count(
            [("stage_id", "in", self.ids)], limit=1
        ):
            raise UserError(
                self.env._(
                    "A stage that is in use cannot be deleted."
                    " Move its referrals first, or archive the stage."
                )
            )
