"""What the largest episode of some settings needs from a server."""

from ergo_agent.episode.budget import Budget
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.views.tokens import QWEN2_5_VL, TokenRule

__all__ = ["context_needed", "images_needed"]

_TURN = 1536
"""Tokens of a turn's words: up to 1024 of the reply, the prompt's 150 to 250, and the question."""
_ROUND = 1024


def images_needed(settings: VisionSettings, *, rule: TokenRule = QWEN2_5_VL) -> int:
    """Most views of one conversation: the coarse one, and every crop that is paid for."""
    asked = settings.max_zooms * settings.max_regions
    useful = Budget(rule, settings, settings.episode_budget).useful
    afforded = max(0, settings.episode_budget - rule.min_tokens) // useful
    return 1 + min(asked, afforded)


def context_needed(settings: VisionSettings) -> int:
    """Context length in tokens that holds the longest conversation, its last reply included.

    It counts the whole vision budget, and words for every zoom, the first question, a second
    question after an unusable reply, and the last question.
    """
    turns = settings.max_zooms + 3
    needed = settings.episode_budget + turns * _TURN
    return -(-needed // _ROUND) * _ROUND
