from .link import LinkController


class EvaluationController(LinkController):
    """The page where a team gives its scores, without logging in."""
