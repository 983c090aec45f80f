"""The main job once from end to end, in a real browser on a real server.

The coach loads a real list of sport providers, checks one against the five criteria,
meets a team, receives a referral, finds a checked place and reports back. Then the
manager looks at the dashboard.
"""

import datetime
import re

import pytest

from .conftest import SHARED

REAL_LIST = SHARED / "amsterdam" / "sportaanbieders.csv"
# The list has 811 names. 34 of them share a chamber-of-commerce number with another,
# and five stand for two organisations, with another number or in another town.
ORGANISATIONS = 782
DASHBOARD = "spreadsheet.dashboard"
TEAM = "Wijkteam Nieuwland"
PARTICIPANT = "Zoraida"
FEEDBACK = "Was there three times already and likes the group."


def expect(locator):
    """Playwright's own waiting assertions; the package may be absent."""
    return pytest.importorskip("playwright.sync_api").expect(locator)


def part(page):
    """What a person works in: the dialog that is open, or else the form."""
    dialog = page.locator(".modal:visible")
    return dialog.last if dialog.count() else page.locator(".o_form_view")


def field(page, name):
    return part(page).locator(f".o_field_widget[name={name}]:visible").first


def fill(page, name, text):
    box = field(page, name).locator("input, textarea").first
    box.fill(text)
    box.press("Tab")


def choose(page, name, text, scope=None):
    """Search a record by typing, and take the first that the field proposes."""
    box = (scope or field(page, name)).locator("input").first
    box.click()

    def is_answer(response):
        """What comes later would open the list again."""
        return "name_search" in response.url and text in response.request.post_data

    with page.expect_response(is_answer):
        box.fill(text)
    take(page.locator(".o-autocomplete--dropdown-item", has_text=text).first)


def pick(page, name):
    """Take the first answer that a field offers."""
    box = field(page, name).locator("input").first
    box.click()
    item = page.locator(".o_select_menu_item:visible").first
    label = item.inner_text()
    take(item)
    expect(box).to_have_value(label)


def take(item):
    """Click an item of a list that closes with it.

    A list that is drawn anew under the pointer swallows the click.
    """
    for _attempt in range(5):
        item.click()
        try:
            expect(item).to_be_hidden(timeout=2000)
            return
        except AssertionError:
            continue
    expect(item).to_be_hidden()


def press(page, name):
    """Press a button by the name of what it does."""
    part(page).locator(f"button[name={name}]:visible").first.click()


def close_dialog(page):
    page.locator(".modal:visible").wait_for(state="detached")


def save(page):
    page.locator(".o_form_button_save:visible").click()
    page.locator(".o_form_button_save:visible").wait_for(state="detached")


def save_dialog(page):
    page.locator(".modal:visible").wait_for()
    part(page).locator(".o_form_button_save, footer .btn-primary").first.click()
    close_dialog(page)


def open_tab(page, name):
    part(page).locator(f".nav-link[name={name}]").click()


def refusal(page):
    """Return the sentence of a refusal, and close it."""
    dialog = page.locator(".o_error_dialog, .modal:visible").last
    dialog.wait_for()
    text = dialog.inner_text()
    dialog.locator("footer button").first.click()
    close_dialog(page)
    return text


def until(page, wanted, step):
    """Repeat a step while the page still draws itself, until something is there."""
    for _attempt in range(20):
        if wanted.count():
            return
        step()
        page.wait_for_timeout(250)
    wanted.first.wait_for()


def move_to(page, stage_id):
    """Click a stage in the bar of a form, or in a menu where the bar is narrow."""
    bar = page.locator(".o_field_widget[name=stage_id] .o_statusbar_status")
    stage = bar.locator(f"button[data-value='{stage_id}']")
    stage.wait_for(state="attached")
    if stage.is_visible():
        stage.click()
        return
    item = page.locator(
        ".o-dropdown--menu .o-dropdown-item:visible",
        has_text=stage.text_content().strip(),
    )
    for menu in bar.locator("button.dropdown-toggle:visible").all():
        menu.click()
        page.locator(".o-dropdown--menu").first.wait_for()
        if item.count():
            break
    item.click()


def at(page, stage_id):
    """Wait until the bar of the form is at this stage."""
    bar = page.locator(".o_field_widget[name=stage_id] .o_statusbar_status")
    # A narrow bar keeps it in a menu.
    stage = bar.locator(f".o_arrow_button_current[data-value='{stage_id}']")
    stage.wait_for(state="attached")


def load_areas(browse):
    page = browse("coordinator")
    page.goto("/odoo/bsc-teams")
    page.click("[data-menu-xmlid='bsc_wijkteam.bsc_wijkteam_menu_configuration']")
    page.click("[data-menu-xmlid='bsc_wijkteam.bsc_area_load_menu']")
    page.locator(".modal:visible").wait_for()
    choose(page, "municipality_ids", "Amsterdam")
    part(page).get_by_text("517").first.wait_for()  # neighbourhoods, told beforehand
    press(page, "action_load")
    page.locator(".o_list_view .o_data_row").first.wait_for()


