"""`ergo-agent train`: a run from its config to the trained checkpoint, resumed where it stopped."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ergo_agent._common.whole_files import write_whole
from ergo_agent.errors import SettingsError
from ergo_agent.policies.local.defaults import located, require
from ergo_agent.training.trainer.config import Method, TrainConfig

if TYPE_CHECKING:
    from ergo_agent.policies.local.transformers.checkpoint import Checkpoint

__all__ = ["FINAL", "train"]

FINAL = "final"
"""Folder of a run that holds what it trained, as any policy of this package loads it."""

_CONFIG = "config.json"


def train(config: TrainConfig, method: Method, *, report: Callable[[str], object] = print) -> Path:
    """Train, from the beginning or from the last whole checkpoint in the run's folder; blocking.

    Args:
        config: The run.
        method: `sft` or `grpo`.
        report: Told of the progress, a line at a time.

    Returns:
        The folder of the trained checkpoint.

    Raises:
        MissingExtraError: If the extra `train` is not installed.
        SettingsError: If the config cannot be trained, or the folder holds another run.
        ErgoError: If the policy, an image or the reward cannot be used.
    """
    require("trl", "peft", "tensorboard", "matplotlib", feature="training", extra="train")
    config = config.checked(method)
    _claim(config, method)
    from transformers import PrinterCallback  # noqa: PLC0415

    from ergo_agent.training.trainer.outset import load_policy  # noqa: PLC0415  # loads torch
    from ergo_agent.training.trainer.watch import Watch, last_whole_checkpoint  # noqa: PLC0415

    last = last_whole_checkpoint(config.output)
    checkpoint = load_policy(config, resumed=last)
    trainer = _trainer(config, method, checkpoint, Watch(config.output, report=report))
    trainer.remove_callback(PrinterCallback)  # it prints the same to stdout
    if last is not None:
        report(f"going on from {last}")
    trainer.train(resume_from_checkpoint=None if last is None else str(last))
    if trainer.is_world_process_zero():
        _save(trainer, config.policy.model, config.output / FINAL)
    return config.output / FINAL


def _trainer(
    config: TrainConfig,
    method: Method,
    checkpoint: "Checkpoint",
    watch: Any,  # noqa: ANN401  # a callback of transformers
) -> Any:  # noqa: ANN401  # one of TRL's trainers
    if method == "sft":
        from ergo_agent.training.trainer.sft import make_sft_trainer  # noqa: PLC0415

        return make_sft_trainer(config, checkpoint, callbacks=[watch])
    from ergo_agent.training.trainer.grpo import make_grpo_trainer  # noqa: PLC0415

    return make_grpo_trainer(config, checkpoint, callbacks=[watch])


def _claim(config: TrainConfig, method: Method) -> None:
    """Make the run's folder, or make sure that it is this run's.

    Raises:
        SettingsError: If it holds another run, or cannot be written.
    """
    mine = {"method": method, **json.loads(config.model_dump_json())}
    path = config.output / _CONFIG
    try:
        config.output.mkdir(parents=True, exist_ok=True)
        if path.exists():
            theirs = json.loads(path.read_text(encoding="utf-8"))
            changed = sorted(
                key for key in mine.keys() | theirs if mine.get(key) != theirs.get(key)
            )
            if changed:
                raise SettingsError(
                    f"{config.output} holds a run with another {', '.join(changed)}, see {path}; "
                    "give its config to go on with it, or another --output"
                )
        write_whole(path, json.dumps(mine, indent=1))
    except (OSError, ValueError) as error:
        if isinstance(error, SettingsError):
            raise
        raise SettingsError(f"{config.output} cannot hold a run ({error})") from error


def _save(trainer: Any, start: str, folder: Path) -> None:  # noqa: ANN401
    """Save what was trained, adapters merged, with the processor that the start came with."""
    from transformers import AutoProcessor  # noqa: PLC0415  # slow

    model = trainer.accelerator.unwrap_model(trainer.model)
    if hasattr(model, "merge_and_unload"):
        model = model.merge_and_unload()
    model.save_pretrained(folder)
    AutoProcessor.from_pretrained(located(start)).save_pretrained(folder)
