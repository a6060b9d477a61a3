"""What a run leaves while it goes on: curves, and checkpoints that are known to be whole."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from ergo_agent._common.whole_files import write_whole

__all__ = ["CURVES", "METRICS", "Watch", "last_whole_checkpoint", "save_curves"]

METRICS, CURVES = "metrics.jsonl", "curves.png"
_WHOLE = "whole"
"""A file that is put into a checkpoint once all else of it is written."""

_PREFIX = "checkpoint-"

_PLOTS = (
    ("reward", ("reward",)),
    ("parts of the reward", ("accuracy", "region", "box", "format")),
    ("where it looked", ("share", "hit")),
    ("rollouts", ("zooms", "unreadable", "cut_off")),
    ("tokens", ("completions/mean_length", "vision_tokens")),
    ("entropy", ("entropy",)),
    ("loss", ("loss",)),
    ("right tokens", ("mean_token_accuracy",)),
)
"""What is drawn together, by its name in the log."""


class Watch(TrainerCallback):  # type: ignore[misc]  # untyped where the extra is missing
    """Keeps the log as JSONL and as a picture, and marks checkpoints that are whole."""

    def __init__(self, folder: Path, *, report: Callable[[str], object]) -> None:
        """Say where.

        Args:
            folder: Of the run.
            report: Told of each step, a line at a time.
        """
        self._folder = folder
        self._report = report

    def on_log(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ANN401, ARG002
        """A step was logged."""
        if not state.is_world_process_zero:
            return
        steps = _steps(state.log_history)
        lines = "".join(json.dumps(step) + "\n" for step in steps)
        write_whole(self._folder / METRICS, lines)
        if steps and steps[-1]["step"] == state.global_step:
            self._report(_in_words(steps[-1]))

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ANN401, ARG002
        """A checkpoint was written."""
        if not state.is_world_process_zero:
            return
        (self._folder / f"{_PREFIX}{state.global_step}" / _WHOLE).touch()
        save_curves(_steps(state.log_history), self._folder / CURVES)

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ANN401, ARG002
        """The run has ended."""
        if state.is_world_process_zero:
            save_curves(_steps(state.log_history), self._folder / CURVES)


def last_whole_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint of a run that was written to its end; None without one."""
    found = [
        (int(path.name.removeprefix(_PREFIX)), path)
        for path in folder.glob(f"{_PREFIX}*")
        if path.name.removeprefix(_PREFIX).isdigit() and (path / _WHOLE).exists()
    ]
    return max(found)[1] if found else None


def save_curves(steps: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw the log, as far as it holds what is drawn; nothing where it does not.

    Args:
        steps: The log, a mapping a step.
        path: The PNG to write.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415  # slow; and no backend with a window

    plots = [
        (title, shown)
        for title, names in _PLOTS
        if (shown := [name for name in names if any(name in step for step in steps)])
    ]
    if not plots:
        return
    figure = Figure(figsize=(10, 2.2 * ((len(plots) + 1) // 2)), layout="constrained")
    for at, (title, names) in enumerate(plots, start=1):
        axes = figure.add_subplot((len(plots) + 1) // 2, 2, at)
        for name in names:
            line = [(step["step"], step[name]) for step in steps if name in step]
            axes.plot(*zip(*line, strict=True), label=name)
        axes.set_title(title, fontsize=9)
        axes.tick_params(labelsize=7)
        axes.legend(fontsize=7)
    figure.savefig(path, dpi=110)


def _steps(history: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The log without the sums that stand at a run's end."""
    return [dict(entry) for entry in history if "train_runtime" not in entry]


def _in_words(step: Mapping[str, Any]) -> str:
    shown = ("loss", "reward", "accuracy", "region", "box", "format", "share", "entropy")
    values = [f"{name} {step[name]:.3f}" for name in shown if name in step]
    return f"step {step['step']}: {', '.join(values)}"
