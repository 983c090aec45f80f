from odoo import fields, models


class BscFeedImport(models.TransientModel):
    """Read a file of open data into providers and offerings, after a look at it."""

    _name = "bsc.feed.import"
    _description = "Import Open Data"

    file = fields.Binary(attachment=False)
    line_ids = fields.One2many("bsc.feed.import.line", "import_id")


class BscFeedImportLine(models.TransientModel):
    """One item of the file, and what importing it would do."""

    _name = "bsc.feed.import.line"
    _description = "Item of an Import of Open Data"

    import_id = fields.Many2one("bsc.feed.import", required=True, ondelete="cascade")
    name = fields.Char()
