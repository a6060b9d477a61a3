"""The reward as TRL is given it, with what else is worth a curve."""

from collections.abc import Sequence
from typing import Any

from ergo_agent.training.reward import ErgoReward, Log
from ergo_agent.training.rollout import Rollout
from ergo_agent.training.trainer.environment import RolloutEnvironment

__all__ = ["ToldReward"]


class ToldReward:
    """`ErgoReward`, and the mean over each step's rollouts of zooms, views and endings."""

    def __init__(self, reward: ErgoReward) -> None:
        """Wrap a reward.

        Args:
            reward: It also logs its own parts.
        """
        self._reward = reward
        self.__name__ = reward.__name__

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Any],
        completion_ids: Sequence[Sequence[int]],
        *,
        environments: Sequence[RolloutEnvironment],
        log_metric: Log,
        **columns: Any,
    ) -> list[float]:
        """The totals; see `ErgoReward.__call__`."""
        del prompts, columns
        given = zip(environments, completions, completion_ids, strict=True)
        rollouts = [each.rollout(said, ids) for each, said, ids in given]
        rewards = self._reward.totals(rollouts, log_metric)
        cut = [environment.live.cut for environment in environments]
        log_metric("zooms", _mean([len(rollout.cropped) for rollout in rollouts]))
        log_metric("vision_tokens", _mean([_vision_tokens(rollout) for rollout in rollouts]))
        log_metric("unreadable", _mean([rollout.unreadable for rollout in rollouts]))
        log_metric("cut_off", _mean(cut))
        hits = [_holds(rollout) for rollout in rollouts if rollout.needed is not None]
        if hits:
            log_metric("hit", _mean(hits))
        return rewards


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _vision_tokens(rollout: Rollout) -> int:
    return sum(view.tokens for view in rollout.views)


def _holds(rollout: Rollout) -> bool:
    """Whether a crop holds all that has to be seen."""
    needed = rollout.needed
    return needed is not None and any(view.region.contains(needed) for view in rollout.cropped)
