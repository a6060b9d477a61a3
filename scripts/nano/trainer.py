"""Supervision from nothing, stage after stage, in pieces: it goes on where it was stopped."""

import json
import math
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

import torch
from transformers import Qwen2_5_VLForConditionalGeneration, Qwen2_5_VLProcessor

from ergo_agent.training.trainer.watch import CURVES, METRICS, save_curves
from scripts.nano.courses import Page
from scripts.nano.packs import Packer
from scripts.nano.student import Naming, loss_of
from scripts.nano.words import content_words, names

__all__ = ["Stage", "teach"]

_STATE = "state.pt"
_WARM_UP = 50


class Stage(NamedTuple):
    """Some steps with one rise and fall of the learning rate."""

    name: str
    steps: int
    rate: float
    """The greatest one."""

    draw: Callable[[int], list[Page]]
    """The pages of a step; the same ones each time."""

    asked: bool = False
    """Whether the words for what is asked for are to be learnt as much as places and answers."""


def teach(  # noqa: PLR0913  # keyword-only after the first
    model: Qwen2_5_VLForConditionalGeneration,
    processor: Qwen2_5_VLProcessor,
    stages: Sequence[Stage],
    folder: Path,
    *,
    every: float = 120.0,
    report: Callable[[str], object] = print,
) -> bool:
    """Teach a model in place, from the beginning or from the state in the folder.

    Args:
        model: What is taught.
        processor: Its processor.
        stages: In order.
        folder: Where the state and the curves are kept.
        every: Seconds between two states that are written.
        report: Told of the progress, a line at a time.

    Returns:
        Whether anything was left to teach.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run = _Run(model, processor, folder)
    if run.at == len(stages):
        return False
    for at, stage in enumerate(stages[run.at :], start=run.at):
        run.begin(at, stage)
        while run.step < stage.steps:
            run.one_step(stage, report)
            run.save(every=every)
    run.end(len(stages))
    return True


class _Run:
    """A model, its optimizer, and how far they are."""

    def __init__(
        self,
        model: Qwen2_5_VLForConditionalGeneration,
        processor: Qwen2_5_VLProcessor,
        folder: Path,
    ) -> None:
        self._folder = folder
        self._tokenizer = processor.tokenizer
        self._naming = Naming(names(processor.tokenizer))
        self._model = model
        self._optimizer = self._fresh()
        self._log: list[dict[str, Any]] = []
        self._seconds = 0.0
        self._saved = time.monotonic()
        self.at, self.step = 0, 0
        if (folder / _STATE).exists():
            self._load()

    def begin(self, at: int, stage: Stage) -> None:
        """Begin a stage, unless it is the one that was stopped."""
        content = content_words(self._tokenizer, asked=stage.asked)
        self._packer = Packer(self._tokenizer, content)
        if at != self.at or self.step == 0:
            self.at, self.step = at, 0
            self._optimizer = self._fresh()
        self._model.train()

    def one_step(self, stage: Stage, report: Callable[[str], object]) -> None:
        """Learn from one pack."""
        started = time.process_time()
        for group in self._optimizer.param_groups:
            group["lr"] = stage.rate * _share(self.step, stage.steps)
        lost = loss_of(self._model, self._naming, self._packer(stage.draw(self.step)))
        lost.loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._optimizer.step()
        self._optimizer.zero_grad()
        self.step += 1
        self._seconds += time.process_time() - started
        self._log.append(
            {
                "step": len(self._log) + 1,
                "stage": stage.name,
                "loss": lost.replies,
                "mean_token_accuracy": lost.right,
                "cpu_seconds": round(self._seconds, 2),
            }
        )
        if self.step % 20 == 0:
            last = [entry["mean_token_accuracy"] for entry in self._log[-20:]]
            shown = " ".join(f"{right:.2f}" for right in last[-5:])
            report(
                f"{stage.name} {self.step}: loss {lost.replies:.3f}, right {mean(last):.3f} "
                f"({shown}), naming {lost.loss.item() - lost.replies:.3f}, {self._seconds:.0f} s"
            )

    def end(self, stages: int) -> None:
        """Everything was taught."""
        self.at, self.step = stages, 0
        self._model.eval()
        self.save()
        save_curves(self._log, self._folder / CURVES)

    def _fresh(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW(
            self._model.parameters(), lr=1e-3, betas=(0.9, 0.98), weight_decay=0.01
        )

    def save(self, *, every: float = 0.0) -> None:
        """Write the state, unless it was written less than so many seconds ago."""
        if time.monotonic() - self._saved < every:
            return
        state = {
            "at": self.at,
            "step": self.step,
            "model": self._model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "log": self._log,
            "seconds": self._seconds,
        }
        part = self._folder / f"{_STATE}.part"
        torch.save(state, part)
        os.replace(part, self._folder / _STATE)  # noqa: PTH105
        lines = "".join(json.dumps(entry) + "\n" for entry in self._log)
        (self._folder / METRICS).write_text(lines, encoding="utf-8")
        self._saved = time.monotonic()

    def _load(self) -> None:
        state = torch.load(self._folder / _STATE, weights_only=True)
        self.at, self.step = state["at"], state["step"]
        self._model.load_state_dict(state["model"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._log, self._seconds = state["log"], state["seconds"]


def _share(step: int, steps: int) -> float:
    """Of the greatest learning rate: it rises for some steps, then falls along a cosine."""
    rising = min(1.0, (step + 1) / _WARM_UP)
    return rising * 0.5 * (1 + math.cos(math.pi * step / steps))
