"""Lessons as tensors, padded on the right, with a mask of what is to be learnt."""

import random
from collections.abc import Callable, Iterator

import torch
from transformers import BatchFeature, PreTrainedTokenizerFast, Qwen2_5_VLProcessor

from ergo_agent.views.geometry import Size
from ergo_agent.views.patches import QWEN2_5_VL
from scripts.tiny_checkpoint.lessons import Lesson

__all__ = ["draw_batches", "make_batch"]

_BATCH_TOKENS = 2_000
"""About how many tokens a batch has: a third of a second of one core."""
_POOL = 64
"""Lessons sorted by length at a time, so that those of a batch are about as long as each other."""


def draw_batches(
    draw: Callable[[random.Random], Lesson],
    chance: random.Random,
    processor: Qwen2_5_VLProcessor,
) -> Iterator[BatchFeature]:
    """Endless batches of lessons of similar length, in random order."""
    while True:
        lessons = sorted((draw(chance) for _ in range(_POOL)), key=_length)
        batches: list[list[Lesson]] = [[]]
        for lesson in lessons:
            if batches[-1] and (len(batches[-1]) + 1) * _length(lesson) > _BATCH_TOKENS:
                batches.append([])
            batches[-1].append(lesson)
        chance.shuffle(batches)
        yield from (make_batch(some, processor) for some in batches)


def _length(lesson: Lesson) -> int:
    """About how many tokens a lesson has: its vision tokens, and one for every four letters."""
    vision = sum(QWEN2_5_VL.tokens(Size(*image.size)) for image in lesson.images)
    return vision + len(str(lesson.messages)) // 4


def make_batch(lessons: list[Lesson], processor: Qwen2_5_VLProcessor) -> BatchFeature:
    """Lessons as tensors, padded on the right, with a mask of the taught tokens."""
    texts = [processor.apply_chat_template(lesson.messages, tokenize=False) for lesson in lessons]
    images = [image for lesson in lessons for image in lesson.images]
    batch = processor(
        text=texts,
        images=images or None,
        return_tensors="pt",
        padding=True,
        padding_side="right",
        return_mm_token_type_ids=True,
    )
    rows = zip(batch["input_ids"], lessons, strict=True)
    batch["taught"] = torch.stack([_taught(ids, one, processor.tokenizer) for ids, one in rows])
    return batch


def _taught(ids: torch.Tensor, lesson: Lesson, tokenizer: PreTrainedTokenizerFast) -> torch.Tensor:
    """Where the assistant speaks, the end of its turn included."""
    header = len(tokenizer("<|im_start|>assistant\n").input_ids)
    starts, ends = (
        (ids == tokenizer.convert_tokens_to_ids(token)).nonzero().flatten().tolist()
        for token in ("<|im_start|>", "<|im_end|>")
    )
    taught = torch.zeros_like(ids, dtype=torch.bool)
    for message, first, last in zip(lesson.messages, starts, ends, strict=True):
        if message["role"] == "assistant" and message.get("taught", True):
            taught[first + header : last + 1] = True
    return taught
