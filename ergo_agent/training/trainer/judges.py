"""Who judges the crops of a run, and the reward that follows; loads nothing but the judge."""

from ergo_agent.policies.choice import named_policy, resolved_name
from ergo_agent.policies.registry import ways
from ergo_agent.training.reward import ErgoReward
from ergo_agent.training.reward_model import Judge, Oracle, RewardModel
from ergo_agent.training.scenes.reader import mark_reader
from ergo_agent.training.trainer.config import RewardTable, TrainConfig

__all__ = ["reward_of"]


def reward_of(config: TrainConfig) -> ErgoReward:
    """The reward of a run.

    Raises:
        SettingsError: If it makes no sense.
        MissingExtraError: If what its model needs is not installed.
    """
    table = config.reward
    return ErgoReward(
        _judge(table, start=config.policy.model) if table.alpha > 0 else None,
        alpha=table.alpha,
        beta=table.beta,
        gamma=table.gamma,
        box=table.box,
    )


def _judge(table: RewardTable, *, start: str) -> Judge:
    if table.judge == "oracle":
        return Oracle()
    if table.judge == "reader":
        return RewardModel(mark_reader(), seconds=table.seconds, at_once=table.at_once)
    policy = named_policy(
        table.policy,
        model=table.model or (start if _loads_a_checkpoint(table.policy) else None),
        base_url=table.base_url,
        dialect=None if table.dialect == "auto" else table.dialect,
    )
    return RewardModel(policy, seconds=table.seconds, at_once=table.at_once)


def _loads_a_checkpoint(policy: str) -> bool:
    """Whether a policy reads its model itself, and does not ask a server for one of that name."""
    settings = dict(ways()[resolved_name(policy)].settings)
    return "model" in settings and "base_url" not in settings
