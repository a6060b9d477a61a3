"""The whole reward as one object: over rollouts, finished episodes, and in TRL's signature."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from ergo_agent.training.reward_model import RewardModel
from ergo_agent.training.rewards import ALPHA, BETA, GAMMA, Match
from ergo_agent.training.rollout import Rollout, RolloutSource

__all__ = ["ErgoReward", "Scored"]


class Scored(NamedTuple):
    """What one rollout was given."""

    total: float
    format: float
    accuracy: float
    region: float
    box: float
    share: float
    """Of the pages, what the crops cover."""

    error: str | None = None
    """Why the reward model gave no answer, where it did not; `region` is then 0."""


class ErgoReward:
    """`R = alpha * region + beta * box + accuracy + format`, for a group of rollouts at once."""

    __name__: str
    """What TRL logs it as."""

    unreadable: int
    """How many rollouts held a reply that could not be read, since it was made."""

    def __init__(  # noqa: PLR0913  # keyword-only after the first
        self,
        reward_model: RewardModel | None,
        *,
        alpha: float = ALPHA,
        beta: float = BETA,
        gamma: float = GAMMA,
        box: Literal["hard", "smooth", "gated"] = "hard",
        match: Match | None = None,
    ) -> None:
        """Say how it is put together.

        Args:
            reward_model: Judges the crops; None only where `alpha` is 0.
            alpha: Weight of the region.
            beta: Weight of the box.
            gamma: Largest share of the pages that the crops may cover.
            box: `hard`: the paper's step at `gamma`; `smooth`: a slope from there to the whole
                page; `gated`: the step, and the region counts only up to it.
            match: Compares two answers; `same` when left out.

        Raises:
            SettingsError: If a weight or share is out of range, or a reward model is missing.
        """
        raise NotImplementedError

    def scored(self, rollouts: Sequence[Rollout]) -> list[Scored]:
        """What each rollout is given, in their order; blocking.

        Raises:
            StateError: If a rollout's right answers are not known, or its crops were not made.
        """
        raise NotImplementedError

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Any],
        completion_ids: Sequence[Sequence[int]],
        *,
        environments: Sequence[RolloutSource],
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float]:
        """The totals, as TRL asks for them.

        Args:
            prompts: Not looked at: what the policy was shown is in the rollouts.
            completions: What was said in each, as messages.
            completion_ids: The same as tokens.
            environments: One for each completion.
            log_metric: TRL's; it is told the mean of each part.
            columns: The data set's other columns; not looked at.
        """
        raise NotImplementedError
