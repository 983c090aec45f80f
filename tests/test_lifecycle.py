"""The modules can leave again, and the organisation keeps its contacts (rule 8)."""

import os
import subprocess
import sys

import psycopg2
import pytest

DATABASE = "bsc_leaving"
MAKE_PROVIDER = """
provider = env["bsc.provider"].create({"name": "Club That Stays"})
env["bsc.offering"].create({"name": "Group", "provider_id": provider.id})
env.cr.commit()
"""


@pytest.fixture(scope="module")
def left():
    """What is left of a database after both modules were uninstalled."""
    config, source = os.environ.get("BSC_ODOO_CONFIG"), os.environ.get("BSC_DATABASE")
    if not (config and source):
        pytest.skip("this needs a database to copy: run ./setup/test")

    def odoo(*arguments, code=None):
        command = [sys.executable, "-m", "odoo", *arguments]
        result = subprocess.run(command, input=code, capture_output=True, text=True)
        assert not result.returncode, result.stderr

    odoo("db", "-c", config, "duplicate", "-f", source, DATABASE)
    options = ("-c", config, "-d", DATABASE)
    odoo("shell", *options, "--no-http", code=MAKE_PROVIDER)
    odoo("module", "uninstall", *options, "bsc_wijkteam_reports", "bsc_wijkteam")
    connection = psycopg2.connect(dbname=DATABASE)
    yield connection.cursor()
    connection.close()
    odoo("db", "-c", config, "drop", DATABASE)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("res_partner WHERE name = 'Club That Stays'", 1),
        ("ir_model WHERE model LIKE 'bsc.%'", 0),
        ("ir_model_data WHERE module LIKE 'bsc\\_wijkteam%'", 0),
        ("pg_tables WHERE tablename LIKE 'bsc\\_%'", 0),
        ("information_schema.columns WHERE column_name LIKE 'bsc\\_%'", 0),
    ],
)
def test_uninstalling_leaves_contacts_whole_and_nothing_else(left, query, expected):
    left.execute(f"SELECT count(*) FROM {query}")
    assert left.fetchone()[0] == expected
