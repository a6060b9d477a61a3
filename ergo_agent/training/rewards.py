"""The rewards of the paper, as pure functions of one rollout.

`R = r_TCE + r_acc + r_format` and `r_TCE = alpha * r_region + beta * r_box`, with alpha = 1.0,
beta = 0.5 and gamma = 0.6 (ERGO, arXiv 2509.21991, section on the reward). Each is between 0 and 1;
the sum is between 0 and 2 + alpha + beta. A rollout with a reply that could not be read gets 0 from
each of them.
"""

from collections.abc import Callable, Sequence

from ergo_agent.training.rollout import Rollout

__all__ = [
    "ALPHA",
    "BETA",
    "GAMMA",
    "Match",
    "accuracy_reward",
    "box_reward",
    "cropped_share",
    "ergo_reward",
    "format_reward",
    "is_right",
    "region_reward",
    "smooth_box_reward",
    "tce_reward",
]

ALPHA, BETA, GAMMA = 1.0, 0.5, 0.6
"""As the paper sets them: the region's weight, the box's, and the largest share of a page."""

Match = Callable[[str, str], bool]
"""Whether an answer says the same as a right one."""


def is_right(answer: str | None, answers: Sequence[str], *, match: Match) -> bool:
    """Whether an answer is one of the right ones; "not found" is right where there is none.

    Args:
        answer: What was answered; None for "not found".
        answers: Every right answer; empty where "not found" is right.
        match: Compares two answers.
    """
    raise NotImplementedError


def format_reward(rollout: Rollout) -> float:
    """1 where every reply has its dialect's own form and the last one answers, else 0."""
    raise NotImplementedError


def accuracy_reward(rollout: Rollout, *, match: Match | None = None) -> float:
    """1 where the policy's own answer is right, else 0.

    Args:
        rollout: With its right answers.
        match: Compares two answers; `same` when left out.

    Raises:
        StateError: If its right answers are not known.
    """
    raise NotImplementedError


def region_reward(rollout: Rollout, seen: str | None, *, match: Match | None = None) -> float:
    """1 where the reward model answers rightly from the crops alone, else 0.

    Args:
        rollout: With its right answers; nothing else of it counts but whether it has a crop.
        seen: What the reward model answered, as `RewardModel.answers` has it.
        match: As for `accuracy_reward`.

    Raises:
        StateError: If its right answers are not known.
    """
    raise NotImplementedError


def cropped_share(rollout: Rollout) -> float:
    """Share of the pages looked at that lies in some crop, 0 to 1; overlaps count once."""
    raise NotImplementedError


def box_reward(rollout: Rollout, *, gamma: float = GAMMA) -> float:
    """1 where there is a crop and all of them together cover at most `gamma`, else 0."""
    raise NotImplementedError


def smooth_box_reward(rollout: Rollout, *, gamma: float = GAMMA) -> float:
    """As `box_reward` up to `gamma`; from there it falls evenly, to 0 at the whole page."""
    raise NotImplementedError


def tce_reward(
    region: float, box: float, *, alpha: float = ALPHA, beta: float = BETA, gated: bool = False
) -> float:
    """`alpha * region + beta * box`; gated, the region counts only as far as the box does."""
    raise NotImplementedError


def ergo_reward(tce: float, accuracy: float, form: float) -> float:
    """`r_TCE + r_acc + r_format`."""
    raise NotImplementedError
