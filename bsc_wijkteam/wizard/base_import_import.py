import codecs
from contextlib import suppress

from odoo import models

from ..tools.list_headers import find_column

MAX_ROWS_TOLD = 20  # rows named in one sentence


class BaseImportImport(models.TransientModel):
    _inherit = "base_import.import"

    def _get_mapping_suggestion(
        self, header, fields_tree, header_types, mapping_fields
    ):
        """Also know what the columns of real lists of activities are called.

        What was chosen for a name in an earlier import goes before.
        """
        if self.res_model == "bsc.offering":
            column = find_column(header)
            if column in {field["name"] for field in fields_tree}:
                mapping_fields = {header.lower(): column, **mapping_fields}
        return super()._get_mapping_suggestion(
            header, fields_tree, header_types, mapping_fields
        )

    def _read_csv(self, options):
        """Do not guess the encoding of a list of activities that is plainly UTF-8.

        Of a short list with one accent or euro sign, Odoo's guess is often wrong.
        """
        content = self.file or b""
        if (
            self.res_model == "bsc.offering"
            and not options.get("encoding")
            and not content.startswith(codecs.BOM_UTF8)
        ):
            with suppress(UnicodeDecodeError):
                content.decode()
                options["encoding"] = "utf-8"
        return super()._read_csv(options)

    def execute_import(self, fields, columns, options, dryrun=False):
        """Take a list of activities whole, and tell what is wrong with it by row.

        The rows are numbered as a spreadsheet shows them, the header included. What is
        merely worth knowing is told by the test, and in a notification by the import:
        Odoo's own screen would call it an error.
        """
        if self.res_model != "bsc.offering":
            return super().execute_import(fields, columns, options, dryrun=dryrun)
        # A price comes as "€ 10,-" or "free": Odoo would refuse the whole column.
        if self.env["bsc.offering"]._is_plain_list(fields):
            fields = ["import_price" if name == "price" else name for name in fields]
        # Rows are taken together, also when Odoo would import the list by batches.
        options = {**options, "limit": None}
        result = super().execute_import(fields, columns, options, dryrun=dryrun)
        if "ids" not in result:
            return result
        header = 1 if options.get("has_headers") else 0
        first_row = 1 + header + (options.get("skip") or 0)
        errors = [
            message for message in result["messages"] if message["type"] == "error"
        ]
        if errors:
            result["messages"] = self._bsc_word_errors(errors, first_row)
            result["name"] = []  # is numbered without the header
        elif result["messages"]:
            remarks = self._bsc_word_remarks(result["messages"], first_row)
            result["messages"] = []
            if dryrun:
                result["messages"].append(
                    {
                        "type": "warning",
                        "message": self.env._(
                            "This list can be imported. Please note: • %(remarks)s",
                            remarks=remarks,
                        ),
                        "not_matching_error": True,
                    }
                )
            else:
                self.env.user._bus_send(
                    "simple_notification",
                    {
                        "type": "warning",
                        "title": self.env._("About the list you imported"),
                        "message": remarks,
                        "sticky": True,
                    },
                )
        return result

    def _bsc_word_errors(self, messages, first_row):
        """Return errors the way the import screen shows each of them with its row.

        An error with a value stays with its column, where the screen offers what to do
        about it. The others are told one by one; the screen would lose the rows of
        those that read the same, so they are told together here.
        """
        by_column, by_text = [], {}
        for message in messages:
            if "rows" not in message:
                by_column.append(message)
                continue
            row = first_row + message["rows"]["from"]
            if message.get("field") and message.get("value"):
                text = self.env._(
                    "Row %(row)s: %(text)s", row=row, text=message["message"]
                )
                rows = {"from": row - 1, "to": row - 1}  # is shown with 1 added
                by_column.append({**message, "message": text, "rows": rows})
            else:
                by_text.setdefault(message["message"], []).append(row)
        by_column.sort(key=lambda message: message.get("rows", {}).get("from", 0))
        return by_column + [
            {
                "type": "error",
                "message": text,
                "record": self._bsc_list_rows(rows),
                "rows": {"from": rows[0], "to": rows[0]},
            }
            for text, rows in sorted(by_text.items(), key=lambda item: item[1])
        ]

    def _bsc_word_remarks(self, messages, first_row):
        """Return all remarks in one text, each with the rows it is about."""
        by_text = {}
        for message in messages:
            rows = by_text.setdefault(message["message"], [])
            if "rows" in message:
                rows.append(first_row + message["rows"]["from"])
        told = []
        for text, rows in by_text.items():
            numbers = self._bsc_list_rows(rows)
            if len(rows) > 1:
                text = self.env._("Rows %(rows)s: %(text)s", rows=numbers, text=text)
            elif rows:
                text = self.env._("Row %(row)s: %(text)s", row=numbers, text=text)
            told.append(text)
        return " • ".join(told)

    def _bsc_list_rows(self, rows):
        """Return row numbers as text: "3, 9, 12"."""
        rows = sorted(set(rows))
        text = ", ".join(str(row) for row in rows[:MAX_ROWS_TOLD])
        return f"{text} …" if len(rows) > MAX_ROWS_TOLD else text
