from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscRelationProfile(BscCommon):
    def _own(self):
        return self.relation.with_env(self.env)

    # questions still to ask

    @users("bsc_coach")
    def test_blank_is_a_question_still_to_ask(self):
        relation = self._own()
        self.assertIn(
            "What do you need from a partner like us?", relation.open_questions
        )
        relation.needs = "One number to call"
        self.assertNotIn("What do you need from", relation.open_questions)

    @users("bsc_coach")
    def test_known_contact_person_is_no_question(self):
        relation = self._own()
        self.assertNotIn("fixed contact person", relation.open_questions)
        relation.contact_id = False
        self.assertIn("fixed contact person", relation.open_questions)

    @users("bsc_coach")
    def test_school_is_asked_other_things_than_a_team(self):
        relation = self._own()
        self.assertIn("Who commissions and pays", relation.open_questions)
        relation.kind = "school"
        self.assertNotIn("Who commissions and pays", relation.open_questions)
        self.assertIn("What do you notice at school", relation.open_questions)

    @users("bsc_coach")
    def test_municipality_is_not_asked_how_it_refers(self):
        relation = self._own()
        self.assertIn("How would you like to refer", relation.open_questions)
        relation.kind = "municipality"
        self.assertNotIn("How would you like to refer", relation.open_questions)

    @users("bsc_coach")
    def test_every_kind_of_partner_has_questions(self):
        relation = self._own()
        for kind, _label in relation._fields["kind"].selection:
            relation.kind = kind
            self.assertGreater(len(relation.open_questions.splitlines()), 5, kind)

    @users("bsc_coach")
    def test_complete_profile_leaves_nothing_to_ask(self):
        relation = self._own()
        area = self.env["bsc.area"].sudo().create({"name": "A", "kind": "district"})
        group = self.env["bsc.target.group"].sudo().create({"name": "Group (test)"})
        self.professional.bsc_expertise = "Debts"
        texts = {
            name: "Known"
            for name in relation._get_profile_questions("team")
            if relation._fields[name].type in ("char", "text")
        }
        relation.write(
            {
                **texts,
                "area_ids": [Command.set(area.ids)],
                "target_group_ids": [Command.set(group.ids)],
            }
        )
        self.assertFalse(relation.open_questions)

    # professionals

    @users("bsc_coach")
    def test_professional_is_added_with_an_expertise(self):
        with Form(self._own()) as form, form.professional_ids.new() as person:
            person.name = "Second professional"
            person.bsc_expertise = "Debts, older people"
        person = self.team.child_ids - self.professional
        self.assertEqual(person.bsc_expertise, "Debts, older people")
        self.assertTrue(person._bsc_belongs_to(self.team))

    @users("bsc_coach")
    def test_new_professional_may_be_the_contact_person(self):
        relation = self._own()
        relation.professional_ids = [Command.create({"name": "New", "type": "contact"})]
        relation.contact_id = relation.professional_ids - self.professional
        self.assertEqual(relation.contact_id.name, "New")

    @users("bsc_coach")
    def test_star_makes_a_professional_the_contact_person(self):
        relation = self._own()
        person = self.env["res.partner"].create(
            {"name": "Second", "parent_id": self.team.id}
        )
        person.with_context(bsc_relation_id=relation.id).action_bsc_make_contact()
        self.assertEqual(relation.contact_id, person)

    @users("bsc_viewer")
    def test_viewer_chooses_no_contact_person(self):
        person = self.professional.with_env(self.env)
        with self.assertRaises(AccessError):
            person.with_context(
                bsc_relation_id=self.relation.id
            ).action_bsc_make_contact()

    @users("bsc_coach")
    def test_expertise_of_one_professional_answers_the_question(self):
        relation = self._own()
        self.assertIn("Who of you knows most", relation.open_questions)
        self.professional.bsc_expertise = "Debts"
        self.assertNotIn("Who of you knows most", relation.open_questions)

    @users("bsc_coach")
    def test_citizen_service_number_in_expertise_is_refused(self):
        person = self.professional.with_env(self.env)
        with self.assertRaisesRegex(ValidationError, "BSN"):
            person.bsc_expertise = "Knows 111222333"

    # words to choose

    @users("bsc_coach")
    def test_words_come_from_the_target_groups_of_this_team(self):
        older, youth = (
            self.env["bsc.target.group"]
            .sudo()
            .create(
                [
                    {"name": "Older (test)", "words_use": "A walk together"},
                    {"name": "Youth (test)", "words_avoid": "Punishment"},
                ]
            )
        )
        relation = self._own()
        relation.target_group_ids = [Command.set((older + youth).ids)]
        self.assertEqual(relation.words_use, "Older (test): A walk together")
        self.assertEqual(relation.words_avoid, "Youth (test): Punishment")

    @users("bsc_coach")
    def test_without_target_groups_there_is_no_advice_on_words(self):
        relation = self._own()
        self.assertFalse(relation.words_use or relation.words_avoid)
