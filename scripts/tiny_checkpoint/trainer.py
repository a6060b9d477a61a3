"""Supervised training: the loss counts what the assistant says, and nothing else."""

import random
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import torch
from transformers import BatchFeature, Qwen2_5_VLForConditionalGeneration, Qwen2_5_VLProcessor

from scripts.tiny_checkpoint.batches import draw_batches
from scripts.tiny_checkpoint.exam import EXAM, lessons_failed
from scripts.tiny_checkpoint.lessons import first_lesson, make_lesson

__all__ = ["train"]

_COURSES = ((first_lesson, 220, 5e-3), (make_lesson, 320, 4e-3))
"""The lessons, how many steps they take, and the greatest learning rate. It falls to nothing at the
end of each course: what finding the square needs is only learnt at low rates."""
_REPEATED = (make_lesson, 120, 3e-3)
"""The course that follows as long as the exam is failed."""
_REPEATS = 6
"""At most. The model that failed 11 lessons failed 3 after one repetition and 1 after two."""
_MAY_FAIL = 2


def train(
    model: Qwen2_5_VLForConditionalGeneration,
    processor: Qwen2_5_VLProcessor,
    *,
    seed: int,
    report: Callable[[str], object],
) -> Iterator[float]:
    """Teach the model until it passes the exam; yields the loss of every step.

    Args:
        model: What is taught, in place.
        processor: Its tokenizer and image processor.
        seed: Of the lessons.
        report: Told how many lessons of each exam were failed.

    Raises:
        RuntimeError: If the exam is still failed after the last repetition.
    """
    chance = random.Random(seed)  # noqa: S311  # lessons, not secrets
    for course in (*_COURSES, *[_REPEATED] * _REPEATS):
        lesson, steps, rate = course
        batches = islice(draw_batches(lesson, chance, processor), steps)
        model.train()
        yield from _course(model, batches, steps=steps, rate=rate)
        if lesson is make_lesson:
            failed = lessons_failed(model, processor)
            report(f"{failed} of {EXAM} lessons of the exam failed")
            if failed <= _MAY_FAIL:
                model.eval()
                return
    raise RuntimeError(f"the model fails {failed} lessons of the exam after {_REPEATS} repetitions")


def _course(
    model: Qwen2_5_VLForConditionalGeneration,
    batches: Iterable[BatchFeature],
    *,
    steps: int,
    rate: float,
) -> Iterator[float]:
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=rate, total_steps=steps, pct_start=0.1
    )
    for batch in batches:
        loss = _loss(model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        yield loss.item()


def _loss(model: Qwen2_5_VLForConditionalGeneration, batch: BatchFeature) -> torch.Tensor:
    """Cross entropy of the taught tokens; only their logits are computed, a tenth of all."""
    taught = batch.pop("taught")[:, 1:]
    hidden = model.model(**batch, use_cache=False).last_hidden_state[:, :-1]
    wanted = batch["input_ids"][:, 1:][taught]
    return torch.nn.functional.cross_entropy(model.lm_head(hidden[taught]), wanted)
