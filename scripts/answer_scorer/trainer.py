"""The model, its loss and the loop that trains it."""

import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from scripts.answer_scorer.examples import Example

__all__ = ["CrossEncoder", "Encoded", "Recipe", "encode", "train"]

_QUESTION, _PASSAGE = 40, 84
"""Most tokens of a question and of a passage."""
_CLS, _SEP = 101, 102


class Recipe(NamedTuple):
    """How long and how fast the model learns."""

    epochs: float = 1.25
    questions: int = 4
    """Questions a step."""
    others: int = 9
    """Passages without the answer a question, two thirds of them sharing words with it."""
    rate: float = 7e-5
    seed: int = 0


class Encoded(NamedTuple):
    """An example as token numbers."""

    question: list[int]
    passages: list[list[int]]
    holding: tuple[int, ...]
    likely: tuple[int, ...]


class CrossEncoder(nn.Module):  # type: ignore[misc, unused-ignore]
    """MiniLM with one number on top: the log-odds that the passage answers rather than nothing."""

    def __init__(self, checkpoint: Path) -> None:
        """Load all-MiniLM-L6-v2 from a folder."""
        super().__init__()
        config = BertConfig.from_pretrained(checkpoint, attn_implementation="eager")
        self.bert = BertModel.from_pretrained(checkpoint, config=config, add_pooling_layer=False)
        self.head = nn.Linear(config.hidden_size, 1)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Log-odds, shape (pairs,)."""
        states = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        scores: Tensor = self.head(states[:, 0]).squeeze(-1)
        return scores


def encode(examples: Sequence[Example], tokenizer: Tokenizer) -> list[Encoded]:
    """Token numbers of all examples; a page's passages are encoded once."""
    pages: dict[tuple[str, ...], list[list[int]]] = {}
    for example in examples:
        if example.passages not in pages:
            pages[example.passages] = [_ids(p, tokenizer, _PASSAGE) for p in example.passages]
    return [
        Encoded(
            _ids(example.question.question, tokenizer, _QUESTION),
            pages[example.passages],
            example.holding,
            example.likely,
        )
        for example in examples
    ]


def _ids(text: str, tokenizer: Tokenizer, most: int) -> list[int]:
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
    return ids[:most]


def train(model: CrossEncoder, examples: Sequence[Encoded], *, recipe: Recipe) -> None:
    """Train in place, printing the loss every 50 steps."""
    rng = random.Random(recipe.seed)  # noqa: S311  # shuffling
    steps = int(recipe.epochs * len(examples) / recipe.questions)
    optimizer, schedule = _optimizer(model, steps=steps, rate=recipe.rate)
    queue = _endless(examples, rng)
    model.train()
    started, total = time.monotonic(), 0.0
    for step in range(1, steps + 1):
        batch = [_draw(next(queue), recipe.others, rng) for _ in range(recipe.questions)]
        loss = _loss(model, batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total += loss.item()
        if step % 50 == 0:
            print(f"step {step}/{steps} loss {total / 50:.3f} {time.monotonic() - started:.0f} s")
            total = 0.0


def _optimizer(
    model: CrossEncoder, *, steps: int, rate: float
) -> tuple[torch.optim.AdamW, torch.optim.lr_scheduler.LambdaLR]:
    groups = [
        {"params": model.bert.parameters()},
        {"params": model.head.parameters(), "lr": 10 * rate},
    ]
    optimizer = torch.optim.AdamW(groups, lr=rate, weight_decay=0.01)
    warm = 0.08 * steps
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / warm) * max(0.03, 1 - step / steps)
    )
    return optimizer, schedule


def _endless(examples: Sequence[Encoded], rng: random.Random) -> Iterator[Encoded]:
    while True:
        yield from rng.sample(examples, len(examples))


class _Drawn(NamedTuple):
    """The pairs of one question; the first `holding` of them hold the answer."""

    pairs: list[tuple[list[int], list[int]]]
    holding: int


def _draw(example: Encoded, others: int, rng: random.Random) -> _Drawn:
    right = rng.sample(example.holding, min(2, len(example.holding)))
    near = list(example.likely[:14])
    hard = rng.sample(near, min(len(near), others * 2 // 3))
    far = [at for at in example.likely if at not in hard]
    wrong = [*hard, *rng.sample(far, min(len(far), others - len(hard)))]
    pairs = [(example.question, example.passages[at]) for at in (*right, *wrong)]
    return _Drawn(pairs, len(right))


def _loss(model: CrossEncoder, batch: Sequence[_Drawn]) -> Tensor:
    """Negative log of the share that falls on the passages with the answer, or on "nothing" (0)."""
    scores = _scores(model, [pair for drawn in batch for pair in drawn.pairs])
    losses, start = [], 0
    for drawn in batch:
        own = scores[start : start + len(drawn.pairs)]
        everything = torch.cat([own, own.new_zeros(1)])
        right = own[: drawn.holding] if drawn.holding else own.new_zeros(1)
        losses.append(torch.logsumexp(everything, 0) - torch.logsumexp(right, 0))
        start += len(drawn.pairs)
    return torch.stack(losses).mean()


def _scores(model: CrossEncoder, pairs: Sequence[tuple[list[int], list[int]]]) -> Tensor:
    """Scores in the order of the pairs, run in three groups of like length to save padding."""
    order = sorted(range(len(pairs)), key=lambda at: sum(map(len, pairs[at])))
    size = math.ceil(len(order) / 3)
    parts = []
    for start in range(0, len(order), size):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            chunk = _tensors([pairs[at] for at in order[start : start + size]])
            parts.append(model(**chunk).float())
    places = torch.empty(len(order), dtype=torch.long)
    places[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(parts)[places]


def _tensors(pairs: Sequence[tuple[list[int], list[int]]]) -> dict[str, Tensor]:
    width = 3 + max(len(question) + len(passage) for question, passage in pairs)
    names = ("input_ids", "attention_mask", "token_type_ids")
    filled = {name: torch.zeros(len(pairs), width, dtype=torch.long) for name in names}
    for row, (question, passage) in enumerate(pairs):
        ids = [_CLS, *question, _SEP, *passage, _SEP]
        filled["input_ids"][row, : len(ids)] = torch.tensor(ids)
        filled["attention_mask"][row, : len(ids)] = 1
        filled["token_type_ids"][row, 2 + len(question) : len(ids)] = 1
    return filled