def import_list(server, page):
    def count(model):
        return server.call("coach", model, "search_count", [])

    def load():
        page.goto("/odoo/bsc-activities?view_type=list")
        page.click(".o_cp_action_menus button")
        page.click(".o_import_menu")
        page.locator(".o_import_action").wait_for()
        page.set_input_files("input[type=file]", REAL_LIST)
        page.locator(".o_select_menu_toggler").first.wait_for()
        before = count("bsc.provider"), count("bsc.offering")
        buttons = page.locator(".o_control_panel button:visible")
        buttons.filter(has_text="Test").click()
        page.locator(".o_import_action .alert").first.wait_for()
        assert (count("bsc.provider"), count("bsc.offering")) == before
        buttons.first.click()
        page.locator(".o_import_action").wait_for(state="detached", timeout=60_000)

    providers, sports = count("bsc.provider"), count("bsc.sport")
    load()
    assert count("bsc.provider") - providers == ORGANISATIONS
    assert count("bsc.sport") == sports
    after = count("bsc.provider"), count("bsc.offering"), count("res.partner")
    load()
    assert (
        count("bsc.provider"),
        count("bsc.offering"),
        count("res.partner"),
    ) == after


def check_criteria(server, page, club):
    page.goto("/odoo/bsc-providers?view_type=list")
    page.locator(".o_searchview_input").fill(club)
    page.locator(".o_searchview_input").press("Enter")
    row = page.locator(".o_data_row", has_text=club).first
    row.locator("td.o_data_cell").first.click()
    press(page, "action_check_criteria")
    lines = page.locator(".o_field_widget[name=line_ids] .o_kanban_record:visible")
    lines.nth(6).wait_for()
    for number in range(7):
        lines.nth(number).locator("button[name=action_yes]").click()
        lines.nth(number).locator("button[name=action_yes].btn-success").wait_for()
    press(page, "action_stamp_provider")
    choose(page, "partner_id", "Tess Trainer")
    press(page, "action_record")
    close_dialog(page)
    press(page, "action_stamp_team")
    choose(page, "relation_id", "Wijkteam Noord")
    choose(page, "partner_id", "Anna Lijn")
    press(page, "action_record")
    close_dialog(page)
    page.locator(".o_field_widget[name=valid_until]:visible").wait_for()
    [provider] = server.call(
        "coach",
        "bsc.provider",
        "search_read",
        [("name", "=", club)],
        ["vetting_state", "offering_ids"],
    )
    assert provider["vetting_state"] == "valid"
    [offering] = server.call(
        "coach",
        "bsc.offering",
        "read",
        provider["offering_ids"][:1],
        ["is_referable"],
    )
    assert offering["is_referable"]


def meet_team(server, page, ids):
    """Begin with a team on the board and walk the first stages with it."""
    page.goto("/odoo/bsc-teams")
    page.locator(".o_kanban_group").first.wait_for()
    page.click(".o-kanban-button-new")
    quick = page.locator(".o_kanban_quick_create")
    choose(page, "partner_id", TEAM, quick.locator("[name=partner_id]"))
    quick.locator(".o_kanban_edit").click()
    move_to(page, ids("bsc_relation_stage_contact"))
    at(page, ids("bsc_relation_stage_contact"))
    move_to(page, ids("bsc_relation_stage_acquainted"))
    told = refusal(page)
    assert told.count("•") == 2, told  # a way in and a contact person
    open_tab(page, "start")
    pick(page, "way_in")
    choose(page, "contact_id", "Bo Netwerk")
    save(page)
    at(page, ids("bsc_relation_stage_acquainted"))
    press(page, "action_plan_meeting")
    save_dialog(page)
    move_to(page, ids("bsc_relation_stage_explore"))
    assert "•" in refusal(page)  # the meeting is still to come
    [relation] = server.call(
        "coach",
        "bsc.relation",
        "search_read",
        [("partner_id.name", "=", TEAM)],
        ["meeting_ids", "contact_id", "meeting_count"],
    )
    assert relation["meeting_count"] == 1
    yesterday = datetime.datetime.now() - datetime.timedelta(days=1)
    values = {
        "start": yesterday.strftime("%Y-%m-%d 10:00:00"),
        "stop": yesterday.strftime("%Y-%m-%d 11:00:00"),
    }
    server.call("coach", "calendar.event", "write", relation["meeting_ids"], values)
    save(page)
    at(page, ids("bsc_relation_stage_explore"))
    server.call(
        "coach",
        "res.partner",
        "write",
        [relation["contact_id"][0]],
        {"email": "bo@team.example.com"},
    )


