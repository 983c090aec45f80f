from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    mark_waiting(env)
    plan_followups(env)


def mark_waiting(env):
    """Let the waiting list that came with the module be one; others are named there."""
    stage = env.ref("bsc_wijkteam.bsc_referral_stage_waiting", raise_if_not_found=False)
    if stage:
        stage.is_waiting = True
        waiting = env["bsc.referral"].search([("stage_id", "=", stage.id)])
        for referral in waiting.filtered("offering_id"):
            referral.date_waiting = referral.date_last_stage_update


def plan_followups(env):
    """Follow who takes part already, from the day that it was noted."""
    env["bsc.referral"].search(
        [
            ("stage_id.milestone", "in", ("start", "lasting")),
            ("stage_id.is_closed", "=", False),
            ("date_since", "=", False),
        ]
    )._start_taking_part()
