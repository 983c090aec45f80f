"""The overview of activities as a workbook."""

import io

import xlsxwriter

BRAND = "#01666b"
A4 = 9  # as Excel numbers paper


def write_sheet(columns, rows, info):
    """Return a workbook with one row per activity, below a heading that stays in sight.

    Every text is written as text: what begins with "=", "+", "-" or "@" is no formula,
    and no address becomes a link.

    :param list columns: label, key of the row, kind ("text", "number", "amount" or
        "date") and width of each column
    :param list rows: dictionaries of plain values; a list is joined to a text
    :param tuple info: name of the two sheets, and label and text of each line of the
        second one
    :rtype: bytes
    """
    output = io.BytesIO()
    title, info_title, lines = info
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        head = book.add_format(
            {"bold": True, "bg_color": BRAND, "font_color": "#ffffff", "valign": "top"}
        )
        head.set_text_wrap()
        formats = {
            kind: book.add_format({"valign": "top", **properties})
            for kind, properties in {
                "text": {"text_wrap": True},
                "number": {"num_format": "0"},
                "amount": {"num_format": "#,##0.00"},
                "date": {"num_format": 14},  # the way dates are written in that country
            }.items()
        }
        sheet = book.add_worksheet(title[:31])
        for number, (label, _key, _kind, width) in enumerate(columns):
            sheet.set_column(number, number, width)
            sheet.write_string(0, number, label, head)
        for line, row in enumerate(rows, start=1):
            for number, (_label, key, kind, _width) in enumerate(columns):
                _write_cell(sheet, line, number, row[key], kind, formats[kind])
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
        sheet.freeze_panes(1, 1)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        about = book.add_worksheet(info_title[:31])
        about.set_column(0, 0, 24)
        about.set_column(1, 1, 90)
        for line, (label, text) in enumerate(lines):
            about.write_string(line, 0, label, formats["text"])
            about.write_string(line, 1, text, formats["text"])
    return output.getvalue()


def _write_cell(sheet, line, number, value, kind, cell_format):
    if isinstance(value, list):
        value = ", ".join(value)
    if value is None or value is False:
        sheet.write_blank(line, number, None, cell_format)
    elif kind == "text":
        sheet.write_string(line, number, value, cell_format)
    elif kind == "date":
        sheet.write_datetime(line, number, value, cell_format)
    else:
        sheet.write_number(line, number, value, cell_format)
