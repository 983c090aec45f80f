"""From a professional's question to a lasting place, with nobody outside logging in.

A team refers behind its link, the coach finds what fits, the club says yes on a phone
and the referrer reads how it goes. A club that says no leads to the next best, to the
waiting list and to a place that is freed. And "not now" comes back on its day.
"""

import pytest

from .test_journeys import (
    at,
    close_dialog,
    field,
    fill,
    move_to,
    open_tab,
    part,
    press,
    until,
)
from .test_relation_journeys import day, more

PROFESSIONAL = "pien@team.example.com"
TRAINER = "toon@club.example.com"
PARTICIPANT = "Xandra"
WISH = "Meet people and move outdoors."
ACTIVITY = "Wandelvoetbal aan de kade"

pytestmark = pytest.mark.usefixtures("in_dutch")


@pytest.fixture
def relation(create, ids):
    """A team with a professional who speaks English, in an area of the demo town."""
    team = create("res.partner", name="Wijkteam Kade", is_company=True)
    person = create(
        "res.partner",
        name="Pien Peters",
        parent_id=team,
        email=PROFESSIONAL,
        lang="en_US",
    )
    return create(
        "bsc.relation",
        partner_id=team,
        contact_id=person,
        area_ids=[[6, 0, [ids("bsc_area_molenwijk_demo")]]],
    )


@pytest.fixture
def offering(server, create, read, ids):
    """Return a function that makes a checked offering of a new club."""

    def make(name, trainer, **values):
        provider = create("bsc.provider", name=f"Club {name}", is_company=True)
        club = read("bsc.provider", provider, "partner_id")[0]
        person = create(
            "res.partner", name="Toon Trap", parent_id=club, email=trainer, lang="en_US"
        )
        check = create("bsc.check", provider_id=provider)
        lines = read("bsc.check", check, "line_ids")
        server.call("coach", "bsc.check.line", "write", lines, {"verdict": "yes"})
        today = day(0)
        stamps = {
            "provider_stamp_partner_id": person,
            "provider_stamp_date": today,
            "team_stamp_partner_id": ids("res_partner_team_noord_1_demo"),
            "team_stamp_date": today,
        }
        server.call("coach", "bsc.check", "write", [check], stamps)
        return create(
            "bsc.offering",
            name=name,
            provider_id=provider,
            contact_id=person,
            price_period="free",
            area_ids=[[6, 0, [ids("bsc_area_molenwijk_demo")]]],
            slot_ids=[[0, 0, {"weekday": "2", "hour_from": 10, "hour_to": 11}]],
            **values,
        )

    return make


@pytest.fixture
def referral(create, relation, ids):
    """Return a function that makes a referral of the coach in the stage Match."""

    def make(**values):
        client = create("bsc.client", name=PARTICIPANT, may_register=True)
        return create(
            "bsc.referral",
            relation_id=relation,
            client_id=client,
            wish=WISH,
            area_id=ids("bsc_area_molenwijk_demo"),
            **{"stage_id": ids("bsc_referral_stage_match"), **values},
        )

    return make


def ask(page, name="action_ask_provider"):
    """Mail the provider whether somebody can come."""
    press(page, name)
    page.locator(".modal:visible").wait_for()
    press(page, "action_send")
    close_dialog(page)


def move_and_save(page, stage_id):
    """Move a card by the bar of its form, and wait until that is stored."""
    with page.expect_response(lambda response: "web_save" in response.url):
        move_to(page, stage_id)


