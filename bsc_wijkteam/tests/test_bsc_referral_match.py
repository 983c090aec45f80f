from datetime import date
from random import Random

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged, users
from odoo.tools import html2plaintext

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01 10:00:00")
class TestBscReferralMatch(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        areas = cls.env["bsc.area"]
        cls.town = areas.create({"name": "Town", "kind": "municipality"})
        cls.district, cls.other_district = areas.create(
            [
                {"name": name, "kind": "district", "parent_id": cls.town.id}
                for name in ("North", "South")
            ]
        )
        cls.near, cls.next_door = areas.create(
            [{"name": name, "parent_id": cls.district.id} for name in ("Elm", "Oak")]
        )
        cls.far = areas.create({"name": "Ash", "parent_id": cls.other_district.id})
        cls.elsewhere = areas.create({"name": "City", "kind": "municipality"})
        cls.lonely, cls.youth = cls.env["bsc.target.group"].create(
            [{"name": "Lonely (test)"}, {"name": "Youth (test)"}]
        )
        cls.offering.write({"name": "Base", "area_ids": [Command.set(cls.near.ids)]})
        cls._check()
        cls.professional.lang = "en_US"
        cls.referral = cls._referral(area_id=cls.near.id)

    def _offer(self, name, **values):
        return self._offering(
            name=name, **{"area_ids": [Command.set(self.near.ids)], **values}
        )

    def _match(self, referral=None):
        """What fits, as the coach: a dictionary from name to what the match tells."""
        referral = (referral or self.referral).with_user(self.coach)
        return {found["offering"].name: found for found in referral._match()}

    def _said(self, name="Base"):
        found = self._match()[name]
        return [*found["for"], *found["against"]]

    def _pros(self, name="Base"):
        return self._match()[name]["for"]

    def _cons(self, name="Base"):
        return self._match()[name]["against"]

    def _only(self, *codes):
        """Let only these factors count."""
        factors = self.env["bsc.match.factor"].search([])
        factors.filtered(lambda factor: factor.code not in codes).weight = 0

    def _wizard(self, user=None, referral=None):
        user = user or self.coach
        action = (referral or self.referral).with_user(user).action_match()
        return self.env["bsc.referral.match"].with_user(user).browse(action["res_id"])

    def _ask(self, answer, asked="2026-03-02", answered="2026-03-04", **values):
        return self.env["bsc.referral.request"].create(
            {
                "referral_id": self._referral().id,
                "offering_id": self.offering.id,
                "date_asked": asked,
                "answer": answer,
                "date_answered": answer and answered,
                **values,
            }
        )

    # order

    def test_nearest_comes_first(self):
        self._only("area")
        self._offer("Far", area_ids=[Command.set(self.far.ids)])
        self._offer("Next", area_ids=[Command.set(self.next_door.ids)])
        found = self._match()
        self.assertEqual(list(found), ["Base", "Next", "Far"])
        scores = [match["score"] for match in found.values()]
        self.assertEqual(scores, [100, 60, 30])

    def test_weights_decide_about_the_order(self):
        self.referral.target_group_ids = self.lonely
        self._offer(
            "Meant",
            area_ids=[Command.set(self.far.ids)],
            target_group_ids=[Command.set(self.lonely.ids)],
        )
        self._only("area", "target_group")
        factor = self.env.ref("bsc_wijkteam.bsc_match_factor_target_group")
        factor.weight = 10
        self.assertEqual(list(self._match()), ["Meant", "Base"])
        factor.weight = 1
        self.assertEqual(list(self._match()), ["Base", "Meant"])

    def test_without_any_weight_the_name_decides(self):
        self._only()
        self._offer("Aerobics")
        found = self._match()
        self.assertEqual(list(found), ["Aerobics", "Base"])
        self.assertEqual(found["Base"]["score"], 0)

    def test_only_the_best_are_returned(self):
        self._offer("More")
        self.assertEqual(len(self.referral._match(limit=1)), 1)

    def test_what_is_left_out_is_not_among_the_best(self):
        """The few best are the first of all, whatever weighs and whoever has what."""
        random = Random(7)
        levels = self.env["bsc.level"].search([])
        groups = self.lonely | self.youth
        funds = self.env["bsc.funding"].create(
            [
                {"name": "All", "coverage": "full"},
                {"name": "Part", "coverage": "amount", "amount": 240},
            ]
        )
        areas = (self.near, self.next_door, self.far)
        for number in range(40):
            offering = self._offer(
                f"Offer {number:02}",
                area_ids=[Command.set(random.choice(areas).ids)],
                target_group_ids=[
                    Command.set(random.sample(groups.ids, random.randrange(3)))
                ],
                level_id=random.choice(levels).id,
                min_age=random.choice([0, 50]),
                price_period="month",
                price=random.choice([0, 5, 20, 60]),
                funding_ids=[
                    Command.set(random.sample(funds.ids, random.randrange(3)))
                ],
                slot_ids=[
                    Command.create({"weekday": day, "hour_from": 9, "hour_to": 10})
                    for day in random.sample("0123", random.randrange(3))
                ],
                is_new_group_possible=random.random() < 0.3,
            )
            if number % 4 == 0:
                self._ask(
                    random.choice(["accepted", "declined"]), offering_id=offering.id
                )
        self.referral.write(
            {
                "target_group_ids": [Command.set(groups.ids)],
                "age_band": "45-64",
                "level_id": levels[0].id,
                "mon": True,
            }
        )
        factors = self.env["bsc.match.factor"].search([])
        for turn in range(10):
            for factor in factors:
                factor.weight = random.choice([0, 1, 4, 8])
            best = self.referral._match(limit=3)
            every = self.referral._match(limit=100)
            with self.subTest(turn=turn):
                self.assertEqual(len(every), 41)
                self.assertEqual(best, every[:3])

    # the reason of each factor

    def test_wished_sport(self):
        self.sport.synonyms = "Basket voor twee"
        self.referral.wish = "Graag BASKET voor twéé, op dinsdag."
        self.assertIn("Korfbal (test), as wished.", self._pros())

    def test_another_sport_than_wished(self):
        other = self.env["bsc.sport"].create({"name": "Zwaardvissen"})
        self.referral.wish = "zwaardvissen!"
        self.offering.sport_id = self.sport
        self.assertEqual(self.referral._find_wished_sports(), other)
        self.assertIn("Something else than the wish names.", self._cons())

    def test_longest_spelling_of_a_sport_wins(self):
        sports = self.env["bsc.sport"].create(
            [{"name": "Kwartsbal"}, {"name": "Rustig kwartsbal"}]
        )
        self.referral.wish = "Rustig kwartsbal lijkt me leuk"
        self.assertEqual(self.referral._find_wished_sports(), sports[1])

    def test_sport_is_found_by_the_spelling_it_has_now(self):
        self.referral.wish = "Kwartsbal"
        self.assertFalse(self.referral._find_wished_sports())
        self.sport.synonyms = "Kwartsbal"
        self.assertEqual(self.referral._find_wished_sports(), self.sport)

    def test_part_of_a_word_is_no_sport(self):
        self.env["bsc.sport"].create({"name": "Kwarts"})
        self.referral.wish = "Kwartsbal"
        self.assertFalse(self.referral._find_wished_sports())

    def test_target_group(self):
        self.referral.target_group_ids = self.lonely | self.youth
        self.offering.target_group_ids = self.youth
        self.assertIn("For Youth (test).", self._said())

    def test_another_target_group(self):
        self.referral.target_group_ids = self.lonely
        self.offering.target_group_ids = self.youth
        self.assertIn("Meant for another target group.", self._cons())

    def test_target_group_not_noted(self):
        self.referral.target_group_ids = self.lonely
        self.assertIn("For which target groups is not noted.", self._cons())

    def test_same_neighbourhood(self):
        self.assertIn("Nearby: Elm.", self._pros())

    def test_same_district(self):
        self.offering.area_ids = self.next_door
        self.assertIn("In the same district: Oak.", self._pros())

    def test_same_municipality(self):
        self.offering.area_ids = self.far
        self.assertIn("Elsewhere in the municipality: Ash.", self._cons())

    def test_wished_district_is_near_with_all_its_neighbourhoods(self):
        self.referral.area_id = self.district
        self.assertIn("Nearby: Elm.", self._pros())

    def test_day_that_suits(self):
        self.referral.tue = True
        self.offering.slot_ids = [
            Command.create({"weekday": "1", "hour_from": 10, "hour_to": 11})
        ]
        self.assertIn("On a day that suits: Tuesday.", self._pros())

    def test_no_day_that_suits(self):
        self.referral.wed = True
        self.offering.slot_ids = [
            Command.create({"weekday": "1", "hour_from": 10, "hour_to": 11})
        ]
        self.assertIn("Not on a day that suits.", self._cons())

    def test_season_that_is_over_has_no_times(self):
        self.referral.tue = True
        self.offering.slot_ids = [
            Command.create(
                {
                    "weekday": "1",
                    "hour_from": 10,
                    "hour_to": 11,
                    "date_to": "2026-03-31",
                }
            )
        ]
        self.assertIn("The times are not noted.", self._cons())

    def test_free_of_charge(self):
        self.offering.price_period = "free"
        self.assertIn("Free of charge.", self._pros())

    def test_high_cost(self):
        self.offering.write({"price_period": "month", "price": 45})
        self.assertRegex("\n".join(self._cons()), "45.00 per month")

    def test_unknown_cost(self):
        self.assertIn("Cost not known.", self._cons())

    def test_unknown_cost_counts_for_more_than_a_high_cost(self):
        self._only("cost")
        self._offer("Dear", price_period="month", price=45)
        scores = {name: found["score"] for name, found in self._match().items()}
        self.assertEqual(scores, {"Base": 30, "Dear": 10})

    def test_cost_after_funding(self):
        fund = self.env["bsc.funding"].create({"name": "Fund", "coverage": "full"})
        self.offering.write(
            {
                "price_period": "month",
                "price": 45,
                "funding_ids": [Command.set(fund.ids)],
            }
        )
        self.assertIn("Nothing with Fund.", self._pros())

    def test_cost_that_is_left_after_funding(self):
        fund = self.env["bsc.funding"].create(
            {"name": "Fund", "coverage": "amount", "amount": 480}
        )
        self.offering.write(
            {
                "price_period": "month",
                "price": 45,
                "funding_ids": [Command.set(fund.ids)],
            }
        )
        self.assertRegex("\n".join(self._pros()), "5.00 a month with Fund")

    def test_fund_of_another_town_does_not_help(self):
        fund = self.env["bsc.funding"].create(
            {"name": "Fund", "coverage": "full", "area_id": self.elsewhere.id}
        )
        self.offering.write(
            {
                "price_period": "month",
                "price": 45,
                "funding_ids": [Command.set(fund.ids)],
            }
        )
        self.assertNotIn("Nothing with Fund.", self._said())

    def test_fund_that_is_over_does_not_help(self):
        fund = self.env["bsc.funding"].create(
            {"name": "Fund", "coverage": "full", "date_to": "2026-03-31"}
        )
        self.offering.write(
            {
                "price_period": "month",
                "price": 45,
                "funding_ids": [Command.set(fund.ids)],
            }
        )
        self.assertNotIn("Nothing with Fund.", self._said())

    def test_free_places(self):
        self.offering.write({"is_limited": True, "places": 4})
        self.assertIn("4 places free.", self._pros())

    def test_full_with_a_new_group_possible(self):
        self.offering.write({"is_limited": True, "is_new_group_possible": True})
        self.assertIn("Full at the moment.", self._cons())
        self.assertIn("A new group is possible.", self._pros())

    def test_level_that_suits(self):
        levels = self.env["bsc.level"].search([], limit=2)
        self.referral.level_id = self.offering.level_id = levels[0]
        self.assertIn("The level that suits.", self._pros())
        self.offering.level_id = levels[1]
        self.assertIn(f"Another level: {levels[1].name}.", self._cons())

    def test_age_is_right(self):
        self.referral.age_band = "65-79"
        self.offering.min_age = 60
        self.assertIn("The age is right: from 60.", self._pros())

    def test_age_may_be_right(self):
        self.referral.age_band = "65-79"
        self.offering.min_age = 70
        self.assertIn("Ask how old the person is: from 70.", self._cons())

    def test_provider_answers_quickly(self):
        self._ask("accepted")
        self.assertIn("Answers after 2 days, and says yes to 100%.", self._pros())

    def test_provider_answers_slowly(self):
        self._ask("declined", asked="2026-03-01", answered="2026-03-31")
        self.assertIn("Answers after 30 days, and says yes to 0%.", self._cons())

    def test_provider_that_was_never_asked(self):
        self.assertNotIn("Answers", "\n".join(self._said()))

    def test_asked_for_this_referral_without_answer(self):
        self._ask(False, referral_id=self.referral.id)
        self.assertRegex("\n".join(self._cons()), "Asked on .*, without an answer yet")

    def test_factor_without_weight_is_not_told(self):
        self._only("cost")
        self.assertNotIn("Nearby: Elm.", self._said())

    # what is not shown

    def _assert_unmatched(self, reason):
        self.assertNotIn("Base", self._match())
        counts = self.referral.with_user(self.coach)._count_unmatched()
        self.assertEqual(counts[reason], 1)
        self.assertEqual(
            self.env["bsc.offering"].search(self.referral._get_match_domain(reason)),
            self.offering,
        )

    def test_other_area_is_not_shown(self):
        self.offering.area_ids = self.elsewhere
        self._assert_unmatched("area")

    def test_lapsed_check_is_not_shown(self):
        self.env.flush_all()
        with freeze_time("2027-06-01"):
            self._assert_unmatched("unchecked")

    def test_other_age_is_not_shown(self):
        self.referral.age_band = "12-17"
        self.offering.min_age = 18
        self._assert_unmatched("age")

    def test_full_is_not_shown(self):
        self.offering.is_limited = True
        self._assert_unmatched("full")

    def test_provider_that_declined_this_referral_is_not_shown(self):
        self._ask("declined", referral_id=self.referral.id)
        self._assert_unmatched("declined")

    def test_provider_that_declined_another_referral_is_shown(self):
        self._ask("declined")
        self.assertIn("Base", self._match())

    def test_offering_of_another_company_is_not_shown(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.referral.with_user(self.coach)
        provider = self.env["bsc.provider"].create(
            {"name": "Theirs", "company_id": other.id, "coach_id": False}
        )
        self._offer("Theirs", provider_id=provider.id)
        self.assertEqual(list(self._match()), ["Base"])

    def test_each_offering_is_counted_once(self):
        self.referral.age_band = "12-17"
        self._offer("Full", is_limited=True)
        self._offer("Old", min_age=18, is_limited=True)
        counts = self.referral._count_unmatched()
        self.assertEqual((counts["full"], counts["age"]), (1, 1))

    @users("bsc_coach")
    def test_coach_sees_which_are_not_shown(self):
        self.offering.is_limited = True
        match = self._wizard()
        self.assertEqual(match.unmatched_full, 1)
        action = match.with_context(reason="full").action_open_unmatched()
        found = self.env["bsc.offering"].search(action["domain"])
        self.assertEqual(found, self.offering)

    # a referral that tells little

    def test_referral_without_anything_still_ranks(self):
        referral = self._referral()
        self.assertIn("Base", self._match(referral))
        self.assertEqual(len(referral._get_match_advice()), 5)

    def test_what_is_noted_is_not_asked_again(self):
        self.referral.write(
            {
                "wish": "Walk",
                "target_group_ids": [Command.set(self.lonely.ids)],
                "age_band": "80+",
                "mon": True,
            }
        )
        self.assertEqual(self.referral._get_match_advice(), [])

    def test_wish_of_5000_characters_with_a_script(self):
        self.referral.wish = "<script>alert(1)</script> %s %(x)s \\ ' " * 125
        self.assertIn("Base", self._match())

    # proposing

    @users("bsc_coach")
    def test_proposing_chooses_the_offering(self):
        match = self._wizard()
        line = match.line_ids.filtered(lambda line: line.offering_id == self.offering)
        line.action_propose()
        self.assertEqual(self.referral.offering_id, self.offering)
        self.assertTrue(line.is_proposed)

    @users("bsc_coach")
    def test_what_lapsed_since_is_not_proposed(self):
        line = self._wizard().line_ids[0]
        with (
            freeze_time("2027-06-01"),
            self.assertRaisesRegex(ValidationError, "check lapsed on"),
        ):
            line.action_propose()
        self.assertFalse(self.referral.offering_id)

    # choosing

    @users("bsc_coach")
    def test_two_side_by_side(self):
        self._offer("<script>alert(1)</script>")
        match = self._wizard()
        match.line_ids.is_picked = True
        self.assertEqual(match.action_compare()["res_id"], match.id)
        self.assertIn("Base", match.comparison)
        self.assertNotIn("<script>", match.comparison)
        self.assertIn("&lt;script&gt;", match.comparison)

    @users("bsc_coach")
    def test_one_cannot_be_compared(self):
        match = self._wizard()
        match.line_ids.is_picked = True
        with self.assertRaisesRegex(UserError, "two or three"):
            match.action_compare()

    @users("bsc_coach")
    def test_four_are_no_choice(self):
        for number in range(3):
            self._offer(f"More {number}")
        match = self._wizard()
        match.line_ids.is_picked = True
        with self.assertRaisesRegex(UserError, "one, two or three"):
            match.action_prepare()

    # to the lead professional

    @users("bsc_coach")
    def test_choice_is_mailed_without_identity(self):
        client = self._client()
        self.referral.client_id = client
        self.referral.with_user(self.coach).wish = "A secret wish"
        self.offering.write(
            {"contact_id": self.provider_person.id, "price_period": "free"}
        )
        match = self._wizard()
        match.line_ids.is_picked = True
        match.message = "Which one?"
        match.action_send()
        mail = self.env["mail.mail"].sudo().search([], order="id desc", limit=1)
        self.assertEqual(mail.recipient_ids, self.professional)
        for told in (self.referral.reference, "Base", "Free of charge", "Which one?"):
            self.assertIn(told, mail.subject + mail.body_html)
        for kept in ("Fatima", "A secret wish", "Trainer", "trainer@example.com"):
            self.assertNotIn(kept, mail.subject + mail.body_html)

    @users("bsc_coach")
    def test_preview_is_what_leaves(self):
        match = self._wizard()
        match.line_ids.is_picked = True
        form = Form(match, "bsc_wijkteam.bsc_referral_match_view_form_send")
        form.message = "Which one?"
        self.assertIn("Which one?", form.mail_preview)
        form.save().action_send()
        mail = self.env["mail.mail"].sudo().search([], order="id desc", limit=1)
        self.assertIn("Which one?", mail.body_html)
        self.assertEqual(
            html2plaintext(match.mail_preview), html2plaintext(mail.body_html)
        )

    @users("bsc_coach")
    def test_words_that_name_the_participant_are_refused(self):
        self.referral.client_id = self._client()
        match = self._wizard()
        with self.assertRaisesRegex(ValidationError, "gives away who"):
            match.message = "For Fatima"

    @users("bsc_coach")
    def test_referrer_without_mail_address(self):
        self.professional.email = False
        match = self._wizard()
        match.line_ids.is_picked = True
        with self.assertRaisesRegex(UserError, "Professional has no e-mail address"):
            match.action_send()

    @users("bsc_coach")
    def test_script_in_the_message_is_text(self):
        match = self._wizard()
        match.line_ids.is_picked = True
        match.message = "<script>alert(1)</script>"
        self.assertIn("&lt;script&gt;", match._get_mail_body())

    # nothing fits

    @users("bsc_coach")
    def test_nothing_fits_is_noted_as_a_gap(self):
        self.offering.area_ids = self.elsewhere
        match = self._wizard()
        self.assertTrue(match.is_empty)
        match.action_no_offer()
        self.assertEqual(self.referral.reason_id.gap, "no_offer")
        self.assertEqual(self.referral.review_date, date(2026, 4, 29))
        self.assertTrue(self.referral.stage_id.requires_review_date)

    @users("bsc_coach")
    def test_no_place_is_noted_as_a_gap(self):
        self.offering.is_limited = True
        match = self._wizard()
        match.action_no_offer()
        self.assertEqual(self.referral.reason_id.gap, "no_place")

    @users("bsc_coach")
    def test_who_wants_a_new_group(self):
        self.provider.wants_new_group = True
        self.env["bsc.provider"].sudo().create(
            {"name": "Elsewhere", "wants_new_group": True}
        )
        action = self._wizard().action_open_willing()
        found = self.env["bsc.provider"].search(action["domain"])
        self.assertEqual(found, self.provider)

    # who may

    @users("bsc_coach")
    def test_coach_matches_unassigned_referrals(self):
        self.referral.sudo().coach_id = False
        self.assertTrue(self._wizard().line_ids)

    @users("bsc_other_coach")
    def test_coach_does_not_match_referrals_of_a_colleague(self):
        with self.assertRaises(AccessError):
            self._wizard(self.other_coach)

    @users("bsc_viewer")
    def test_viewer_matches_nothing(self):
        with self.assertRaises(AccessError):
            self._wizard(self.viewer)

    # speed

    def _count_queries(self, offerings):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.assertEqual(len(self.referral.with_user(self.coach)._match()), offerings)
        return self.cr.sql_log_count - before

    def test_queries_do_not_grow(self):
        level, other = self.env["bsc.level"].search([], limit=2)
        fund = self.env["bsc.funding"].create(
            {"name": "Fund", "coverage": "amount", "amount": 10}
        )
        values = {
            "level_id": other.id,
            "price_period": "session",
            "price": 3,
            "funding_ids": [Command.set(fund.ids)],
            "target_group_ids": [Command.set(self.lonely.ids)],
        }
        slot = {"weekday": "0", "hour_from": 9, "hour_to": 10}
        self.offering.write({**values, "slot_ids": [Command.create(slot)]})
        self.referral.write(
            {
                "wish": "Korfbal (test)",
                "target_group_ids": [Command.set(self.lonely.ids)],
                "age_band": "65-79",
                "level_id": level.id,
                "mon": True,
            }
        )
        self._count_queries(1)  # rights and settings are read once
        one = self._count_queries(1)
        for number in range(9):
            self._offer(
                f"More {number}",
                **values,
                slot_ids=[Command.create(slot)],
            )
        self.assertEqual(self._count_queries(10), one)
        self.assertLessEqual(one, 10)