def guide_participant(server, page, ids, club):
    """From the question of the team to a person who takes part."""
    page.goto("/odoo/bsc-referrals")
    page.locator(".o_kanban_group").first.wait_for()
    page.click(".o-kanban-button-new")
    quick = page.locator(".o_kanban_quick_create")
    choose(page, "relation_id", TEAM, quick.locator("[name=relation_id]"))
    quick.locator("[name=wish] textarea").fill("Meet people and get moving.")
    quick.locator(".o_kanban_edit").click()
    move_to(page, ids("bsc_referral_stage_intake"))
    at(page, ids("bsc_referral_stage_intake"))
    # The participant: who it is stays in one place.
    press(page, "action_new_client")
    page.locator(".modal:visible").wait_for()
    fill(page, "name", PARTICIPANT)
    fill(page, "phone", "06 12345678")
    assert not part(page).locator("input[type=checkbox]:checked").count()
    field(page, "may_register").locator("input").check()
    save_dialog(page)
    page.locator(".o_field_widget[name=client_name]", has_text=PARTICIPANT).wait_for()
    # A name or a citizen service number typed into a text is refused.
    for wish in (f"{PARTICIPANT} wants to dance", "BSN 111222333"):
        fill(page, "wish", wish)
        page.locator(".o_form_button_save:visible").click()
        assert PARTICIPANT not in refusal(page)
    fill(page, "wish", "Meet people and get moving.")
    save(page)
    move_to(page, ids("bsc_referral_stage_match"))
    at(page, ids("bsc_referral_stage_match"))
    # Only a checked offering opens the gate.
    [unchecked] = server.call(
        "coach",
        "bsc.offering",
        "search_read",
        [("is_referable", "=", False)],
        ["name"],
        limit=1,
    )
    [referral] = server.call(
        "coach",
        "bsc.referral",
        "search_read",
        [("relation_id.partner_id", "=", TEAM)],
        ["reference"],
    )
    server.call(
        "coach",
        "bsc.referral",
        "write",
        [referral["id"]],
        {"offering_id": unchecked["id"]},
    )
    page.reload()
    move_to(page, ids("bsc_referral_stage_trial"))
    assert unchecked["name"] in refusal(page)
    if page.locator(".o_form_button_cancel:visible").count():
        page.click(".o_form_button_cancel")
    open_tab(page, "offering")
    choose(page, "offering_id", club)
    save(page)
    for name in ("trial", "taking_part"):
        move_to(page, ids(f"bsc_referral_stage_{name}"))
        at(page, ids(f"bsc_referral_stage_{name}"))
    return referral


def report_back(server, page, browse, mailbox, check_barriers, referral):
    """The referrer gets a mail with reference and link, and reads it without login."""
    press(page, "action_give_feedback")
    page.locator(".modal:visible").wait_for()
    fill(page, "body", FEEDBACK)
    press(page, "action_give")
    close_dialog(page)
    server.send_mails()
    mail = mailbox.wait_for("bo@team.example.com")
    text = mail.get_body(("html", "plain")).get_content()
    assert referral["reference"] in mail["Subject"]
    for secret in (PARTICIPANT, FEEDBACK, "12345678", "Meet people"):
        assert secret not in mail["Subject"] + text
    link = re.search(r"http[^\"\s]+/bsc/feedback/[\w-]+", text).group()
    reader = browse(width=390, height=844)
    reader.goto(re.sub(r"^https?://[^/]+", server.url, link))
    check_barriers(reader)
    shown = reader.locator("body").inner_text()
    assert FEEDBACK in shown
    assert referral["reference"] in shown
    assert PARTICIPANT not in shown
    [feedback] = server.call(
        "coach",
        "bsc.feedback",
        "search_read",
        [("referral_id", "=", referral["id"])],
        ["is_on_time", "date_read"],
    )
    assert feedback["is_on_time"]
    assert feedback["date_read"]


def test_coach_from_list_to_feedback(server, mailbox, browse, ids, check_barriers):
    load_areas(browse)
    page = browse("coach")
    club = "Judovereniging De Zachte Hand"
    if REAL_LIST.exists():
        import_list(server, page)
        club = "Aikido Centrum Amsterdam"
    check_criteria(server, page, club)
    meet_team(server, page, ids)
    referral = guide_participant(server, page, ids, club)
    report_back(server, page, browse, mailbox, check_barriers, referral)


def test_manager_sees_the_dashboard(server, browse):
    page = browse("viewer")
    page.goto("/odoo/bsc-teams")
    page.locator(".o_kanban_group").first.wait_for()
    referrals = "[data-menu-xmlid='bsc_wijkteam.bsc_referral_menu']"
    assert not page.locator(referrals).count(), "a manager sees no participants"
    [shipped] = server.call(
        "admin",
        "ir.model.data",
        "search_read",
        [("module", "=", "bsc_wijkteam_reports"), ("model", "=", DASHBOARD)],
        ["res_id"],
    )
    [dashboard] = server.call(
        "viewer",
        DASHBOARD,
        "read",
        [shipped["res_id"]],
        ["name"],
        context=server.call("viewer", "res.users", "context_get"),
    )
    root = "spreadsheet_dashboard.spreadsheet_dashboard_menu_root"
    page.click(".o_navbar_apps_menu button")
    page.click(f"[data-menu-xmlid='{root}']")
    page.locator(".o_spreadsheet_dashboard_action").wait_for()
    page.locator(".o_search_panel li", has_text=dashboard["name"]).last.click()
    page.locator(".o-figure canvas").first.wait_for()
    values = page.locator(".o-figure").all_inner_texts()
    assert "#" not in " ".join(values), "a cell is in error"
