from .link import LinkController


class ReferralRequestController(LinkController):
    """The page where a provider answers whether somebody can come."""