def test_from_the_link_of_a_team_to_feedback_that_is_read(
    server, mailbox, browse, ids, check_barriers, open_link, read, relation, offering
):
    offering(ACTIVITY, TRAINER)
    # The professional refers in half a minute, on a phone.
    server.call("coach", "bsc.relation", "action_send_refer_link", [relation])
    team = open_link(PROFESSIONAL, "/bsc/refer")
    team.fill("#wish", f"{PARTICIPANT} wants to move")
    team.locator("details summary").click()
    team.fill("#client_name", PARTICIPANT)
    team.fill("#client_phone", "06 11223344")
    team.get_by_role("button", name="Send").click()
    team.locator("[role=alert]").wait_for()  # no name in the wish, and agreed to first
    check_barriers(team)
    team.fill("#wish", WISH)
    team.check("#may_register")
    team.select_option("#area_id", label="Molenwijk")
    team.get_by_role("button", name="Send").click()
    reference = team.locator("dd strong").inner_text()
    check_barriers(team)
    server.send_mails()
    receipt = mailbox.wait_for(PROFESSIONAL, reference).as_string()
    assert PARTICIPANT not in receipt
    # The coach sees it on the board, and finds what fits.
    page = browse("coach")
    page.goto("/odoo/bsc-referrals")
    card = page.locator(".o_kanban_record", has_text=reference)
    card.click()
    assert WISH in field(page, "wish").locator("textarea").input_value()
    move_to(page, ids("bsc_referral_stage_intake"))
    at(page, ids("bsc_referral_stage_intake"))
    move_to(page, ids("bsc_referral_stage_match"))
    at(page, ids("bsc_referral_stage_match"))
    press(page, "action_match")
    match = part(page).locator(".o_kanban_record", has_text=ACTIVITY)
    assert "+" not in match.inner_text()
    match.locator("button[name=action_propose]").click()
    close_dialog(page)
    # The club answers on a phone, and may reach the participant: that was agreed on.
    record = int(page.url.rstrip("/").split("/")[-1].split("?")[0])
    client = read("bsc.referral", record, "client_id")[0]
    server.call("coach", "bsc.client", "write", [client], {"may_share": True})
    open_tab(page, "offering")
    ask(page)
    club = open_link(TRAINER, "/bsc/request")
    assert PARTICIPANT not in club.content()
    club.get_by_role("button", name="This person can come").click()
    club.get_by_role("button", name="Show how to reach").click()
    club.locator("#reach dl").get_by_text(PARTICIPANT).wait_for()
    check_barriers(club)
    club.get_by_label("takes part").check()
    club.locator("form[action*=news] button").click()
    club.locator(".done").first.wait_for()
    check_barriers(club)
    # The coach reports back; the referrer reads it and says that it helped.
    page.reload()
    at(page, ids("bsc_referral_stage_taking_part"))
    press(page, "action_give_feedback")
    page.locator(".modal:visible").wait_for()
    message = field(page, "body").locator("textarea").input_value()
    assert ACTIVITY in message
    press(page, "action_give")
    close_dialog(page)
    reader = open_link(PROFESSIONAL, "/bsc/feedback")
    assert message.splitlines()[0] in reader.locator("blockquote").inner_text()
    assert PARTICIPANT not in reader.content()
    reader.get_by_role("button", name="This helped").click()
    reader.locator("button[aria-pressed=true]").wait_for()
    check_barriers(reader)
    [feedback] = read("bsc.referral", record, "feedback_ids")
    assert read("bsc.feedback", feedback, "helped") == "yes"
    # After three months the club tells with one tap that the person still comes.
    followups = read("bsc.referral", record, "followup_ids")
    server.call("coach", "bsc.followup", "write", followups[:1], {"date_due": day(0)})
    cron = ids("ir_cron_bsc_followup_ask")
    server.call("admin", "ir.cron", "method_direct_trigger", [cron])
    club = open_link(TRAINER, "/bsc/followup")
    club.get_by_role("button", name="Still takes part").click()
    club.locator(".done").first.wait_for()
    check_barriers(club)
    assert read("bsc.followup", followups[0], "answer") == "yes"
    # For its meeting the team gets all its referrals, without a name.
    server.call("coach", "bsc.relation", "action_send_digest", [relation])
    team = open_link(PROFESSIONAL, "/bsc/team")
    assert reference in team.content()
    assert PARTICIPANT not in team.content()


def test_who_prefers_an_account_sees_the_own_team_or_club_only(
    server, browse, ids, check_barriers, read, relation, referral, offering
):
    activity = offering("Tafeltennis op vrijdag", "account@club.example.com")
    reference = read("bsc.referral", referral(), "reference")
    [trainer] = server.call(
        "coach", "res.partner", "search", [("email", "=", "account@club.example.com")]
    )
    contact = read("bsc.relation", relation, "contact_id")[0]
    [group] = server.call(
        "admin",
        "ir.model.data",
        "search_read",
        [("module", "=", "base"), ("name", "=", "group_portal")],
        ["res_id"],
    )

    def log_in(login, partner, path):
        values = {
            "login": login,
            "password": login,
            "partner_id": partner,
            "group_ids": [[6, 0, [group["res_id"]]]],
        }
        server.call("admin", "res.users", "create", [values])
        page = browse(width=390, height=844)
        page.goto("/web/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", login)
        page.click(".oe_login_form button[type=submit]")
        page.wait_for_url("**/my**")
        page.goto(path)
        check_barriers(page)
        return page.locator("main").inner_text()

    team = log_in("account_team", contact, "/my/bsc/referrals")
    assert reference in team
    assert PARTICIPANT not in team
    assert WISH not in team
    club = log_in("account_club", trainer, "/my/bsc/offer")
    assert read("bsc.offering", activity, "name") in club
    assert "Judo" not in club
    assert reference not in club


