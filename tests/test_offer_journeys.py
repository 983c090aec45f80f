"""The overview of activities stays true, and everybody outside helps without a login.

A coach checks a club, both sides agree behind a link on their phone, the overview is
handed out, the club corrects its own price, and what is published says the same.
"""

import json
import re

import pytest

from .test_journeys import choose, close_dialog, expect, field, fill, press

CLUB = "Wandelclub Buiten"
ACTIVITY = "Wandelen zonder haast"
TRAINER = "Wil Wandel"
PROFESSIONAL = "Pim Postbus"


@pytest.fixture
def club(server, create):
    """A club that nobody checked yet, and a team with someone to mail to."""
    provider = create("bsc.provider", name=CLUB, is_company=True)
    [values] = server.call("coach", "bsc.provider", "read", [provider], ["partner_id"])
    trainer = create(
        "res.partner",
        name=TRAINER,
        parent_id=values["partner_id"][0],
        email="wil@club.example.com",
        phone="06 98765432",
        lang="en_US",
    )
    area = server.call("coach", "bsc.area", "search", [], limit=1, order="id")[0]
    offering = create(
        "bsc.offering",
        name=ACTIVITY,
        provider_id=provider,
        price=12.5,
        price_period="month",
        contact_id=trainer,
        area_ids=[[6, 0, [area]]],
        slot_ids=[[0, 0, {"weekday": "2", "hour_from": 10, "hour_to": 11}]],
    )
    [relation] = server.call(
        "coach",
        "bsc.relation",
        "search_read",
        [("partner_id.name", "=", "Wijkteam Noord")],
        ["partner_id"],
    )
    create(
        "res.partner",
        name=PROFESSIONAL,
        parent_id=relation["partner_id"][0],
        email="pim@team.example.com",
        lang="en_US",
    )
    return {"provider": provider, "offering": offering, "area": area}


def ask_to_agree(page, side, name, team=None):
    """Have the coach ask one side by mail whether it agrees."""
    press(page, f"action_stamp_{side}")
    page.locator(".modal:visible").wait_for()
    person = field(page, "partner_id").locator("input").first
    if team:
        choose(page, "relation_id", team)
        expect(person).not_to_have_value("")  # the contact person is proposed
        choose(page, "partner_id", name)
    # One person of a provider is proposed.
    expect(person).to_have_value(re.compile(name))
    expect(page.locator(".o-autocomplete--dropdown-menu")).to_have_count(0)
    field(page, "how").locator("input[data-value=link]").check()
    press(page, "action_ask")
    close_dialog(page)


def agree(page, check_barriers):
    page.get_by_role("button", name="I agree").click()
    page.get_by_text("You agreed on").first.wait_for()
    check_barriers(page)


def check_with_links(page, club, open_link, check_barriers):
    """Seven answers by the coach; both sides agree on their phone."""
    page.goto(f"/odoo/bsc-providers/{club['provider']}")
    press(page, "action_check_criteria")
    lines = page.locator(".o_field_widget[name=line_ids] .o_kanban_record:visible")
    lines.nth(6).wait_for()
    for number in range(7):
        lines.nth(number).locator("button[name=action_yes]").click()
        lines.nth(number).locator("button[name=action_yes].btn-success").wait_for()
    ask_to_agree(page, "provider", TRAINER)
    ask_to_agree(page, "team", PROFESSIONAL, team="Wijkteam Noord")
    agree(open_link("wil@club.example.com", "/bsc/check"), check_barriers)
    agree(open_link("pim@team.example.com", "/bsc/check"), check_barriers)
    page.reload()
    page.locator(".o_field_widget[name=valid_until]:visible").wait_for()


