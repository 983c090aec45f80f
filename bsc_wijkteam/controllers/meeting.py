from .link import LinkController


class MeetingController(LinkController):
    """The page where somebody says yes or no to an invitation, without logging in."""
