"""A question about a needle, asked coarse to fine and of a reading at full resolution."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.depth.pages import Needle, NeedlePage
from ergo_agent import VisionAnswer, VisionSettings, ask
from ergo_agent.policies.base import Policy
from ergo_agent.policies.ocr.models import shared_models
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.patches import QWEN2_5_VL

__all__ = ["Run", "runs"]

_WHOLE = 20_000
"""Vision tokens: enough for a part at full resolution in one view."""
_USUAL = VisionSettings().view_budget
_PART = Size(1120, 896)
"""A part of a page of 1,280 vision tokens: as a page is read at full resolution, part by part."""


class Run(NamedTuple):
    """One question."""

    page: str
    kind: str
    megapixels: float
    height: int
    in_full: bool
    """Whether it is found where the part in which the needle stands is read at full resolution."""
    found: bool
    """Whether it is found coarse to fine, with what settings are when none are given."""
    tokens: int
    full_tokens: int
    """Vision tokens of all of the page at full resolution."""
    views: int
    seconds: float
    full_seconds: float
    """Of reading the part, times the number of parts."""
    answer: str | None


def runs(
    page: NeedlePage, *, kind: str, megapixels: float, policy: Policy, folder: Path
) -> Iterator[Run]:
    """Each needle of a page.

    Args:
        page: The page.
        kind: Of it.
        megapixels: Of it.
        policy: The embedded reader.
        folder: Where the image is kept meanwhile.
    """
    path = folder / "page.png"
    page.image.save(path, compress_level=1)
    size = Size(*page.image.size)
    parts = -(-size.width // _PART.width) * -(-size.height // _PART.height)
    for needle in page.needles:
        part = folder / "part.png"
        page.image.crop(_around(needle, size).as_tuple()).save(part, compress_level=1)
        full, full_seconds = _asked(part, needle, policy, view_budget=_WHOLE)
        result, seconds = _asked(path, needle, policy)
        yield Run(
            page=page.name,
            kind=kind,
            megapixels=megapixels,
            height=needle.height,
            in_full=_right(full.answer, needle),
            found=_right(result.answer, needle),
            tokens=result.ledger.spent,
            full_tokens=QWEN2_5_VL.full_resolution_tokens(size),
            views=len(result.ledger.entries),
            seconds=seconds,
            full_seconds=full_seconds * parts,
            answer=result.answer,
        )
    path.unlink()


def _asked(
    image: Path, needle: Needle, policy: Policy, view_budget: int = _USUAL
) -> tuple[VisionAnswer, float]:
    policy.model.reader.forget()  # type: ignore[attr-defined]  # it is a ChatOcr
    for model in shared_models():
        model.forget()
    started = time.perf_counter()
    result = ask(str(image), needle.question, policy=policy, view_budget=view_budget)
    return result, time.perf_counter() - started


def _right(answer: str | None, needle: Needle) -> bool:
    """Whether the code was read, whatever stands around it."""
    return needle.answer.casefold() in "".join((answer or "").split()).casefold()


def _around(needle: Needle, size: Size) -> Region:
    """The part that a needle stands in, no nearer to its edges than it has to be."""
    width, height = min(_PART.width, size.width), min(_PART.height, size.height)
    middle = needle.place.left + needle.place.size.width // 2
    left = min(max(0, middle - width // 2), size.width - width)
    top = min(max(0, needle.place.top - height // 2), size.height - height)
    return Region(left=left, top=top, right=left + width, bottom=top + height)
