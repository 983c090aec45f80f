from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscEvaluationItem(BscCommon):
    def test_shipped_items_are_few_and_asked(self):
        items = self.env["bsc.evaluation.item"].search(Domain.TRUE)
        self.assertEqual(len(items), 8)
        evaluation = self.env["bsc.evaluation"].create(
            {"relation_id": self.relation.id}
        )
        self.assertEqual(evaluation.line_ids.item_id, items)

    @users("bsc_coordinator")
    def test_coordinator_adds_an_item_that_is_asked_from_then_on(self):
        item = self.env["bsc.evaluation.item"].create({"name": "We laugh together."})
        evaluation = self.env["bsc.evaluation"].create(
            {"relation_id": self.relation.id}
        )
        self.assertIn(item, evaluation.line_ids.item_id)
        self.assertEqual(item.line_count, 1)

    @users("bsc_coach")
    def test_coach_does_not_edit_items(self):
        with self.assertRaises(AccessError):
            self.env["bsc.evaluation.item"].create({"name": "We laugh together."})

    def test_archived_item_stays_in_a_running_evaluation(self):
        item = self.env.ref("bsc_wijkteam.bsc_evaluation_item_goal")
        running = self.env["bsc.evaluation"].create({"relation_id": self.relation.id})
        item.active = False
        self.env.invalidate_all()
        line = running.line_ids.filtered(lambda line: line.item_id == item)
        line.our_score = "4"
        self.assertEqual(running.our_average, 4)
        running.action_cancel()
        new = self.env["bsc.evaluation"].create({"relation_id": self.relation.id})
        self.assertNotIn(item, new.line_ids.item_id)

    @users("bsc_coordinator")
    def test_used_item_is_not_deleted(self):
        item = self.env["bsc.evaluation.item"].create({"name": "We laugh together."})
        self.env["bsc.evaluation"].create({"relation_id": self.relation.id})
        with self.assertRaisesRegex(UserError, "We laugh together.*Archive it"):
            item.unlink()

    @users("bsc_coordinator")
    def test_unused_item_is_deleted(self):
        item = self.env["bsc.evaluation.item"].create({"name": "We laugh together."})
        item.unlink()
        self.assertFalse(item.exists())

    @users("bsc_coordinator")
    def test_item_holds_no_citizen_service_number(self):
        with self.assertRaisesRegex(ValidationError, "BSN"):
            self.env["bsc.evaluation.item"].create({"name": "Who is 111222333?"})
