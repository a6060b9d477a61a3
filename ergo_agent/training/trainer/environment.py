"""The rollout as TRL's environment: `GRPOTrainer(environment_factory=...)`.

TRL offers the policy every public method of an environment as a tool. Here there is one, `reply`,
and the whole reply is its argument: what a reply means is read by the policy's dialect, as at
inference, and not by a second grammar.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ergo_agent.training.rollout import Rollout
from ergo_agent.training.trainer.live import LiveRollout, Parts
from ergo_agent.training.trainer.tasks import Tasks

__all__ = ["OVER", "RolloutEnvironment"]

OVER = "The rollout is over."
"""What `reply` returns where no further turn follows; the trainer ends the rollout there, so no
policy ever reads it."""


class RolloutEnvironment:
    """One rollout at a time; TRL makes as many of these as it samples side by side."""

    def __init__(self, live: LiveRollout, tasks: Tasks) -> None:
        """Say what is asked.

        Args:
            live: The rollout.
            tasks: By the number in the data set's column `task`.
        """
        self.live = live
        self._tasks = tasks

    def reset(self, *, task: int, **_row: object) -> Parts:
        """Begin the rollout of a task; what the policy is shown and asked first."""
        return self.live.begin(self._tasks[task])

    def reply(self, text: str) -> list[dict[str, Any]] | str:
        """Take the policy's reply and ask the next question.

        Args:
            text: The whole reply.
        """
        try:
            return self.live.say(text) or OVER
        except Exception as error:  # TRL would tell it to the policy, and go on
            self.live.failure, self.live.over = error, True
            return OVER

    @property
    def rollout(self) -> Callable[[Any, Sequence[int]], Rollout]:
        """What came of it, for `ErgoReward`; a property, since TRL takes methods for tools."""
        return lambda _completion, _completion_ids: self.live.rollout()
