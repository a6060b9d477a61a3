"""The loop that trains, in pieces: what it needs to go on is written down every few minutes."""

import random
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from scripts.reader_model.batches import Drawn, Mixture, batched, questions
from scripts.reader_model.loss import log_likelihoods
from scripts.reader_model.network import ReaderNetwork

__all__ = ["Recipe", "train"]

_EVERY = 240.0
"""Seconds between two states that are kept."""
_SORTED = 16
"""Steps whose questions are drawn together and sorted by length, so that little is padded."""


class Recipe(NamedTuple):
    """How long and how fast the model learns."""

    steps: int
    questions: int = 8
    """Questions a step."""
    passages: int = 6
    """Passages a question."""
    rate: float = 8e-5
    """Highest learning rate of the encoder; that of the heads is five times as high."""
    warm: int = 60
    """Steps until it is reached."""
    falling: float = 0.35
    """Share of the steps, the last ones, over which it falls to nothing."""
    seed: int = 0


def train(
    weights: Mapping[str, Tensor], files: Sequence[tuple[Path, float]], state: Path, recipe: Recipe
) -> ReaderNetwork:
    """Train, going on from `state` where there is one.

    Args:
        weights: What the model begins with.
        files: Example files with their weights.
        state: The file that keeps model, optimizer and step. The order of the questions is drawn
            anew when a run goes on, from the seed and the step.
        recipe: How long and how fast.
    """
    torch.manual_seed(recipe.seed)
    model = ReaderNetwork(weights)
    optimizer = _optimizer(model, recipe)
    step = _restored(state, model, optimizer)
    mixture = Mixture(files, seed=recipe.seed + step)
    print(f"{len(mixture)} questions; from step {step} to {recipe.steps}", flush=True)
    stream = _sorted(mixture, recipe, step)
    model.train()
    kept = shown = time.monotonic()
    total, since = 0.0, step
    stop = _Stop()
    while step < recipe.steps and not stop.wanted:
        for group in optimizer.param_groups:
            group["lr"] = group["top"] * _share(step, recipe)
        total += _step(model, optimizer, next(stream))
        step += 1
        if step % 25 == 0:
            now = time.monotonic()
            pace = (now - shown) / (step - since)
            print(f"step {step} loss {total / (step - since):.3f} {pace:.2f} s a step", flush=True)
            total, since, shown = 0.0, step, now
        if time.monotonic() - kept > _EVERY or step == recipe.steps or stop.wanted:
            _keep(state, model, optimizer, step)
            kept = time.monotonic()
    model.eval()
    return model


class _Stop:
    """Lets SIGTERM end the run after a step, so that nothing is lost."""

    def __init__(self) -> None:
        self.wanted = False
        signal.signal(signal.SIGTERM, self._note)

    def _note(self, *_: object) -> None:
        self.wanted = True


def _step(model: ReaderNetwork, optimizer: torch.optim.Optimizer, drawn: Sequence[Drawn]) -> float:
    batch = batched(drawn)
    with torch.autocast("cpu", torch.bfloat16):
        outputs = model(batch.input_ids, batch.attention_mask, batch.token_type_ids)
    loss = -log_likelihoods(outputs, batch).clamp(min=-20.0).mean()
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return float(loss.item())


def _sorted(mixture: Mixture, recipe: Recipe, step: int) -> Iterator[list[Drawn]]:
    """The questions of each step, of like length, the steps in any order."""
    seed = recipe.seed + 1_000_003 * step
    stream = questions(mixture, passages=recipe.passages, seed=seed)
    rng = random.Random(seed)  # noqa: S311  # shuffling
    while True:
        drawn = [next(stream) for _ in range(_SORTED * recipe.questions)]
        drawn.sort(key=lambda each: max(len(pair.ids) for pair in each.pairs))
        steps = [drawn[at : at + recipe.questions] for at in range(0, len(drawn), recipe.questions)]
        yield from rng.sample(steps, len(steps))


def _share(step: int, recipe: Recipe) -> float:
    """The share of the highest learning rate at a step: rising, level, falling."""
    left = (recipe.steps - step) / max(1.0, recipe.falling * recipe.steps)
    return min(1.0, (step + 1) / recipe.warm, max(0.02, left))


def _optimizer(model: ReaderNetwork, recipe: Recipe) -> torch.optim.AdamW:
    heads = [*model.odds.parameters(), *model.spans.parameters()]
    own = {id(each) for each in heads}
    rest = [p for p in model.parameters() if p.requires_grad and id(p) not in own]
    groups = [
        {"params": rest, "lr": recipe.rate, "top": recipe.rate},
        {"params": heads, "lr": 5 * recipe.rate, "top": 5 * recipe.rate},
    ]
    return torch.optim.AdamW(groups, weight_decay=0.01)


def _restored(state: Path, model: ReaderNetwork, optimizer: torch.optim.Optimizer) -> int:
    if not state.is_file():
        return 0
    kept: dict[str, Any] = torch.load(state, weights_only=True)
    model.load_state_dict(kept["model"])
    optimizer.load_state_dict(kept["optimizer"])
    return int(kept["step"])


def _keep(state: Path, model: ReaderNetwork, optimizer: torch.optim.Optimizer, step: int) -> None:
    part = state.with_suffix(".part")
    torch.save(
        {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, part
    )
    part.replace(state)
