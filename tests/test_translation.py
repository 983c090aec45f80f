"""The committed lists of terms are those of the source."""

from io import BytesIO
from pathlib import Path

import polib

from odoo.modules import get_module_path
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export


@tagged("post_install", "-at_install")
class TestTranslation(TransactionCase):
    def test_templates_hold_the_terms_of_the_source(self):
        """``./setup/translate`` renews them."""
        for module in ("bsc_wijkteam", "bsc_wijkteam_reports"):
            with self.subTest(module=module):
                buffer = BytesIO()
                trans_export(None, [module], buffer, "po", self.env)
                source = polib.pofile(buffer.getvalue().decode())
                template = Path(get_module_path(module), "i18n", f"{module}.pot")
                committed = polib.pofile(template.read_text())
                self.assertEqual(
                    {entry.msgid for entry in source},
                    {entry.msgid for entry in committed},
                )
