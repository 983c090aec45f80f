from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# What the lines of the default activity plans say, by the last part of their id. Odoo
# keeps these texts in one language only, so they are written in the organisation's.
PLAN_SUMMARIES = {
    "relation_prepare_1": _lt("Find out how the team is organised"),
    "relation_prepare_2": _lt("Draw the neighbourhood map: whom do I know?"),
    "relation_prepare_3": _lt("Discuss feasibility with your manager"),
    "relation_contact_1": _lt("Call your warm contact or the policy officer"),
    "relation_contact_2": _lt("Choose a date to get acquainted"),
    "relation_acquainted_1": _lt("First talk: get acquainted"),
    "relation_acquainted_2": _lt("Write down the profile of the team"),
    "relation_acquainted_3": _lt("Send the factsheets and what you promised"),
    "relation_explore_1": _lt("Go through the activity overview with the team"),
    "relation_explore_2": _lt("Let the team come and watch an activity"),
    "relation_explore_3": _lt("Write down the shared goal"),
    "relation_start_small_1": _lt("Choose one resident or family together"),
    "relation_start_small_2": _lt("Report back on the first referral"),
    "relation_start_small_3": _lt("Tell the first result in the team meeting"),
    "relation_collaborate_1": _lt("Join the team meeting"),
    "relation_collaborate_2": _lt("Report back on all current referrals"),
    "relation_collaborate_3": _lt("Evaluate the collaboration together"),
    "relation_embedded_1": _lt("Put the agreements on paper"),
    "relation_embedded_2": _lt("Show the results to manager and municipality"),
    "relation_embedded_3": _lt("Yearly evaluation with the team"),
    "relation_dormant_1": _lt("Close the open promises, or say that you cannot"),
    "relation_dormant_2": _lt("Call to hear whether there is room again"),
}


def post_init_hook(env):
    """Write the default activity plans in the language of the organisation.

    :param env: environment of the installation
    """
    env = env(context=dict(env.context, lang=env.company.partner_id.lang))
    for name, summary in PLAN_SUMMARIES.items():
        line = env.ref(f"bsc_wijkteam.mail_activity_plan_template_{name}")
        line.summary = env._(summary)  # pylint: disable=gettext-variable
    for stage in env["bsc.relation.stage"].search([]):
        stage.activity_plan_id.name = stage.name
