"""Questions drawn from example files and turned into the tensors of one step."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from ergo_agent.policies.ocr.models.word_pieces import Encoded, shared_word_pieces
from scripts.reader_model.examples import Asked, Page, read_pages

__all__ = ["LONGEST", "Batch", "Drawn", "Mixture", "batched", "draw", "pair", "questions"]

LONGEST = 128
"""Tokens of a line, question and passage."""
_DROPPED = 0.2
"""Share of answerable questions that are shown without the passages that answer, so that near
misses alone teach the model to choose none."""


class Drawn(NamedTuple):
    """One question with some of its page's passages."""

    pairs: list[Encoded]
    spans: list[list[tuple[int, int]]]
    """For each passage the tokens of the answer, first and last; empty where it does not answer."""


class Batch(NamedTuple):
    """The lines of one step, those of a question next to one another."""

    input_ids: Tensor
    attention_mask: Tensor
    token_type_ids: Tensor
    readable: Tensor
    """Shape (lines, tokens): whether an answer may begin or end at the token."""
    counts: tuple[int, ...]
    """Lines of each question."""
    spans: tuple[tuple[tuple[int, int, int], ...], ...]
    """For each question the answers: line of the batch, first and last token."""


class Mixture:
    """An endless stream of questions out of several files, each with a weight."""

    def __init__(self, files: Sequence[tuple[Path, float]], *, seed: int) -> None:
        """Read the files.

        Args:
            files: Example files, and how often a question comes out of each.
            seed: Of the order.
        """
        self._pools = [
            [(page, asked) for page in read_pages(path) for asked in page.asked]
            for path, _ in files
        ]
        self._weights = [weight for _, weight in files]
        self._random = random.Random(seed)  # noqa: S311  # shuffling
        self._decks: list[list[tuple[Page, Asked]]] = [[] for _ in files]

    def __len__(self) -> int:
        """Questions in all files."""
        return sum(map(len, self._pools))

    def next(self) -> tuple[Page, Asked]:
        """The next question; each file's come once before any comes again."""
        at = self._random.choices(range(len(self._pools)), self._weights)[0]
        if not self._decks[at]:
            self._decks[at] = self._random.sample(self._pools[at], len(self._pools[at]))
        return self._decks[at].pop()


def pair(question: str, passage: str) -> Encoded:
    """A question and a passage as tokens."""
    return shared_word_pieces().encode((question, passage), max_tokens=LONGEST)


def draw(page: Page, asked: Asked, *, passages: int, rng: random.Random) -> Drawn:
    """At most two passages that answer, and others, most of them like the question in wording."""
    holding = sorted({span.passage for span in asked.spans})
    shown: list[int] = []
    if holding and rng.random() > _DROPPED:
        shown = rng.sample(holding, min(len(holding), 1 if rng.random() < 0.5 else 2))
    near, far = list(asked.likely[:8]), list(asked.likely[8:])
    wanted = passages - len(shown)
    hard = rng.sample(near, min(len(near), wanted - 1))
    shown += hard + rng.sample(far, min(len(far), wanted - len(hard)))
    pairs = [pair(asked.question, page.passages[at]) for at in shown]
    places = [
        [(span.start, span.end) for span in asked.spans if span.passage == at] for at in shown
    ]
    return Drawn(
        pairs,
        [
            [tokens for place in own if (tokens := _tokens(each, place)) is not None]
            for each, own in zip(pairs, places, strict=True)
        ],
    )


def _tokens(pair: Encoded, place: tuple[int, int]) -> tuple[int, int] | None:
    """The first and last token of some characters of the passage; None where they were cut off."""
    within = [
        at for at, (a, b) in enumerate(pair.places, pair.begins) if a < place[1] and b > place[0]
    ]
    whole = bool(within) and pair.places[-1][1] >= place[1]
    return (within[0], within[-1]) if whole else None


def batched(drawn: Sequence[Drawn]) -> Batch:
    """Several questions as one batch."""
    pairs = [each for one in drawn for each in one.pairs]
    shape = (len(pairs), max(len(each.ids) for each in pairs))
    ids, mask, sides = (torch.zeros(shape, dtype=torch.long) for _ in range(3))
    readable = torch.zeros(shape, dtype=torch.bool)
    for row, each in enumerate(pairs):
        width = len(each.ids)
        ids[row, :width] = torch.tensor(each.ids)
        sides[row, :width] = torch.tensor(each.type_ids)
        mask[row, :width] = 1
        readable[row, each.begins : each.begins + len(each.places)] = True
    return Batch(ids, mask, sides, readable, tuple(len(d.pairs) for d in drawn), _placed(drawn))


def _placed(drawn: Sequence[Drawn]) -> tuple[tuple[tuple[int, int, int], ...], ...]:
    found, row = [], 0
    for one in drawn:
        own = []
        for spans in one.spans:
            own += [(row, *span) for span in spans]
            row += 1
        found.append(tuple(own))
    return tuple(found)


def questions(mixture: Mixture, *, passages: int, seed: int) -> Iterator[Drawn]:
    """An endless stream of drawn questions."""
    rng = random.Random(seed)  # noqa: S311  # drawing
    while True:
        page, asked = mixture.next()
        drawn = draw(page, asked, passages=passages, rng=rng)
        if drawn.pairs:  # a page may have no passages, or none but those that answer
            yield drawn
