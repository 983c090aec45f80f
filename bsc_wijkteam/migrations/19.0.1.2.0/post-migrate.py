from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    mark_promises(env)


def mark_promises(env):
    """Tell that our activity type is about promises: its data is not updated."""
    activity_type = env.ref(
        "bsc_wijkteam.mail_activity_type_promise", raise_if_not_found=False
    )
    if activity_type:
        activity_type.bsc_is_promise = True
