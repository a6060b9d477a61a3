"""The frozen reward model: it answers from crops alone, whatever else the page holds."""

from collections.abc import Sequence
from typing import NamedTuple

from ergo_agent.policies.choice import PolicyChoice
from ergo_agent.training.rollout import Rollout

__all__ = ["RewardModel", "Seen"]


class Seen(NamedTuple):
    """What the reward model said of one rollout's crops."""

    answer: str | None
    """Its answer; None for "not found", for a rollout without a crop, and where it failed."""

    error: str | None = None
    """Why it gave none: it failed, hung, or its reply could not be read."""


class RewardModel:
    """Any policy, asked for the answer to a question of which it is shown only the crops.

    It is shown the bytes that the policy was shown: the crop at the policy's own budget. What it
    said is kept by the digests of the crops and the question.
    """

    failures: int
    """How many rollouts it gave no answer for since it was made."""

    def __init__(
        self,
        policy: PolicyChoice,
        *,
        seconds: float = 60.0,
        at_once: int = 8,
        most_kept: int = 65_536,
    ) -> None:
        """Say whom to ask.

        Args:
            policy: Whom to ask, as `ask` takes it.
            seconds: Longest wait for one answer.
            at_once: How many are asked for side by side; a local model runs them as one batch.
            most_kept: Answers kept; those not used for longest are forgotten first.

        Raises:
            SettingsError: If a number is out of range, or there is no such policy.
        """
        raise NotImplementedError

    def answers(self, rollouts: Sequence[Rollout]) -> list[Seen]:
        """What it says of each rollout's crops; blocking, for a bounded time, and never failing.

        Args:
            rollouts: With their crops.

        Raises:
            StateError: If the crops of one have not been made.
        """
        raise NotImplementedError
