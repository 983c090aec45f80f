"""An organisation that uses an earlier version keeps its data when it updates."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "bsc_upgrade"
# The first landed version, 19.0.1.0.0.
EARLIER = "8fd9b1822cf6"
MODULES = "bsc_wijkteam,bsc_wijkteam_reports"
FILL = """
provider = env["bsc.provider"].create({"name": "Club", "wants_new_group": True})
person = env["res.partner"].create({"name": "P", "parent_id": provider.partner_id.id})
team = env["res.partner"].create({"name": "Team", "is_company": True})
env["bsc.relation"].create({"partner_id": team.id})
env["bsc.offering"].create([
    {
        "name": "Walking",
        "provider_id": provider.id,
        "price": 120,
        "price_period": "year",
        "is_limited": True,
        "places": 8,
    },
    {"name": "Dancing", "provider_id": provider.id},
])
check = env["bsc.check"].create({"provider_id": provider.id})
check.line_ids.verdict = "yes"
check.write({
    "provider_stamp_partner_id": person.id,
    "provider_stamp_date": check.date,
    "team_stamp_partner_id": team.id,
    "team_stamp_date": check.date,
})
relation = env["bsc.relation"].search([])
promise = env.ref("bsc_wijkteam.mail_activity_type_promise")
relation.activity_schedule(
    activity_type_id=promise.id, summary="Call back", date_deadline="2026-03-02"
)
offerings = {offering.name: offering for offering in env["bsc.offering"].search([])}
for stage, offering in (("taking_part", "Dancing"), ("waiting", "Walking")):
    env["bsc.referral"].create({
        "relation_id": relation.id,
        "client_id": env["bsc.client"].create({"name": "K", "may_register": True}).id,
        "offering_id": offerings[offering].id,
        "stage_id": env.ref(f"bsc_wijkteam.bsc_referral_stage_{stage}").id,
        "review_date": "2026-03-02",
    })
env["bsc.story"].create({
    "name": "Outdoors again",
    "body": "Somebody walks every week.",
    "may_team": True,
    "may_newsletter": True,
    "date_permission": "2026-03-02",
})
env.cr.commit()
"""


def odoo(*arguments, code=None):
    command = [sys.executable, "-m", "odoo", *map(str, arguments)]
    result = subprocess.run(command, input=code, capture_output=True, text=True)
    assert not result.returncode, result.stderr
    return result.stderr


@pytest.fixture(scope="module")
def updated(tmp_path_factory):
    """A database of the earlier version, filled, and updated to this one."""
    config = os.environ.get("BSC_ODOO_CONFIG")
    if not config:
        pytest.skip("this needs a place for databases: run ./setup/test")
    tree = subprocess.run(
        ["git", "archive", EARLIER, *MODULES.split(",")], cwd=ROOT, capture_output=True
    )
    if tree.returncode:
        pytest.skip("the history of this copy does not reach back that far")
    earlier = tmp_path_factory.mktemp("earlier")
    subprocess.run(["tar", "-x", "-C", earlier], input=tree.stdout, check=True)
    # The same settings, but with the modules of then.
    settings = earlier / "odoo.conf"
    settings.write_text(Path(config).read_text().replace(str(ROOT), str(earlier)))
    assert str(earlier) in settings.read_text().split("addons_path", 1)[1]
    options = ("-d", DATABASE, "--no-http", "--stop-after-init")
    odoo("-c", settings, *options, "-i", MODULES)
    odoo("shell", "-c", settings, "-d", DATABASE, "--no-http", code=FILL)
    log = odoo("-c", config, *options, "-u", MODULES)
    connection = psycopg2.connect(dbname=DATABASE)
    yield connection.cursor(), log
    connection.close()
    odoo("db", "-c", config, "drop", DATABASE)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # What was there, stays and means the same.
        ("bsc_provider WHERE vetting_state = 'valid' AND wants_new_group", 1),
        ("bsc_offering WHERE is_referable", 2),
        ("bsc_check_line WHERE verdict = 'yes' AND date_seen IS NOT NULL", 7),
        # What is new, is worked out or at its default for what was there.
        ("bsc_offering WHERE name = 'Walking' AND price_month = 10", 1),
        ("bsc_offering WHERE name = 'Walking' AND places_free = 8", 1),
        ("bsc_offering WHERE is_published", 2),
        ("bsc_offering WHERE contract_months > 0", 0),
        ("res_company WHERE bsc_feed_enabled", 0),
        ("res_company WHERE bsc_override_role = 'coordinator'", 1),
        ("res_company WHERE bsc_confirm_months = 12", 1),
        ("bsc_intervention WHERE active", 16),
        (
            "ir_cron WHERE active AND id IN (SELECT res_id FROM ir_model_data"
            " WHERE module = 'bsc_wijkteam' AND model = 'ir.cron')",
            7,
        ),
        ("mail_activity_type WHERE bsc_is_promise", 1),
        (
            "mail_activity WHERE bsc_promise_state = 'open' AND bsc_promised_by = 'us'"
            " AND bsc_date_promised = '2026-03-02' AND bsc_relation_id IS NOT NULL",
            1,
        ),
        ("bsc_relation WHERE health IS NOT NULL AND contact_weeks = 6", 1),
        ("bsc_relation WHERE date_evaluation IS NOT NULL", 0),
        ("bsc_story_permission WHERE date = '2026-03-02'", 2),
        ("bsc_evaluation_item WHERE active", 8),
        ("bsc_referral_stage WHERE is_waiting", 1),
        ("bsc_referral WHERE date_waiting IS NOT NULL", 1),
        ("bsc_followup WHERE answer IS NULL", 3),
        ("bsc_match_factor WHERE weight > 0", 10),
        ("res_company WHERE bsc_request_remind_days = 4", 1),
    ],
)
def test_update_keeps_the_data_and_works_out_what_is_new(updated, query, expected):
    cursor, _log = updated
    cursor.execute(f"SELECT count(*) FROM {query}")
    assert cursor.fetchone()[0] == expected


def test_update_tells_of_no_problem(updated):
    _cursor, log = updated
    wrong = [
        line
        for line in log.splitlines()
        if (" WARNING " in line or " ERROR " in line) and "CREATE EXTENSION" not in line
    ]
    assert not wrong
