from odoo.exceptions import ValidationError
from odoo.tests import BaseCase, tagged, users

from ..models.bsc_sport import normalise
from .common import BscCommon


@tagged("post_install", "-at_install")
class TestNormalise(BaseCase):
    def test_case_accents_and_spaces_do_not_matter(self):
        for spelling in ("krachtbal", "KRACHTBAL", "  Kráchtbal ", "krâchtbal\n"):
            with self.subTest(spelling):
                self.assertEqual(normalise(spelling), "krachtbal")

    def test_spaces_inside_become_one(self):
        self.assertEqual(normalise("Tai \t Chi"), "tai chi")

    def test_nothing_is_nothing(self):
        self.assertEqual(normalise(None), "")


@tagged("post_install", "-at_install")
class TestBscSport(BscCommon):
    def _create(self, name, **values):
        return self.env["bsc.sport"].create({"name": name, **values})

    @users("bsc_coach")
    def test_twin_spelling_is_refused(self):
        self._create("Krachtbal")
        for name in ("krachtbal", "KRÁCHTBAL", "  Krachtbal  "):
            with (
                self.subTest(name),
                self.assertRaisesRegex(
                    ValidationError, "The spelling “krachtbal” belongs to both"
                ),
            ):
                self._create(name)

    @users("bsc_coach")
    def test_synonym_of_another_sport_is_refused(self):
        self._create("Krachtbal", synonyms="Powerball\nPower ball")
        with self.assertRaisesRegex(ValidationError, "“power ball” belongs to both"):
            self._create("Power  Ball")
        with self.assertRaisesRegex(ValidationError, "“powerball” belongs to both"):
            self._create("Other", synonyms="POWERBALL")

    @users("bsc_coach")
    def test_twins_in_one_batch_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "belongs to both"):
            self.env["bsc.sport"].create([{"name": "Krachtbal"}, {"name": "krachtbal"}])

    @users("bsc_coach")
    def test_archived_sport_keeps_its_spelling(self):
        self._create("Krachtbal").active = False
        with self.assertRaisesRegex(ValidationError, "belongs to both"):
            self._create("krachtbal")

    @users("bsc_coach")
    def test_translation_of_another_sport_is_refused(self):
        self.env["res.lang"].sudo()._activate_lang("nl_NL")
        sport = self._create("Powerball")
        sport.with_context(lang="nl_NL").name = "Krachtbal"
        with self.assertRaisesRegex(ValidationError, "belongs to both"):
            self._create("krachtbal")

    @users("bsc_coach")
    def test_own_name_among_own_synonyms_passes(self):
        sport = self._create("Krachtbal", synonyms="krachtbal\nKRACHTBAL")
        self.assertEqual(sport._get_spellings(), {sport: {"krachtbal"}})

    @users("bsc_coach")
    def test_renaming_frees_the_old_spelling(self):
        self._create("Krachtbal").name = "Powerball"
        self.assertTrue(self._create("krachtbal"))

    @users("bsc_coach")
    def test_sport_is_found_by_name_and_synonym_however_spelt(self):
        sport = self._create("Krâchtbal", synonyms="Powerball\n\n Power  ball ")
        found = self.env["bsc.sport"]._get_by_spelling()
        for spelling in ("krachtbal", "POWERBALL", "power ball"):
            with self.subTest(spelling):
                self.assertEqual(found[normalise(spelling)], sport)

    @users("bsc_coach")
    def test_typing_a_synonym_finds_the_sport(self):
        sport = self._create("Krachtbal", synonyms="Powerball")
        found = self.env["bsc.sport"].name_search("powerb")
        self.assertEqual(found, [(sport.id, "Krachtbal")])

    @users("bsc_coach")
    def test_bsn_among_synonyms_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "“Synonyms” contains a number"):
            self._create("Krachtbal", synonyms="111222333")
