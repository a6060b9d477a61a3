"""What the largest episode of some settings needs from a server."""

from ergo_agent.episode.budget import Budget
from ergo_agent.episode.terms import Terms

__all__ = ["context_needed", "images_needed"]

_TURN = 1536
"""Tokens of a turn's words: up to 1024 of the reply, the prompt's 150 to 250, and the question."""
_ROUND = 1024


def images_needed(terms: Terms) -> int:
    """Most views of one conversation: the coarse one, and every crop that is paid for."""
    settings, budget = terms.settings, Budget.whole(terms)
    asked = settings.max_zooms * settings.max_regions
    afforded = max(0, budget.remaining - terms.rule.min_tokens) // budget.useful
    return 1 + min(asked, afforded)


def context_needed(terms: Terms) -> int:
    """Context length in tokens that holds the longest conversation, its last reply included.

    It counts the whole vision budget, and words for every zoom, the first question, a second
    question after an unusable reply, and the last question.
    """
    settings = terms.settings
    turns = settings.max_zooms + 3
    needed = settings.episode_budget + turns * _TURN
    return -(-needed // _ROUND) * _ROUND
