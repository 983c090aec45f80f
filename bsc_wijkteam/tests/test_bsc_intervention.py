import csv
import os
import re
from pathlib import Path
from unittest import skipUnless

from lxml import etree
from psycopg2 import IntegrityError

from odoo.tests import BaseCase, tagged, users
from odoo.tools import file_open, mute_logger

from .common import BscCommon

KINDS = {
    "sport- en beweeginterventie": "movement",
    "leefstijlinterventie": "lifestyle",
    "gecombineerde leefstijlinterventie (GLI)": "gli",
}
LEVELS = {
    "": None,
    "erkend": "recognised",
    "Goed beschreven": "described",
    "Goed onderbouwd": "founded",
    "Goede aanwijzingen voor effectiviteit": "effective",
}


def _get_list():
    """The list of recognised interventions, where it is at hand."""
    folder = os.environ.get("BSC_SHARED_DATA")
    data = Path(folder) if folder else Path(__file__).parents[3] / "shared" / "data"
    return data / "interventies" / "erkende_interventies.csv"


@tagged("post_install", "-at_install")
class TestBscIntervention(BscCommon):
    @users("bsc_coach")
    def test_offering_says_which_programme_is_followed(self):
        intervention = self.env.ref("bsc_wijkteam.bsc_intervention_in_balans")
        self.offering.with_env(self.env).intervention_id = intervention
        domain = [("offering_ids", "!=", False)]
        self.assertEqual(self.env["bsc.intervention"].search(domain), intervention)

    @users("bsc_coordinator")
    def test_programme_in_use_stays(self):
        intervention = self.env["bsc.intervention"].create({"name": "Course"})
        self.offering.intervention_id = intervention
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            intervention.unlink()
            self.env.flush_all()

    @users("bsc_coordinator")
    def test_only_links_to_pages_are_taken(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["bsc.intervention"].create(
                {"name": "Course", "url": "javascript:alert(1)"}
            )


class TestShippedInterventions(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with file_open("bsc_wijkteam/data/bsc_intervention_data.xml", "rb") as source:
            records = etree.parse(source).findall("record")
        cls.shipped = [
            {field.get("name"): field.text for field in record} for record in records
        ]

    @skipUnless(_get_list().exists(), "The list is not at hand")
    def test_shipped_programmes_say_what_the_list_says(self):
        with _get_list().open(encoding="utf-8") as source:
            rows = list(csv.DictReader(source))
        expected = []
        for row in rows:
            level, day, month, year = re.fullmatch(
                r"(.*?)(?: \((\d\d)-(\d\d)-(\d{4})\))?", row["niveau_of_status"]
            ).groups()
            expected.append(
                {
                    "name": row["naam"],
                    "kind": KINDS[row["soort"]],
                    "recognition": LEVELS[level],
                    "date_recognised": day and f"{year}-{month}-{day}",
                    "owner": row["eigenaar"] or None,
                    "url": row["bron"],
                    "has_target": bool(row["doelgroep"]),
                }
            )
        shipped = [
            {
                **{name: values.get(name) for name in expected[0]},
                "has_target": bool(values.get("for_whom")),
            }
            for values in self.shipped
        ]
        self.assertEqual(len(shipped), 16)
        self.assertEqual(shipped, expected)

    @skipUnless(_get_list().exists(), "The list is not at hand")
    def test_for_whom_is_in_our_own_words(self):
        with _get_list().open(encoding="utf-8") as source:
            words = {row["doelgroep"] for row in csv.DictReader(source)}
        own = {values.get("for_whom") for values in self.shipped}
        self.assertTrue(own)
        self.assertFalse(own & words)
