from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscIndicator(BscCommon):
    def test_two_or_three_questions_come_with_it(self):
        names = ("feeling", "people", "active")
        for name in names:
            indicator = self.env.ref(f"bsc_wijkteam.bsc_indicator_{name}")
            self.assertTrue(indicator.hint)

    @users("bsc_coordinator")
    def test_coordinator_changes_the_list(self):
        indicator = self.env["bsc.indicator"].create({"name": "How do you sleep?"})
        self.assertEqual(indicator.scale, "10")
        indicator.active = False
        self.assertNotIn(indicator, self.env["bsc.indicator"].search([]))

    @users("bsc_coach")
    def test_coach_asks_what_is_on_the_list(self):
        with self.assertRaises(AccessError):
            self.env["bsc.indicator"].create({"name": "How do you sleep?"})

    def test_citizen_service_number_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self.env["bsc.indicator"].create({"name": "Is 111222333 yours?"})
