"""TRL's own options: those of the config, with what follows from its other tables."""

from typing import Any, TypeVar

import torch

from ergo_agent.errors import SettingsError
from ergo_agent.training.trainer.config import TrainConfig

__all__ = ["trainer_options"]

_Options = TypeVar("_Options")
_LEAST_KEPT = 2
"""Checkpoints: one may be half written when the process is killed."""


def trainer_options(
    kind: type[_Options], given: dict[str, Any], *, config: TrainConfig, **ours: Any
) -> _Options:
    """Make them.

    Args:
        kind: TRL's class.
        given: The table of the config.
        config: The run.
        ours: What follows from it for this method.

    Raises:
        SettingsError: If TRL refuses one.
    """
    kept = max(_LEAST_KEPT, int(given.get("save_total_limit") or _LEAST_KEPT))
    defaults: dict[str, Any] = {"disable_tqdm": True, "bf16": torch.cuda.is_available()}
    chosen = {
        **defaults,
        **given,
        **ours,
        "output_dir": str(config.output),
        "report_to": "tensorboard",
        "remove_unused_columns": False,
        "save_total_limit": kept,
        "save_strategy": "steps",
        "logging_strategy": "steps",
        "seed": config.run.seed,
    }
    try:
        return kind(**chosen)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{kind.__name__} refuses the options: {error}") from error
