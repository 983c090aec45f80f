from .link import LinkController


class OfferingUpdateController(LinkController):
    """The page where a provider confirms or corrects its offerings, without logging in."""
