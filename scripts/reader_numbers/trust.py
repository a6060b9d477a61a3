"""Whether text layers that say what their pages show are believed, and others are not."""

import io
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from PIL import Image

from benchmarks.documents.kinds import KINDS
from benchmarks.documents.scans import drawn_pages, scan_of, turned
from ergo_agent.documents.page_text import TextSpan
from ergo_agent.documents.quick_look import embedded_eye
from ergo_agent.documents.text_layer import seen_layer
from ergo_agent.documents.trust import proved, sample_of
from ergo_agent.images import open_original
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.originals import Original
from ergo_agent.images.text_layers import read_text_layers

__all__ = ["Trust"]

_PAGES, _DPI = 10, 200
_TAKEN = 2, 5
"""Pages of a document that are looked at, from 0."""

_SEED = 50_000
"""And the number of the document: a seed that no other documents have."""

_Say = Callable[[str, Random], str]


class _Case(NamedTuple):
    honest: bool
    lines: tuple[TextSpan, ...]
    original: Original


class Trust:
    """Pages of scanned documents, each with layers of several kinds."""

    def __init__(self, *, every: int) -> None:
        """Draw them.

        Args:
            every: Of ten documents one of so many is taken.
        """
        numbers = range(0, 2 * len(KINDS), every)
        self._cases = [case for number in numbers for case in _cases(number)]

    def score(self) -> dict[str, float]:
        """How many of the honest pages are believed, of how many; and of those that lie."""
        believed = {True: 0, False: 0}
        for case in self._cases:
            sample = sample_of(case.lines)
            believed[case.honest] += bool(sample) and proved(sample, case.original, embedded_eye())
        honest = sum(case.honest for case in self._cases)
        return {
            "honest believed": believed[True],
            "of": honest,
            "lying believed": believed[False],
            "of them": len(self._cases) - honest,
        }


def _cases(number: int) -> Iterator[_Case]:
    kind = sorted(KINDS)[number % len(KINDS)]
    random = Random(f"{kind}/{_SEED + number}")  # noqa: S311  # invents data
    pdf = KINDS[kind](random, _PAGES).done(questions=0, two_pages=0).pdf
    layers = list(read_text_layers(pdf, first=1, last=_PAGES, limits=ImageLimits()))
    pictures = drawn_pages(pdf, dpi=_DPI)
    for page in _TAKEN:
        lines, size = seen_layer(layers[page]).lines, layers[page].size
        other = [line.text for line in seen_layer(layers[page - 1]).lines]
        scan = scan_of(pictures[page], random)
        original = open_original(_as_png(scan.resize(size)))
        for honest, say in _LAYERS:
            said = tuple(line._replace(text=say(line.text, random)) for line in lines)
            yield _Case(honest, said, original)
        yield _Case(honest=False, lines=_with_texts(lines, other), original=original)
        down = round(size.height * 0.03)
        moved = (line._replace(top=line.top + down, bottom=line.bottom + down) for line in lines)
        yield _Case(honest=False, lines=tuple(moved), original=original)


def _as_png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _with_texts(lines: Sequence[TextSpan], texts: Sequence[str]) -> tuple[TextSpan, ...]:
    return tuple(line._replace(text=text) for line, text in zip(lines, texts, strict=False))


def _with_errors(share: float) -> _Say:
    def say(text: str, random: Random) -> str:
        letters = "abcdefghijklmnopqrstuvwxyz"
        return "".join(
            random.choice(letters) if each.isalpha() and random.random() < share else each
            for each in text
        )

    return say


_LAYERS: tuple[tuple[bool, _Say], ...] = (
    (True, lambda text, _: text),
    (True, _with_errors(0.05)),
    (False, _with_errors(0.5)),
    (False, lambda text, _: turned(text)),
)
"""What a layer says of a line, and whether that is to be believed: a scanner's reader that takes
one letter of twenty for another is, one that takes every second is not."""
