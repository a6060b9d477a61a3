"""What a run begins with: the policy's weights, and how it is asked."""

from pathlib import Path
from typing import Any

from ergo_agent.dialects import choose_dialect
from ergo_agent.dialects.base import Dialect
from ergo_agent.policies.local.defaults import located
from ergo_agent.policies.local.transformers.checkpoint import Checkpoint, load_checkpoint
from ergo_agent.training.trainer.config import LoraTable, TrainConfig
from ergo_agent.training.trainer.template import take_turns

__all__ = ["adapters", "dialect_of", "load_policy"]


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
    # where TRL reads the reference model from, of which `beta` counts the distance: not from the
    # checkpoint that a run goes on from
    checkpoint.model.config.name_or_path = located(config.policy.model)
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
