from .link import LinkController


class OverviewController(LinkController):
    """The overview of activities behind a link, without logging in."""
