from odoo.fields import Command
from odoo.tests import freeze_time, tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-01 10:00:00")
class TestBscRelationKit(BscCommon):
    """All that is needed for the next talk stands on one page, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coach.tz = "Europe/Amsterdam"
        cls.viewer.tz = "Europe/Amsterdam"
        cls.relation.with_context(bsc_skip_plan=True).write(
            {"way_in": "warm", "stage_id": cls._stage("acquainted", "relation").id}
        )

    @classmethod
    def _meeting(cls, start="2026-03-04 09:00:00", **values):
        return (
            cls.env["calendar.event"]
            .with_context(no_mail_to_attendees=True, skip_contact_description=True)
            .create(
                {
                    "name": cls.team.name,
                    "start": start,
                    "stop": start.replace(":00:00", ":45:00"),
                    "bsc_relation_id": cls.relation.id,
                    "bsc_kind": "team_meeting",
                    "user_id": cls.coach.id,
                    "partner_ids": [
                        Command.set((cls.coach.partner_id | cls.professional).ids)
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def _promise(cls, summary="Send the factsheet", deadline="2026-04-09", **values):
        return cls.relation.activity_schedule(
            "bsc_wijkteam.mail_activity_type_promise",
            summary=summary,
            **{"date_deadline": deadline, "user_id": cls.coach.id, **values},
        )

    @classmethod
    def _story(cls, use="team", **values):
        return cls.env["bsc.story"].create(
            {
                "name": "Walking again",
                "body": "Every Monday through the park.",
                "date": "2026-02-01",
                "permission_ids": [Command.create({"use": use, "date": "2026-02-01"})],
                **values,
            }
        )

    def _kit(self):
        self.env.invalidate_all()
        return self.relation.with_env(self.env)._get_kit()

    def _screen(self):
        """What the user sees, as one line of text."""
        self.env.invalidate_all()
        return " ".join(str(self.relation.with_env(self.env).kit).split())

    def _paper(self):
        self.env.invalidate_all()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "bsc_wijkteam.bsc_relation_kit", self.relation.ids
        )
        return " ".join(html.decode().split())

    # screen and paper

    @users("bsc_coach")
    def test_one_button_opens_the_kit_of_this_team(self):
        action = self.relation.with_env(self.env).action_open_kit()
        view = self.env.ref("bsc_wijkteam.bsc_relation_view_form_kit")
        self.assertEqual(action["views"], [(view.id, "form")])
        self.assertEqual(action["res_id"], self.relation.id)

    @users("bsc_coach")
    def test_screen_and_paper_tell_the_same(self):
        self._meeting()
        self._promise()
        self._story()
        screen, paper = self._screen(), self._paper()
        for part in (
            "Team East",
            "Wednesday 4 March 2026, 10:00",
            "Which cases do you meet most?",
            "In which neighbourhoods do you work?",
            "Send the factsheet",
            "Walking again",
            "Two factsheets",
        ):
            with self.subTest(part):
                self.assertIn(part, paper)
                if part != "Team East":  # stands above the kit on the screen
                    self.assertIn(part, screen)

    @users("bsc_coach")
    def test_paper_prints_on_one_page(self):
        report = self.env["ir.actions.report"]
        if report.get_wkhtmltopdf_state() == "install":
            self.skipTest("wkhtmltopdf is not installed")
        with self.allow_pdf_render():
            content, _kind = report.with_context(
                force_report_rendering=True
            )._render_qweb_pdf("bsc_wijkteam.bsc_relation_kit", self.relation.ids)
        self.assertEqual(content.count(b"/Type /Page\n"), 1)

    @users("bsc_coach")
    def test_kits_of_several_teams_are_one_document(self):
        other = self.env["bsc.relation"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Team West"}).id,
                "coach_id": self.coach.id,
            }
        )
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "bsc_wijkteam.bsc_relation_kit", (self.relation | other).ids
        )
        self.assertEqual(html.count(b'class="article"'), 1)
        self.assertEqual(html.count(b'class="page bsc_paper"'), 2)
        self.assertEqual(html.count(b"page-break-after: always"), 1)

    @users("bsc_coach")
    def test_file_is_named_after_the_team_and_the_day(self):
        self.assertEqual(
            self.relation.with_env(self.env)._get_kit_file_name(),
            "Meeting kit Team East 2026-04-01",
        )

    @users("bsc_coach")
    def test_markup_in_what_people_wrote_is_shown_as_text(self):
        nasty = "<script>alert(1)</script>"
        self.relation.write({"shared_goal": nasty, "needs": nasty})
        self._promise(nasty)
        self._story(body=nasty)
        self._meeting("2026-04-08 09:00:00", location=nasty)
        for text in (self._screen(), self._paper()):
            self.assertNotIn("<script>alert", text)
            self.assertEqual(text.count("&lt;script&gt;alert(1)"), 5)

    @users("bsc_coach")
    def test_nothing_known_still_gives_a_useful_sheet(self):
        self.relation.contact_id = False
        self.relation.stage_id.write({"questions": False, "bring": False})
        screen = self._screen()
        for part in (
            "Not planned yet.",
            "Nobody yet.",
            "Still to ask",
            "to refer to: 0)",
        ):
            with self.subTest(part):
                self.assertIn(part, screen)
        for part in (
            "Last time",
            "What to ask",
            "What we know",
            "Promises",
            "Since",
            "So far",
            "A story",
            "Words to choose",
        ):
            with self.subTest(part):
                self.assertNotIn(part, screen)

    def test_new_collaboration_has_no_kit(self):
        self.assertFalse(self.env["bsc.relation"].new({}).kit)

    # meetings

    @users("bsc_coach")
    def test_next_meeting_says_when_where_and_with_whom(self):
        self._meeting("2026-05-06 09:00:00")
        self._meeting("2026-04-08 07:00:00", location="Library", name="Monthly meeting")
        self.assertEqual(
            self._kit()["coming"],
            {
                "day": "Wednesday 8 April 2026, 09:00",
                "about": "Team meeting · Monthly meeting",
                "location": "Library",
                "present": "",
                "is_noted": False,
                "invited": f"Professional, {self.coach.name}",
            },
        )

    @users("bsc_coach")
    def test_meeting_of_a_whole_day_has_no_hour(self):
        self._meeting(
            "2026-04-08 00:00:00",
            allday=True,
            start_date="2026-04-08",
            stop_date="2026-04-08",
        )
        self.assertEqual(self._kit()["coming"]["day"], "Wednesday 8 April 2026")

    @users("bsc_coach")
    def test_meeting_that_is_going_on_is_the_next_one(self):
        self._meeting("2026-04-01 09:00:00", stop="2026-04-01 11:00:00")
        kit = self._kit()
        self.assertTrue(kit["coming"])
        self.assertFalse(kit["last"])

    @users("bsc_coach")
    def test_who_was_there_last_time_is_told(self):
        self._meeting("2026-01-07 09:00:00")
        guests = self._meeting().attendee_ids
        guests.filtered(
            lambda guest: guest.partner_id == self.professional
        ).bsc_is_present = True
        self.assertEqual(self._kit()["last"]["present"], "Professional")
        self.assertNotIn("Nobody noted", self._screen())

    @users("bsc_coach")
    def test_attendance_that_nobody_noted_is_said_to_be_an_invitation(self):
        guests = self._meeting().attendee_ids
        guests.filtered(lambda guest: guest.partner_id == self.coach.partner_id).write(
            {"state": "declined"}
        )
        self.assertIn(
            "Nobody noted who was there. Invited: Professional </div>", self._screen()
        )

    @users("bsc_coach")
    def test_meeting_where_nobody_was_is_told_so(self):
        self._meeting().bsc_is_noted = True
        screen = self._screen()
        self.assertIn("Nobody was there.", screen)
        self.assertNotIn("Invited", screen)

    @users("bsc_other_coach")
    def test_private_meeting_of_a_colleague_tells_its_day_only(self):
        self._meeting(location="At home", privacy="private")
        self.env.invalidate_all()
        last = self._kit()["last"]
        self.assertEqual(last["day"], "Wednesday 4 March 2026, 09:00")
        self.assertEqual(last["about"], "Busy")
        self.assertFalse(last["location"] or last["present"] or last["invited"])

    # what to ask and to bring

    @users("bsc_coach")
    def test_stage_and_blanks_ask_a_question_once(self):
        question = "In which neighbourhoods do you work?"
        self.relation.stage_id.questions = False
        self.assertIn(question, self._kit()["blanks"]["lines"])
        self.relation.stage_id.questions = f"<ul><li>{question}</li></ul>"
        self.assertEqual(self._screen().count(question), 1)

    @users("bsc_coach")
    def test_what_is_known_is_told_and_not_asked(self):
        question = "Which groups of residents do you meet most?"
        self.assertIn(question, self._screen())
        group = self.env["bsc.target.group"].sudo().create({"name": "Shy (test)"})
        self.relation.target_group_ids = group
        self.professional.bsc_expertise = "debts"
        self.relation.our_picture = "Hard to reach"  # not for their eyes
        kit = self._kit()
        self.assertEqual(
            kit["profile"],
            [
                ("Target groups", "Shy (test)"),
                ("Professionals", "Professional (debts)"),
            ],
        )
        self.assertNotIn(question, self._screen())

    @users("bsc_coach")
    def test_more_blanks_than_fit_are_counted(self):
        self.relation.stage_id.questions = False
        total = len(self.relation._get_blanks())
        blanks = self._kit()["blanks"]
        left = total - len(blanks["lines"])
        self.assertEqual(blanks["more"], f"and {left} more")
        self.assertIn(blanks["more"], self._screen())

    @users("bsc_viewer")
    def test_files_of_the_stage_open_on_the_screen_and_are_named_on_paper(self):
        file = (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": "Factsheet.pdf", "raw": b"%PDF"})
        )
        self.relation.stage_id.attachment_ids = file
        self.env.invalidate_all()
        self.assertIn(f'href="/web/content/{file.id}"', self._screen())
        paper = self._paper()
        self.assertIn("Factsheet.pdf", paper)
        self.assertNotIn("/web/content/", paper)
        self.assertEqual(file.with_env(self.env).raw, b"%PDF")

    @users("bsc_coach")
    def test_overview_is_that_of_the_areas_of_the_team(self):
        self._check()
        area = self.env["bsc.area"].sudo()
        town = area.create({"name": "Town (test)", "kind": "municipality"})
        north, south = area.create(
            [
                {"name": "North (test)", "parent_id": town.id},
                {"name": "South (test)", "parent_id": town.id},
            ]
        )
        self.offering.area_ids = north
        self._offering(name="Elsewhere", area_ids=south.ids)
        for areas, found in ((north, 1), (town, 2), (area, 2)):
            with self.subTest(areas=areas.mapped("name")):
                self.relation.area_ids = areas
                action = self.relation.with_env(self.env).action_open_overview()
                names = ", ".join(areas.mapped("name"))
                self.assertEqual(
                    action["display_name"],
                    f"Activities in {names}" if areas else "Activity overview",
                )
                domain = action["domain"]
                if isinstance(domain, str):  # as it stands in the menu
                    domain = [("is_referable_today", "=", True)]
                self.assertIn(f"to refer to: {found})", self._kit()["overview"])
                self.assertEqual(self.env["bsc.offering"].search_count(domain), found)

    # promises

    @users("bsc_coach")
    def test_open_promises_of_both_sides_are_told_the_oldest_first(self):
        self._promise("Later")
        self._promise("Too late", "2026-03-31", user_id=self.other_coach.id)
        self._promise("Room", "2026-04-01", bsc_promised_by="them")
        self._promise("Kept").action_done()
        promises = self._kit()["promises"]
        self.assertEqual(
            [line["name"] for line in promises["us"]], ["Too late", "Later"]
        )
        self.assertEqual([line["is_late"] for line in promises["us"]], [True, False])
        self.assertIn("bsc_other_coach", promises["us"][0]["who"])
        [theirs] = promises["them"]
        self.assertEqual((theirs["name"], theirs["is_late"]), ("Room", False))
        self.assertEqual(theirs["day"], "04/01/2026")

    @users("bsc_coach")
    def test_more_promises_than_fit_are_counted(self):
        for number in range(6):
            self._promise(f"Promise {number}")
        self.assertIn("and 2 more", self._screen())

    @users("bsc_coach")
    def test_agreement_of_an_evaluation_is_marked(self):
        evaluation = self.env["bsc.evaluation"].create(
            {"relation_id": self.relation.id, "date": "2026-03-01"}
        )
        self._promise("Meet monthly", bsc_evaluation_id=evaluation.id)
        self.assertIn("from the evaluation", self._screen())

    @users("bsc_viewer")
    def test_viewer_sees_how_many_promises_there_are(self):
        self._promise()
        self._promise(deadline="2026-03-01")
        screen = self._screen()
        self.assertNotIn("factsheet ·", screen)
        self.assertIn("To be kept: 2, late: 1", screen)

    # since last time

    @users("bsc_viewer")
    def test_numbers_are_those_since_the_last_meeting(self):
        self._meeting()
        self._referral(date="2026-03-03", date_start="2026-03-04")
        self._referral(date="2026-03-04", coach_id=self.other_coach.id)
        closed = self._referral(date="2026-01-01", date_lasting="2026-03-01")
        closed.date_closed = "2026-03-20"
        for date in ("2026-03-03", "2026-03-05"):
            self.env["bsc.feedback"].sudo().create(
                {
                    "referral_id": closed.id,
                    "recipient_id": self.professional.id,
                    "body": "It goes well.",
                    "way": "phone",
                    "date": date,
                    "user_id": self.coach.id,
                }
            )
        (self._referral() | closed).date_feedback_due = "2026-03-31"
        self.assertEqual(
            self._kit()["numbers"],
            [
                ("New referrals", 2),
                ("Started", 1),
                ("Closed", 1),
                ("Feedback given", 1),
                ("Feedback owed", 2),
            ],
        )

    @users("bsc_coach")
    def test_without_a_last_meeting_all_counts(self):
        self._referral(date="2020-01-01").date_feedback_due = False
        self.assertEqual(self._kit()["numbers"], [("New referrals", 1)])
        self.assertIn("So far", self._screen())

    @users("bsc_coach")
    def test_no_participant_stands_in_the_kit(self):
        client = self._client()
        referral = self._referral(client_id=client.id)
        self._story(referral_id=referral.id)
        for text in (self._screen(), self._paper()):
            self.assertIn("Walking again", text)
            self.assertNotIn(client.name, text)
            self.assertNotIn(referral.reference, text)

    @users("bsc_coach")
    def test_story_of_after_the_last_meeting_goes_first(self):
        self._meeting()
        self._story(referral_id=self._referral().id)  # of the team itself, but told
        self.assertEqual(self._kit()["story"]["name"], "Walking again")
        self._story(name="Dancing", date="2026-03-10")
        self.assertEqual(self._kit()["story"]["name"], "Dancing")

    @users("bsc_coach")
    def test_story_without_permission_for_the_team_is_not_told(self):
        self._story("newsletter")
        self.assertFalse(self._kit()["story"])

    @users("bsc_coach")
    def test_words_are_those_of_the_target_groups(self):
        groups = (
            self.env["bsc.target.group"]
            .sudo()
            .create(
                [
                    {
                        "name": f"Group {number} (test)",
                        "sequence": -number,
                        "words_use": f"Use {number}",
                        "words_avoid": f"Avoid {number}",
                        "moving_adds": f"Adds {number}",
                    }
                    for number in range(5)
                ]
            )
        )
        self.relation.target_group_ids = groups[:1]
        self.assertEqual(
            self._kit()["words"],
            [
                {
                    "group": "Group 0 (test)",
                    "words_use": "Use 0",
                    "words_avoid": "Avoid 0",
                    "moving_adds": "Adds 0",
                }
            ],
        )
        self.relation.target_group_ids = groups
        self.assertEqual(len(self._kit()["words"]), 3)
        self.assertIn(
            "Other target groups: Group 1 (test), Group 0 (test)", self._screen()
        )

    # speed

    def test_kit_takes_as_many_queries_for_many(self):
        relation = self.relation.with_user(self.coach)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            action = relation.action_open_kit()
            opened = relation.browse(action["res_id"])
            opened.web_read({"display_name": {}, "kit": {}, "active": {}})
            return self.env.cr.sql_log_count - before

        def count_warm():
            count()
            return count()

        def fill(number):
            groups = self.env["bsc.target.group"].create(
                [{"name": f"Group {number}-{index} (test)"} for index in range(number)]
            )
            areas = self.env["bsc.area"].create(
                [
                    {"name": f"Town {number}-{index} (test)", "kind": "municipality"}
                    for index in range(number)
                ]
            )
            files = self.env["ir.attachment"].create(
                [{"name": f"File {index}", "raw": b"text"} for index in range(number)]
            )
            self.relation.target_group_ids |= groups
            self.relation.area_ids |= areas
            self.relation.stage_id.attachment_ids |= files
            for index in range(number):
                day = f"2026-03-{index + 1:02}"
                self._meeting(f"{day} 09:00:00")
                self._meeting(f"2026-05-{index + 1:02} 09:00:00")
                self._promise(f"Ours {index}", deadline=day)
                self._promise(f"Theirs {index}", bsc_promised_by="them")
                self._referral(date=day)
                self._story()  # found last: it fits every team

        fill(1)
        one = count_warm()
        fill(19)
        self.assertEqual(count_warm(), one)
        self.assertLessEqual(one, 40)
