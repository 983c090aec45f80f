from .link import LinkController


class CheckController(LinkController):
    """The page where a provider or a team agrees with a check, without logging in."""
