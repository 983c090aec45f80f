from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestResConfigSettings(BscCommon):
    def test_settings_change_the_company(self):
        self.coordinator.group_ids += self.env.ref("base.group_system")
        form = Form(self.env["res.config.settings"].with_user(self.coordinator))
        form.bsc_check_months = 18
        form.bsc_feedback_weeks = 4
        form.bsc_link_days = 14
        form.bsc_confirm_months = 6
        form.bsc_override_role = "team"
        form.bsc_feed_enabled = True
        form.bsc_overview_intro = "All of this was checked."
        form.bsc_overview_footer = "Call us."
        form.save().execute()
        self.assertEqual(self.company.bsc_check_months, 18)
        self.assertEqual(self.company.bsc_feedback_weeks, 4)
        self.assertEqual(self.company.bsc_link_days, 14)
        self.assertEqual(self.company.bsc_confirm_months, 6)
        self.assertEqual(self.company.bsc_override_role, "team")
        self.assertTrue(self.company.bsc_feed_enabled)
        self.assertEqual(self.company.bsc_overview_intro, "All of this was checked.")
        self.assertEqual(self.company.bsc_overview_footer, "Call us.")

    def test_open_data_is_off_by_default(self):
        self.assertFalse(
            self.env["res.company"].create({"name": "New"}).bsc_feed_enabled
        )

    def test_senseless_setting_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.company.bsc_feedback_weeks = 0
            self.env.flush_all()

    @users("bsc_coordinator")
    def test_coordinator_alone_does_not_open_the_settings(self):
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].create({})
