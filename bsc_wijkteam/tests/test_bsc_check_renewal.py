from datetime import date

from odoo.tests import freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestBscCheckRenewal(BscCommon):
    """Sixty days before a check ends, its renewal is planned once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls._check(coach_id=cls.coach.id)  # until 2027-03-02
        cls.type = cls.env.ref("bsc_wijkteam.mail_activity_type_renewal")

    def _plan(self, day="2027-01-01"):
        self.env.flush_all()
        with freeze_time(f"{day} 01:05:00"):
            self.env["bsc.check"]._cron_plan_renewal()

    def _activities(self, checks=None):
        """Every renewal of these checks that was ever planned, done or not."""
        return (
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search(
                [
                    ("activity_type_id", "=", self.type.id),
                    ("res_id", "in", (checks or self.check).ids),
                ]
            )
        )

    def test_renewal_is_planned_sixty_days_ahead(self):
        self._plan("2026-12-31")
        self.assertFalse(self._activities())
        self._plan("2027-01-01")
        self.assertRecordValues(
            self._activities(),
            [
                {
                    "res_model": "bsc.check",
                    "user_id": self.coach.id,
                    "date_deadline": date(2027, 1, 31),
                    "summary": "Start a new check: this one ends on 03/02/2027",
                }
            ],
        )

    def test_late_renewal_is_due_at_once(self):
        self._plan("2027-02-20")
        self.assertEqual(self._activities().date_deadline, date(2027, 2, 20))

    def test_renewal_is_planned_once(self):
        self._plan("2027-01-01")
        self._plan("2027-01-02")
        self.assertEqual(len(self._activities()), 1)

    def test_renewal_that_was_done_does_not_come_back(self):
        self._plan()
        self._activities().action_done()
        self._plan("2027-01-02")
        self.assertEqual(self._activities().mapped("active"), [False])

    def test_renewal_that_was_cancelled_does_not_come_back(self):
        self._plan()
        self._activities().unlink()
        self._plan("2027-01-02")
        self.assertFalse(self._activities())

    def test_check_that_is_agreed_on_anew_is_renewed_anew(self):
        self._plan()
        self._activities().unlink()
        with freeze_time("2027-01-02"):
            self.check.line_ids[0].verdict = "not_yet"
            self.check.line_ids[0].verdict = "yes"
            self.check.write(
                {
                    "provider_stamp_partner_id": self.provider_person.id,
                    "provider_stamp_date": "2027-01-02",
                    "team_stamp_partner_id": self.professional.id,
                    "team_stamp_date": "2027-01-02",
                }
            )
        self._plan("2027-12-01")
        self.assertEqual(len(self._activities()), 1)

    def test_running_check_needs_no_planning(self):
        self.env["bsc.check"].create({"provider_id": self.provider.id})
        self._plan()
        self.assertFalse(self._activities())

    def test_running_check_of_another_offering_does_not_count(self):
        self.env["bsc.check"].create(
            {"provider_id": self.provider.id, "offering_id": self.offering.id}
        )
        self._plan()
        self.assertEqual(len(self._activities()), 1)

    def test_other_states_are_not_renewed(self):
        others = self._check("no", stamped=False, offering_id=self.offering.id)
        others |= self._check(
            stamped=False, offering_id=self._offering(name="Other").id
        )
        self._plan("2028-01-01")
        self.assertFalse(self._activities(others))

    def test_archived_provider_and_offering_are_not_renewed(self):
        own = self._check(offering_id=self.offering.id)
        self.offering.active = False
        self._plan()
        self.assertFalse(self._activities(own))
        self.provider.active = False
        self.check.is_renewal_planned = False
        self._activities().unlink()
        self._plan()
        self.assertFalse(self._activities())

    def test_without_coach_the_coach_of_the_provider_is_asked(self):
        self.check.coach_id = False
        self.provider.coach_id = self.other_coach
        self._plan()
        self.assertEqual(self._activities().user_id, self.other_coach)

    def test_archived_coach_is_not_asked(self):
        self.check.coach_id = self.other_coach
        self.other_coach.active = False
        self._plan()
        self.assertEqual(self._activities().user_id, self.coach)

    def test_nobody_gets_a_mail(self):
        before = self.env["mail.message"].search([], limit=1, order="id desc").id
        self._plan()
        self.assertTrue(self._activities())
        self.assertFalse(self.env["mail.message"].search([("id", ">", before)]))

    def test_renewal_speaks_the_language_of_the_coach(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.coach.lang = "nl_NL"
        self._plan()
        self.assertIn("02-03-2027", self._activities().summary)

    @users("bsc_coach")
    def test_newer_check_finishes_the_renewal(self):
        self._plan()
        new = self._check(stamped=False)
        self.assertTrue(self._activities().active)
        new.line_ids[0].with_env(self.env).verdict = "no"
        self.assertEqual(self.check.state, "replaced")
        self.assertFalse(self._activities().active)

    def test_own_activities_of_the_coach_stay(self):
        own = self.check.activity_schedule("mail.mail_activity_data_call")
        self._check("no", stamped=False)
        self.assertEqual(self.check.state, "replaced")
        self.assertTrue(own.active)

    def test_planning_takes_the_same_queries_for_many_checks(self):
        def plan(number):
            offerings = [self._offering(name=f"{number}-{n}") for n in range(number)]
            checks = self.env["bsc.check"]
            for offering in offerings:
                checks |= self._check(offering_id=offering.id, coach_id=self.coach.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._plan()
            self.env.flush_all()
            self.assertEqual(len(self._activities(checks)), number)
            return self.env.cr.sql_log_count - before

        plan(1)  # warm up
        self.assertLessEqual(plan(12), plan(2) + 2)
