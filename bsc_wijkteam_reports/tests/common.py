import re

from odoo.addons.bsc_wijkteam.tests.common import BscCommon


class ReportCommon(BscCommon):
    """What the tests of reports made by a query share."""

    def _assert_declares(self, report, sources):
        """Fail when the query of a report reads a column it does not depend on.

        :param report: model with a ``_table_query``
        :param dict sources: from each alias of a table to its model
        """
        read = {
            (sources[alias], column)
            for alias, column in re.findall(r"\b(\w+)\.(\w+)", report._table_query.code)
            if alias in sources and column != "id"
        }
        declared = {
            (model, name) for model, names in report._depends.items() for name in names
        }
        self.assertGreater(len(read), len(sources))
        self.assertLessEqual(read, declared)
