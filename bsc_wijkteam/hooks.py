def post_init_hook(env):
    """Write the default activity plans in the language of the organisation.

    Odoo keeps the texts of a plan in one language only.

    :param env: environment of the installation
    """
    env = env(context=dict(env.context, lang=env.company.partner_id.lang))
    for name, summary in _get_plan_summaries(env).items():
        line = env.ref(f"bsc_wijkteam.mail_activity_plan_template_{name}")
        line.summary = summary
    for stage in env["bsc.relation.stage"].search([("activity_plan_id", "!=", False)]):
        stage.activity_plan_id.name = stage.name


def _get_plan_summaries(env):
    """What the lines of the default activity plans say, by the end of their id."""
    return {
        "relation_prepare_1": env._("Find out how the team is organised"),
        "relation_prepare_2": env._("Draw the neighbourhood map: whom do I know?"),
        "relation_prepare_3": env._("Discuss feasibility with your manager"),
        "relation_contact_1": env._("Call your warm contact or the policy officer"),
        "relation_contact_2": env._("Choose a date to get acquainted"),
        "relation_acquainted_1": env._("First talk: get acquainted"),
        "relation_acquainted_2": env._("Write down the profile of the team"),
        "relation_acquainted_3": env._("Send the factsheets and what you promised"),
        "relation_explore_1": env._("Go through the activity overview with the team"),
        "relation_explore_2": env._("Let the team come and watch an activity"),
        "relation_explore_3": env._("Write down the shared goal"),
        "relation_start_small_1": env._("Choose one resident or family together"),
        "relation_start_small_2": env._("Report back on the first referral"),
        "relation_start_small_3": env._("Tell the first result in the team meeting"),
        "relation_collaborate_1": env._("Join the team meeting"),
        "relation_collaborate_2": env._("Report back on all current referrals"),
        "relation_collaborate_3": env._("Evaluate the collaboration together"),
        "relation_embedded_1": env._("Put the agreements on paper"),
        "relation_embedded_2": env._("Show the results to manager and municipality"),
        "relation_embedded_3": env._("Yearly evaluation with the team"),
        "relation_dormant_1": env._("Close the open promises, or say that you cannot"),
        "relation_dormant_2": env._("Call to hear whether there is room again"),
    }
