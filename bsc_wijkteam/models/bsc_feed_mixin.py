from odoo import fields, models


class BscFeedMixin(models.AbstractModel):
    """Where a record comes from that was imported from a feed of open data."""

    _name = "bsc.feed.mixin"
    _description = "Imported From a Feed"

    feed_source = fields.Char(
        readonly=True, copy=False, help="The feed this was imported from."
    )
    feed_ref = fields.Char(
        readonly=True, copy=False, help="The identifier in that feed."
    )
    feed_checksum = fields.Char(
        readonly=True,
        copy=False,
        help="Tells whether the feed says something else than at the last import.",
    )

    # Two imports at the same time bring nothing twice.
    _feed_ref_uniq = models.UniqueIndex(
        "(feed_ref, company_id, feed_source) WHERE feed_ref IS NOT NULL",
        "This is being imported already.",
    )
