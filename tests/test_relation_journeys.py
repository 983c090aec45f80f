"""A coach builds the collaboration with a team: with a phone in hand, and in time.

A first talk is prepared, held and noted on a phone; and a team that nobody spoke to for
months is found on the board, visited, and in good health again.
"""

import datetime

import pytest

from .test_journeys import (
    close_dialog,
    field,
    fill,
    press,
    save_dialog,
    until,
)

PERSON = "Lot van Laar"
HEARD = "Wachtlijsten, en bewoners die niet durven"
PROMISE = "Folder over wandelgroepen brengen"

pytestmark = pytest.mark.usefixtures("in_dutch")


def day(offset):
    """Return the date so many days from now."""
    return (datetime.date.today() + datetime.timedelta(days=offset)).isoformat()


def hour(offset):
    """Return an hour on the day so many days from now."""
    return {"start": f"{day(offset)} 10:00:00", "stop": f"{day(offset)} 11:00:00"}


@pytest.fixture
def team(create):
    """Return a function that makes a collaboration of the coach with a new team."""

    def make(name, **values):
        organisation = create("res.partner", name=name, is_company=True)
        person = create("res.partner", name=PERSON, parent_id=organisation)
        return create(
            "bsc.relation",
            partner_id=organisation,
            contact_id=person,
            way_in="warm",
            **values,
        )

    return make


def more(page, name):
    """Press a button of the form, where needed behind its “…”."""
    page.locator(".o_statusbar_buttons button:visible").first.wait_for()
    button = page.locator(f"button[name='{name}']:visible")
    menu = page.locator(".o_statusbar_buttons .dropdown-toggle:visible").first
    until(page, button, menu.click)
    button.first.click()


def note_meeting(ids, page, relation, promise=None):
    """Note in one dialog who was there, what was heard and what was promised."""
    page.goto(f"/odoo/bsc-teams/{relation}")
    more(page, str(ids("bsc_relation_note_action")))
    page.locator(".modal:visible").wait_for()
    field(page, "partner_ids").get_by_label(PERSON).check()
    fill(page, "remark", "Ze willen een keer komen kijken.")
    page.locator(".modal summary").click()
    fill(page, "challenges", HEARD)
    if promise:
        field(page, "promise_ids").locator(".o-kanban-button-new").click()
        page.locator(".modal:visible").nth(1).wait_for()
        fill(page, "summary", promise)
        field(page, "date_deadline").locator("button, input").first.click()
        fill(page, "date_deadline", "+7d")
        page.locator(".modal:visible").last.locator(".o_form_button_save").click()
        page.locator(".modal:visible").nth(1).wait_for(state="detached")


def test_first_talk_prepared_held_and_noted_on_a_phone(server, browse, ids, team, read):
    stage = ids("bsc_relation_stage_acquainted")
    relation = team("Buurtteam De Brug", stage_id=stage)
    page = browse("coach", width=390, height=844)
    page.goto(f"/odoo/bsc-teams/{relation}")
    # Prepared: what to ask stands on one page.
    more(page, "action_plan_meeting")
    save_dialog(page)
    more(page, "action_open_kit")
    kit = page.locator(".o_field_widget[name=kit]")
    kit.get_by_text(PERSON).first.wait_for()
    assert "Welke casussen komen jullie het meest tegen?" in kit.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    # Held: the talk is over.
    meetings = read("bsc.relation", relation, "meeting_ids")
    server.call("coach", "calendar.event", "write", meetings, hour(-1))
    # Noted: who was there, what was heard, what was promised.
    # The stage has planned some promises.
    before = read("bsc.relation", relation, "promise_open_count")
    note_meeting(ids, page, relation, promise=PROMISE)
    press(page, "action_save")
    close_dialog(page)
    assert read("bsc.relation", relation, "challenges") == HEARD
    assert read("bsc.relation", relation, "promise_open_count") == before + 1
    assert read("bsc.relation", relation, "contact_days") == 1
    present = server.call(
        "coach",
        "calendar.attendee",
        "search_read",
        [("event_id", "in", meetings), ("bsc_is_present", "=", True)],
        ["common_name"],
    )
    assert PERSON in {attendee["common_name"] for attendee in present}
    # The next kit knows who was there and what was promised.
    page.goto(f"/odoo/bsc-teams/{relation}")
    more(page, "action_open_kit")
    kit.get_by_text(PROMISE).first.wait_for()
    assert HEARD in kit.inner_text()


def test_relation_that_cools_down_is_repaired(server, browse, ids, team, read):
    name = "Sociaal team Westkade"
    [coach] = server.call("coach", "res.users", "search", [("login", "=", "coach")])
    relation = team(name)
    server.call(
        "coach",
        "bsc.relation",
        "activity_schedule",
        [relation],
        "bsc_wijkteam.mail_activity_type_promise",
        day(-3),
        PROMISE,
        user_id=coach,
    )
    values = {"name": name, "bsc_relation_id": relation, **hour(-60)}
    server.call("coach", "calendar.event", "create", [values])
    # Two months without a word, and a promise that was not kept: found on the board.
    page = browse("coach")
    page.goto("/odoo/bsc-teams")
    card = page.locator(".o_kanban_record", has_text=name)
    card.wait_for()
    reasons = card.locator("[title]:has([name=health])").get_attribute("title")
    assert "60" in reasons and len(reasons.splitlines()) == 2, reasons
    cooling = page.locator(".o_filter_menu .o_menu_item:visible", has_text="Koelt af")
    until(page, cooling, page.locator(".o_searchview_dropdown_toggler").click)
    cooling.click()
    card.wait_for()
    # The coach goes by, and notes it.
    server.call(
        "coach",
        "calendar.event",
        "create",
        [{"name": name, "bsc_relation_id": relation, **hour(-1)}],
    )
    note_meeting(ids, page, relation)
    field(page, "our_kept_ids").get_by_label(PROMISE).check()
    press(page, "action_save")
    close_dialog(page)
    page.goto("/odoo/bsc-teams")
    card.locator("[name=health] .text-bg-success").wait_for()
    assert read("bsc.relation", relation, "health") == "good"
    assert not read("bsc.relation", relation, "promise_late_count")


def test_invited_professional_says_yes_without_logging_in(
    server, open_link, check_barriers, team, read
):
    relation = team("Wijkteam Oever")
    person = read("bsc.relation", relation, "contact_id")[0]
    address = "lot@team.example.com"
    values = {"email": address, "lang": "en_US"}
    server.call("coach", "res.partner", "write", [person], values)
    [meeting] = server.call(
        "coach",
        "calendar.event",
        "create",
        [
            {
                "name": "Kom kijken bij het wandelen",
                "bsc_relation_id": relation,
                "bsc_kind": "come_and_watch",
                "partner_ids": [[6, 0, [person]]],
                **hour(7),
            }
        ],
    )
    server.call("coach", "calendar.event", "action_bsc_invite", [meeting])
    page = open_link(address, "/bsc/meeting")
    page.get_by_role("button", name="Yes").click()
    page.locator("[role=status]").wait_for()
    check_barriers(page)
    [attendee] = server.call(
        "coach",
        "calendar.attendee",
        "search_read",
        [("event_id", "=", meeting), ("partner_id", "=", person)],
        ["state"],
    )
    assert attendee["state"] == "accepted"