def test_declined_then_the_next_then_waiting_until_a_place_is_free(
    server, browse, ids, check_barriers, open_link, read, referral, offering
):
    full = offering("Zwemmen op maandag", "full@club.example.com")
    server.call(
        "coach", "bsc.offering", "write", [full], {"is_limited": True, "places": 1}
    )
    first = offering("Dansen op dinsdag", "no@club.example.com")
    taken = referral(offering_id=full)
    trial = {"stage_id": ids("bsc_referral_stage_trial")}
    server.call("coach", "bsc.referral", "write", [taken], trial)
    record = referral(offering_id=first)
    page = browse("coach")
    page.goto(f"/odoo/bsc-referrals/{record}")
    open_tab(page, "offering")
    ask(page)
    # The first club says no, with a reason.
    club = open_link("no@club.example.com", "/bsc/request")
    club.locator("summary", has_text="No, it is not possible").click()
    club.select_option("#reason", index=1)
    club.get_by_role("button", name="This person cannot come").click()
    club.locator("[role=status]").wait_for()
    check_barriers(club)
    # The next best is proposed at once.
    page.reload()
    open_tab(page, "offering")
    press(page, "action_ask_next")
    page.locator(".modal:visible").wait_for()
    proposed = field(page, "offering_id").inner_text()
    assert proposed and "Dansen" not in proposed
    page.locator(".modal:visible .btn-close").click()
    close_dialog(page)
    # The person would rather wait for the one that is full.
    waiting = {
        "offering_id": full,
        "review_date": day(30),
        "stage_id": ids("bsc_referral_stage_waiting"),
    }
    server.call("coach", "bsc.referral", "write", [record], waiting)
    page.reload()
    page.locator(".o_field_widget[name=waiting_rank]:visible").wait_for()
    assert read("bsc.referral", record, "waiting_rank") == 1
    # Somebody leaves: who is first in line is told, and the club is asked.
    closed = {"stage_id": ids("bsc_referral_stage_closed"), "outcome": "elsewhere"}
    server.call("coach", "bsc.referral", "write", [taken], closed)
    page.reload()
    page.locator("button[name=action_pass_place]:visible").wait_for()
    ask(page)
    club = open_link("full@club.example.com", "/bsc/request")
    club.get_by_role("button", name="This person can come").click()
    club.locator("[role=status]").wait_for()
    assert PARTICIPANT not in club.content()
    page.reload()
    move_and_save(page, ids("bsc_referral_stage_trial"))
    assert read("bsc.offering", full, "places_free") == 0


def test_not_now_is_looked_at_again(server, browse, ids, read, referral):
    record = referral()
    page = browse("coach")
    page.goto(f"/odoo/bsc-referrals/{record}")
    more(page, "action_pause")
    page.locator(".modal:visible").wait_for()
    field(page, "review_date").locator("button, input").first.click()
    fill(page, "review_date", "+30d")
    press(page, "action_close")
    close_dialog(page)
    at(page, ids("bsc_referral_stage_not_now"))
    # A month later it comes back by itself.
    server.call("coach", "bsc.referral", "write", [record], {"review_date": day(0)})
    reference = read("bsc.referral", record, "reference")
    page.goto("/odoo/bsc-referrals")
    page.locator(".o_kanban_group").first.wait_for()
    review = page.locator(".o_filter_menu .o_menu_item:visible", has_text="Vandaag")
    until(page, review, page.locator(".o_searchview_dropdown_toggler").click)
    review.first.click()
    card = page.locator(".o_kanban_record", has_text=reference)
    until(page, card, lambda: page.locator(".o_column_folded").first.click())
    card.click()
    move_and_save(page, ids("bsc_referral_stage_intake"))
    assert read("bsc.referral", record, "date_intake")
