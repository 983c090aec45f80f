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
        form.save().execute()
        self.assertEqual(self.company.bsc_check_months, 18)
        self.assertEqual(self.company.bsc_feedback_weeks, 4)
        self.assertEqual(self.company.bsc_link_days, 14)

    def test_senseless_setting_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.company.bsc_feedback_weeks = 0
            self.env.flush_all()

    @users("bsc_coordinator")
    def test_coordinator_alone_does_not_open_the_settings(self):
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].create({})
