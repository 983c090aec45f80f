from datetime import date
from pathlib import Path

from odoo.exceptions import AccessError, ValidationError
from odoo.modules.migration import load_script
from odoo.tests import Form, freeze_time, tagged, users

from .common import BscCommon

MIGRATION = Path(__file__).parent.parent / "migrations/19.0.1.2.0/post-migrate.py"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestMailActivityPromise(BscCommon):
    """A promise stays countable, whatever becomes of it."""

    def _promise(self, record=None, **values):
        record = self.relation if record is None else record
        return record.with_env(self.env).activity_schedule(
            "bsc_wijkteam.mail_activity_type_promise",
            **{
                "summary": "Send the overview",
                "date_deadline": date(2026, 3, 9),
                "user_id": self.coach.id,
                **values,
            },
        )

    def _todo(self, **values):
        return self.relation.with_env(self.env).activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.coach.id, **values
        )

    def _queries(self, call):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _done(self, promise, day):
        with freeze_time(day):
            promise.action_done()
            promise.flush_recordset()

    # what becomes of a promise

    @users("bsc_coach")
    def test_new_promise_is_to_be_kept(self):
        self.assertRecordValues(
            self._promise(),
            [
                {
                    "bsc_promise_state": "open",
                    "bsc_date_promised": date(2026, 3, 9),
                    "bsc_is_postponed": False,
                    "bsc_promised_by": "us",
                    "bsc_relation_id": self.relation.id,
                }
            ],
        )

    @users("bsc_coach")
    def test_done_on_the_day_is_kept(self):
        promise = self._promise()
        self._done(promise, "2026-03-09")
        self.assertEqual(promise.bsc_promise_state, "kept")

    @users("bsc_coach")
    def test_done_after_the_day_is_late(self):
        promise = self._promise()
        self._done(promise, "2026-03-10")
        self.assertEqual(promise.bsc_promise_state, "late")

    @users("bsc_coach")
    def test_putting_off_keeps_the_first_day(self):
        promise = self._promise()
        promise.date_deadline = "2026-03-20"
        promise.date_deadline = "2026-03-30"
        self.assertEqual(promise.bsc_date_promised, date(2026, 3, 9))
        self.assertTrue(promise.bsc_is_postponed)

    @users("bsc_coach")
    def test_put_off_and_done_before_the_new_day_is_late(self):
        promise = self._promise()
        promise.date_deadline = "2026-03-30"
        self._done(promise, "2026-03-20")
        self.assertEqual(promise.bsc_promise_state, "late")

    @users("bsc_coach")
    def test_earlier_is_not_put_off(self):
        promise = self._promise()
        promise.date_deadline = "2026-03-05"
        self.assertFalse(promise.bsc_is_postponed)
        self.assertEqual(promise.bsc_date_promised, date(2026, 3, 9))

    @users("bsc_coach")
    def test_day_chosen_in_the_form_is_the_first_day(self):
        promise = self._promise()
        with Form(promise) as form:
            form.date_deadline = date(2026, 4, 1)
            form.date_deadline = date(2026, 4, 2)
        self.assertEqual(promise.bsc_date_promised, date(2026, 3, 9))

    @users("bsc_coach")
    def test_deleted_by_the_client_is_withdrawn(self):
        promise = self._promise()
        promise.unlink()
        self.assertTrue(promise.exists())
        self.assertEqual(promise.bsc_promise_state, "withdrawn")
        self.assertEqual(promise.bsc_withdraw_reason, "No reason given")
        self.assertNotIn(promise, self.relation.with_env(self.env).activity_ids)

    @users("bsc_coach")
    def test_kept_promise_cannot_be_deleted(self):
        promise = self._promise()
        promise.action_done()
        promise.unlink()
        self.assertEqual(promise.exists().bsc_promise_state, "kept")

    @users("bsc_coach")
    def test_cancelling_asks_why(self):
        promise = self._promise()
        action = promise.action_cancel()
        self.assertEqual(action["res_model"], "bsc.promise.withdraw")
        self.assertEqual(action["context"], {"default_activity_ids": promise.ids})
        self.assertTrue(promise.active)

    @users("bsc_coach")
    def test_taken_up_again_and_done_is_kept(self):
        promise = self._promise()
        promise.unlink()
        promise.action_unarchive()
        self.assertEqual(promise.bsc_promise_state, "open")
        promise.action_done()
        self.assertEqual(promise.bsc_promise_state, "kept")

    @users("bsc_coach")
    def test_only_who_may_change_it_withdraws_it(self):
        partner = self.env["res.partner"].create({"name": "Desk"})
        promise = self._promise(partner)
        colleague = promise.with_user(self.viewer)
        with self.assertRaises(AccessError):
            colleague.unlink()
        self.assertTrue(promise.active)

    @users("bsc_coach")
    def test_name_of_a_participant_is_refused_in_the_reason(self):
        referral = self._referral(client_id=self._client().id)
        promise = self._promise(referral)
        with self.assertRaisesRegex(ValidationError, "gives away who"):
            promise._bsc_withdraw("Fatima moved")

    # both sides

    @users("bsc_coach")
    def test_they_can_promise_too(self):
        promise = self._promise(bsc_promised_by="them")
        promise.summary = "Call us back"
        self.assertEqual(promise.bsc_promised_by, "them")

    @users("bsc_coach")
    def test_promise_is_made_in_the_dialog_of_the_chatter(self):
        relation = self.relation.with_env(self.env)
        wizard = self.env["mail.activity.schedule"].with_context(
            active_model=relation._name, active_id=relation.id, active_ids=relation.ids
        )
        with Form(wizard) as form:
            form.activity_type_id = self.env.ref(
                "bsc_wijkteam.mail_activity_type_promise"
            )
            form.summary = "Invite us"
            form.bsc_promised_by = "us"
            form.bsc_can_keep = True
            form.bsc_promised_by = "them"
        form.record.action_schedule_activities()
        self.assertRecordValues(
            relation.promise_ids,
            [
                {
                    "bsc_promised_by": "them",
                    "bsc_can_keep": True,
                    "date_deadline": date(2026, 3, 9),
                    "user_id": self.coach.id,
                }
            ],
        )

    @users("bsc_coach")
    def test_to_do_made_in_the_dialog_has_no_side(self):
        relation = self.relation.with_env(self.env)
        wizard = self.env["mail.activity.schedule"].with_context(
            active_model=relation._name, active_id=relation.id, active_ids=relation.ids
        )
        before = relation.activity_ids
        with Form(wizard) as form:
            form.activity_type_id = self.env.ref("mail.mail_activity_data_todo")
        form.record.action_schedule_activities()
        todo = relation.activity_ids - before
        self.assertEqual(len(todo), 1)
        self.assertFalse(todo.bsc_promised_by)

    # bad input

    @users("bsc_coach")
    def test_promise_without_owner_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Nobody looks after the promise"):
            self._promise(user_id=False)
        promise = self._promise()
        with self.assertRaisesRegex(ValidationError, "Nobody looks after the promise"):
            promise.user_id = False

    @users("bsc_coach")
    def test_promise_without_date_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "A promise needs a day"):
            self._promise().copy({"date_deadline": False})
        with self.assertRaisesRegex(ValidationError, "A promise needs a day"):
            self._promise().date_deadline = False

    # other activities

    @users("bsc_coach")
    def test_to_do_still_disappears_on_cancel(self):
        todo = self._todo()
        self.assertFalse(todo.action_cancel())
        self.assertFalse(todo.exists())

    @users("bsc_coach")
    def test_to_do_still_disappears_on_delete(self):
        todo, promise = self._todo(), self._promise()
        (todo | promise).unlink()
        self.assertEqual((todo | promise).exists(), promise)

    @users("bsc_coach")
    def test_to_do_needs_no_owner_and_remembers_nothing(self):
        todo = self._todo(date_deadline=date(2026, 3, 9))
        todo.user_id = False
        todo.date_deadline = "2026-03-20"
        self.assertRecordValues(
            todo,
            [
                {
                    "bsc_promise_state": False,
                    "bsc_date_promised": False,
                    "bsc_is_postponed": False,
                    "bsc_promised_by": False,
                }
            ],
        )

    @users("bsc_coach")
    def test_to_do_is_no_slower(self):
        """What is ours asks the database nothing when it is about a to-do."""
        todo = self._todo()
        todo.date_deadline, todo.active = "2026-03-20", False
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        todo._compute_bsc_is_promise()
        todo._compute_bsc_promised_by()
        todo._compute_bsc_date_promised()
        todo._compute_bsc_is_postponed()
        todo._compute_bsc_promise_state()
        todo._compute_bsc_relation_id()
        todo._check_bsc_owner()
        self.assertEqual(self.env.cr.sql_log_count, before)

    @users("bsc_coach")
    def test_type_that_becomes_a_promise(self):
        todo = self._todo(date_deadline=date(2026, 3, 9))
        todo.activity_type_id.sudo().bsc_is_promise = True
        self.assertEqual(todo.bsc_promise_state, "open")
        self.assertEqual(todo.bsc_date_promised, date(2026, 3, 9))
        self.assertIn(
            todo, self.env["mail.activity"].search([("bsc_is_promise", "=", True)])
        )

    # cleaning up

    def test_promises_go_with_their_document(self):
        partner = self.env["res.partner"].create({"name": "Team West"})
        relation = self.env["bsc.relation"].create({"partner_id": partner.id})
        kept, open_ = self._promise(relation), self._promise(relation)
        kept.action_done()
        relation.with_user(self.coordinator).unlink()
        self.assertFalse((kept | open_).exists())

    def test_promises_of_a_colleague_who_leaves_stay_countable(self):
        promise, todo = self._promise(), self._todo()
        self.coach.action_archive()
        self.assertEqual(promise.exists().bsc_promise_state, "withdrawn")
        self.assertFalse(todo.exists())

    # speed and upgrade

    @users("bsc_coach")
    def test_many_promises_are_withdrawn_in_the_same_queries(self):
        promises = self._promise() | self._promise()
        self._queries(promises[0].unlink)  # warm up
        one = self._queries(promises[1].unlink)
        many = self.env["mail.activity"].browse(
            [self._promise().id for _number in range(20)]
        )
        self.assertLessEqual(self._queries(many.unlink), one)
        self.assertEqual(set(many.mapped("bsc_promise_state")), {"withdrawn"})

    def test_update_marks_our_type_and_its_promises(self):
        activity_type = self.env.ref("bsc_wijkteam.mail_activity_type_promise")
        activity_type.bsc_is_promise = False
        promise = self._promise()
        self.assertFalse(promise.bsc_promise_state)
        self.env.flush_all()
        script = load_script(str(MIGRATION), "bsc_wijkteam_post_migrate")
        script.migrate(self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertTrue(activity_type.bsc_is_promise)
        self.assertEqual(promise.bsc_promise_state, "open")
        self.assertEqual(promise.bsc_date_promised, date(2026, 3, 9))
