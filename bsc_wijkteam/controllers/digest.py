from .link import LinkController


class DigestController(LinkController):
    """The page with all referrals of a team, without names."""
