import base64
import re
from collections import Counter
from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..tools.feed_list import FeedList, get_known_domain
from ..tools.feed_reader import MAX_BYTES, FeedError, read_feed
from ..tools.feed_text import to_line
from ..tools.feed_words import get_sentences
from ..tools.feed_writer import get_zone

OUTCOMES = [
    ("new", "New"),
    ("changed", "Changed"),
    ("linked", "Known already"),
    ("removed", "No longer offered"),
    ("same", "Unchanged"),
    ("double", "Double"),
    ("unreadable", "Not readable"),
]


class BscFeedImport(models.TransientModel):
    """Read a file of open data into providers and offerings, after a look at it.

    Takes Open Referral UK (HSDS) and OpenActive, see ``tools/feed_reader.py``.
    """

    _name = "bsc.feed.import"
    _description = "Import Open Data"
    _rec_name = "source"

    file = fields.Binary(attachment=False)
    filename = fields.Char()
    source = fields.Char(
        "Name of the feed",
        compute="_compute_source",
        store=True,
        readonly=False,
        help="Tells this feed from others. Give the next file of the same feed the same"
        " name: what you imported before is found again by it.",
    )
    is_complete = fields.Boolean(
        "The file is the complete list",
        help="What came from this feed earlier and is not in this file is archived.",
    )
    line_ids = fields.One2many("bsc.feed.import.line", "import_id", "Activities")
    provider_count = fields.Integer(readonly=True)
    new_count = fields.Integer(compute="_compute_counts")
    changed_count = fields.Integer(compute="_compute_counts")
    linked_count = fields.Integer(compute="_compute_counts")
    removed_count = fields.Integer(compute="_compute_counts")
    same_count = fields.Integer(compute="_compute_counts")
    unreadable_count = fields.Integer(compute="_compute_counts")
    has_changes = fields.Boolean(compute="_compute_counts")
    summary = fields.Char(compute="_compute_summary")
    is_done = fields.Boolean(readonly=True)

    @api.depends("file", "filename")
    def _compute_source(self):
        """Propose the name under which the feed was imported before, else a new one."""
        for wizard in self:
            source = wizard.source
            if wizard.file:
                with suppress(UserError):  # told when it is saved or looked at
                    source = wizard._get_source()
            wizard.source = source

    @api.depends("line_ids.outcome")
    def _compute_counts(self):
        for wizard in self:
            counts = Counter(wizard.line_ids.mapped("outcome"))
            wizard.new_count = counts["new"]
            wizard.changed_count = counts["changed"]
            wizard.linked_count = counts["linked"]
            wizard.removed_count = counts["removed"]
            wizard.same_count = counts["same"]
            wizard.unreadable_count = counts["unreadable"] + counts["double"]
            wizard.has_changes = not wizard.is_done and any(
                counts[outcome] for outcome in ("new", "changed", "linked", "removed")
            )

    @api.depends("line_ids.outcome", "provider_count")
    @api.depends_context("lang")
    def _compute_summary(self):
        labels = self.env["bsc.feed.import.line"]._fields["outcome"]
        labels = dict(labels._description_selection(self.env))
        for wizard in self:
            counts = Counter(wizard.line_ids.mapped("outcome"))
            parts = [
                f"{label}: {counts[outcome]}"
                for outcome, label in labels.items()
                if counts[outcome]
            ]
            if wizard.provider_count:
                parts.append(
                    self.env._("New providers: %(count)s", count=wizard.provider_count)
                )
            wizard.summary = " · ".join(parts)

    @api.constrains("file")
    def _check_file(self):
        for wizard in self:
            wizard._check_size()

    def action_preview(self):
        """Tell what importing the file would do, and change nothing."""
        self.ensure_one()
        feed = self._match()
        self.write(
            {
                "provider_count": len(feed.new_organisations),
                "is_done": False,
                "line_ids": [
                    Command.clear(),
                    *(
                        Command.create(self._get_line_vals(row, feed.sentences))
                        for row in feed.items
                    ),
                ],
            }
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_feed_import_action_preview"
        )
        return dict(action, res_id=self.id)

    def action_import(self):
        """Import the file: all that can be read, in one go.

        Looks again at what is here: since the preview somebody may have changed it.
        """
        self.ensure_one()
        feed = self._match()
        feed.apply()
        for line, row in zip(self.line_ids, feed.items, strict=False):
            line.offering_id = row.offering
        self.is_done = True
        counts = Counter(row.outcome for row in feed.items)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_offering_action"
        )
        action["domain"] = [("feed_source", "=", self.source)]
        action["context"] = {}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Open data imported"),
                "message": self.env._(
                    "Added: %(new)s. Updated: %(changed)s. Archived: %(removed)s.",
                    new=counts["new"],
                    changed=counts["changed"] + counts["linked"],
                    removed=counts["removed"],
                ),
                "next": action,
            },
        }

    @api.readonly
    def action_open_lines(self):
        """Open the items with one outcome, to look through and filter."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bsc_wijkteam.bsc_feed_import_line_action"
        )
        action["domain"] = [("import_id", "=", self.id)]
        outcome = self.env.context.get("outcome")
        action["context"] = {f"search_default_{outcome}": 1} if outcome else {}
        return action

    def _check_size(self):
        """Refuse a file that is too big, before anything of it is read."""
        # In base 64, four signs stand for three bytes.
        if len(self.with_context(bin_size=False).file or b"") * 3 // 4 > MAX_BYTES:
            raise UserError(
                self.env._(
                    "This file is bigger than 20 MB. Ask for a smaller part of the"
                    " feed, or split it."
                )
            )

    def _read_file(self):
        """Return the address and the items of the file.

        :raise UserError: when there is no file, or it is no feed
        """
        self._check_size()
        content = self.with_context(bin_size=False).file
        if not content:
            raise UserError(self.env._("Choose a file first."))
        company = self.env.company
        try:
            return read_feed(
                base64.b64decode(content), get_zone(company), company.currency_id.name
            )
        except FeedError as error:
            raise UserError(get_sentences(self.env)[error.args[0]]) from error

    def _get_source(self):
        """Return under which name the feed was imported before, else a new one."""
        address, items = self._read_file()
        known = (
            self.env["bsc.offering"]
            .with_context(active_test=False)
            .search_fetch(
                get_known_domain({item.ref for item in items}, "")
                & Domain("company_id", "=", self.env.company.id),
                ["feed_source"],
                limit=1,
            )
        )
        site = re.sub(r"^https?://|[/?#].*$", "", address)
        # A date in the name of the file is not the name of the feed.
        stem = re.sub(r"\.\w+$", "", to_line(self.filename))
        stem = " ".join(re.sub(r"[\d_.-]+", " ", stem).split())
        return known.feed_source or site or stem or self.source

    def _match(self):
        """Return the items of the file with what importing them would do."""
        _address, items = self._read_file()
        source = to_line(self.source)
        if not source:
            raise UserError(self.env._("Give the feed a name first."))
        self.env["bsc.privacy.mixin"]._check_text_no_bsn(source)
        offerings = self.env["bsc.offering"].with_context(
            # Nobody vetted what a feed brings, so it is nobody's yet.
            default_coach_id=False,
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            tracking_disable=True,
        )
        feed = FeedList(offerings, items, source, self.is_complete)
        feed.match()
        return feed

    def _get_line_vals(self, row, sentences):
        """Return the values of the line about one item."""
        item, offering = row.item, row.offering
        reasons = [row.reason, *(sentences[remark] for remark in item.remarks)]
        return {
            "sequence": row.index,
            "name": item.name or offering.name or item.ref,
            "provider_name": item.organisation.get("name") or offering.provider_id.name,
            "ref": item.ref,
            "outcome": row.outcome,
            "reason": "\n".join(dict.fromkeys(filter(None, reasons))) or False,
            "offering_id": offering.id,
        }


class BscFeedImportLine(models.TransientModel):
    """One item of the file, and what importing it would do."""

    _name = "bsc.feed.import.line"
    _description = "Item of an Import of Open Data"
    _order = "sequence, id"

    import_id = fields.Many2one(
        "bsc.feed.import", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer()
    name = fields.Char("Activity")
    provider_name = fields.Char("Provider")
    ref = fields.Char("Identifier", help="The identifier in the feed.")
    outcome = fields.Selection(OUTCOMES, "What happens", index=True)
    reason = fields.Text("Remark")
    offering_id = fields.Many2one("bsc.offering", ondelete="cascade")

    @api.readonly
    def action_open_offering(self):
        """Open the offering that is here already."""
        self.ensure_one()
        return self.offering_id._get_records_action()
