from .link import LinkController


class ReferController(LinkController):
    """The page where a team refers somebody, without logging in."""
