"""What a run begins with: the policy's weights, and who judges its crops."""

from pathlib import Path
from typing import Any

from ergo_agent.dialects import choose_dialect
from ergo_agent.dialects.base import Dialect
from ergo_agent.policies.base import Policy
from ergo_agent.policies.local.transformers.checkpoint import Checkpoint, load_checkpoint
from ergo_agent.training.reward import ErgoReward
from ergo_agent.training.reward_model import Judge, Oracle, RewardModel
from ergo_agent.training.scenes.reader import mark_reader
from ergo_agent.training.trainer.config import LoraTable, RewardTable, TrainConfig
from ergo_agent.training.trainer.template import take_turns

__all__ = ["adapters", "dialect_of", "load_policy", "reward_of"]


def load_policy(config: TrainConfig, *, resumed: Path | None = None) -> Checkpoint:
    """Load what is trained, its processor made ready for rollouts; blocking.

    It stays on the CPU: the trainer moves it to where its process runs.

    Args:
        config: The run.
        resumed: The run's own checkpoint to go on from. The weights are loaded from it here: a
            trainer of transformers 5.24 looks for them under other names than it saved them
            under, finds none, and goes on with those that the run began with. Adapters it finds.

    Raises:
        SettingsError: If the precision is unknown.
        PolicyError: If the checkpoint cannot be loaded, or is of no family that this can train.
    """
    whole = resumed is not None and config.lora is None
    name = str(resumed) if whole else config.policy.model
    checkpoint = load_checkpoint(name, device="cpu", dtype=_dtype(config))
    for weights in checkpoint.model.parameters():
        # as read they lie where the file has them, and sums depend on that in their last digits:
        # a resumed run, which reads another file, would drift away from the one that was killed
        weights.data = weights.data.clone()
    take_turns(checkpoint.processor)
    return checkpoint


def _dtype(config: TrainConfig) -> str:
    import torch  # noqa: PLC0415  # slow

    if config.policy.dtype != "auto":
        return config.policy.dtype
    return "bfloat16" if torch.cuda.is_available() else "float32"


def dialect_of(config: TrainConfig) -> Dialect:
    """How the policy is asked.

    Raises:
        SettingsError: If there is no such dialect.
    """
    return choose_dialect(config.policy.dialect, model=config.policy.model)


def adapters(lora: LoraTable | None) -> Any:  # noqa: ANN401  # peft's
    """The adapters to train; None for all weights."""
    if lora is None:
        return None
    from peft import LoraConfig  # noqa: PLC0415

    return LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=list(lora.targets),
    )


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
    read = table.judge == "reader"
    policy = mark_reader() if read else _policy(table, model=table.model or start)
    return RewardModel(policy, seconds=table.seconds, at_once=table.at_once)


def _policy(table: RewardTable, *, model: str) -> Policy:
    if table.policy == "served":
        import os  # noqa: PLC0415

        from ergo_agent.policies.served import create_served_policy  # noqa: PLC0415

        return create_served_policy(
            base_url=table.base_url or os.environ.get("ERGO_BASE_URL"),
            model=table.model,
            api_key=os.environ.get("ERGO_API_KEY"),
            dialect=table.dialect,
        )
    if table.policy == "vllm":
        from ergo_agent.policies.local.vllm import create_vllm_policy  # noqa: PLC0415

        return create_vllm_policy(model=model, dialect=table.dialect)
    from ergo_agent.policies.local.transformers import (  # noqa: PLC0415
        create_transformers_policy,
    )

    return create_transformers_policy(model=model, dialect=table.dialect)
