from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged, users

from .common import BscCommon


@tagged("post_install", "-at_install")
class TestBscSignalTheme(BscCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.area = cls.env["bsc.area"].create({"name": "Here"})
        cls.theme = cls.env["bsc.signal.theme"].create({"name": "Noise (test)"})

    def _signal(self):
        return self.env["bsc.signal"].create(
            {"theme_id": self.theme.id, "area_id": self.area.id, "route": "acute"}
        )

    @users("bsc_coordinator")
    def test_theme_counts_its_signals(self):
        self._signal()
        self._signal()
        self.assertEqual(self.theme.with_env(self.env).signal_count, 2)

    @users("bsc_coordinator")
    def test_theme_in_use_is_not_deleted(self):
        self._signal()
        with self.assertRaisesRegex(UserError, "signals about “Noise"):
            self.theme.with_env(self.env).unlink()

    @users("bsc_coordinator")
    def test_theme_nobody_used_is_deleted(self):
        theme = self.theme.with_env(self.env)
        theme.unlink()
        self.assertFalse(theme.exists())

    @users("bsc_coordinator")
    def test_theme_holds_no_citizen_service_number(self):
        with self.assertRaisesRegex(ValidationError, "citizen service number"):
            self.theme.with_env(self.env).name = "About 111222333"

    @users("bsc_coach")
    def test_archived_theme_keeps_its_signals(self):
        signal = self._signal()
        self.theme.active = False
        found = self.env["bsc.signal"].search([("theme_id", "=", self.theme.id)])
        self.assertEqual(found, signal)
        themes = self.env["bsc.signal.theme"].search([])
        self.assertNotIn(self.theme, themes)
