from .link import LinkController


class FollowupController(LinkController):
    """The page where a provider says with one tap whether somebody still comes."""