def share_overview(page, browse, server, check_barriers):
    """Take the link out of the dialog, and read it on a phone without a login."""
    page.goto("/odoo/bsc-overview")
    page.locator(".o_kanban_record", has_text=ACTIVITY).first.wait_for()
    page.locator(".o_control_panel button:visible", has_text="Share").first.click()
    page.locator(".modal:visible").wait_for()
    fill(page, "text", ACTIVITY)
    link = field(page, "link").inner_text().split()[0]
    reader = browse(width=390, height=844)
    reader.goto(re.sub(r"^https?://[^/]+", server.url, link))
    shown = reader.locator("main").inner_text()
    assert ACTIVITY in shown
    assert "12.50" in shown.replace(",", ".")
    assert TRAINER not in shown
    assert "98765432" not in shown
    check_barriers(reader)
    # Choosing works without a script: nothing is found on a Sunday.
    reader.locator("details summary").first.click()
    reader.locator("input[name=day][value='6']").check()
    reader.locator("details button[type=submit]").click()
    reader.get_by_text("Nothing fits").wait_for()
    check_barriers(reader)
    return link


def correct_price(server, page, club, open_link, check_barriers):
    """The club corrects its price in a minute; the coach takes it over."""
    page.goto(f"/odoo/bsc-providers/{club['provider']}")
    press(page, "action_ask_confirmation")
    page.locator(".o_notification").first.wait_for()
    phone = open_link("wil@club.example.com", "/bsc/offer")
    phone.get_by_role("link", name="Something changed").first.click()
    check_barriers(phone)
    phone.fill("#price", "-3")
    phone.fill("#remark", "<script>alert(1)</script> Half an hour longer.")
    phone.locator("form button[type=submit]:visible").last.click()
    phone.locator("[role=alert]").wait_for()  # refused, and nothing typed is lost
    assert "Half an hour" in phone.locator("#remark").input_value()
    check_barriers(phone)
    phone.fill("#price", "15,00")
    phone.locator("form button[type=submit]:visible").last.click()
    phone.locator("[role=status]").first.wait_for()

    def price():
        values = server.call(
            "coach", "bsc.offering", "read", [club["offering"]], ["price"]
        )
        return values[0]["price"]

    assert price() == 12.5, "a correction waits for the coach"
    page.goto("/odoo/bsc-corrections")
    page.locator(".o_data_row", has_text=ACTIVITY).locator("td").nth(2).click()
    press(page, "action_take_over")
    page.locator("button[name=action_take_over]:visible").wait_for(state="detached")
    assert price() == 15


def test_overview_is_checked_shared_and_kept_right(
    server, browse, club, open_link, check_barriers
):
    page = browse("coach")
    server.call(
        "coach",
        "res.users",
        "write",
        server.call("coach", "res.users", "search", [("login", "=", "coach")]),
        {"lang": "en_US"},
    )
    check_with_links(page, club, open_link, check_barriers)
    link = share_overview(page, browse, server, check_barriers)
    correct_price(server, page, club, open_link, check_barriers)
    answer = browse(width=390, height=844)
    answer.goto(re.sub(r"^https?://[^/]+", server.url, link))
    assert "15.00" in answer.locator("main").inner_text().replace(",", ".")


def test_feed_is_off_until_it_is_switched_on_and_names_no_person(server, browse, club):
    page = browse()
    address = "/bsc/oruk/v3/services"
    assert page.goto(address).status == 404
    company = server.call("admin", "res.company", "search", [], limit=1, order="id")
    server.call("admin", "res.company", "write", company, {"bsc_feed_enabled": True})
    answer = page.goto(f"{address}?per_page=100")
    assert answer.status == 200
    listed = json.loads(answer.text())
    assert listed["total_items"] == len(listed["contents"]) > 3
    names = [service["name"] for service in listed["contents"]]
    assert "Judo voor jongeren" in names
    [people] = [
        server.call(
            "admin",
            "res.partner",
            "search_read",
            [("parent_id", "!=", False), ("type", "=", "contact")],
            ["name"],
        )
    ]
    text = answer.text()
    assert people
    assert not [person["name"] for person in people if person["name"] in text]
