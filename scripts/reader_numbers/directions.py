"""Whether the way up and the slant of pages are found."""

import hashlib
import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

import numpy as np

from benchmarks.corpus.pages import draw_page, load_documents
from ergo_agent.dialects.reader import ReadingDialect
from ergo_agent.episode.planning import plan_coarse
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.images import open_original
from ergo_agent.policies.ocr import reader
from ergo_agent.policies.ocr.engine import Engine, Pixels, Quads, RecognisedLine
from ergo_agent.policies.ocr.quick_engine import QuickEngine
from ergo_agent.views.geometry import Region

__all__ = ["Directions", "views_of"]

_T = TypeVar("_T")
_NEAR = math.radians(0.3)
"""A slant this near to the true one counts as found."""


def views_of(split: str, *, tokens: int, every: int = 1) -> dict[str, Pixels]:
    """The coarse view of every so manieth page of a split, channels as the engine takes them."""
    terms = Terms(VisionSettings(view_budget=tokens), ReadingDialect().token_rule)
    views = {}
    for document in load_documents(split)[::every]:
        original = open_original(draw_page(document).read_bytes())
        shown = plan_coarse(original.size, page=1, terms=terms).shown
        view = original.shown(Region.whole(original.size), shown)
        views[document.id] = np.ascontiguousarray(np.asarray(view.convert("RGB"))[:, :, ::-1])
    return views


class Directions:
    """Each page as it is and turned by three more quarters, read by the quick engine."""

    def __init__(self, *, split: str = "development", tokens: int = 640, every: int = 3) -> None:
        """Draw the pages."""
        self._looks = {document.id: document.look for document in load_documents(split)}
        self._views = views_of(split, tokens=tokens, every=every)
        self._engine = _Remembering()

    def score(self) -> dict[str, float]:
        """Views whose way up is found, those whose slant is, and its mean error in degrees."""
        ways, slants, errors = 0, 0, []
        for page, view in self._views.items():
            look = self._looks[page]
            for quarters in range(4):
                turn = reader._read_any_way(self._engine, np.rot90(view, quarters)).turn
                error = abs(turn.slant - math.radians(look.skew))
                errors.append(error)
                ways += turn.quarters == (look.turn // 90 - quarters) % 4
                slants += error < _NEAR
        degrees = math.degrees(sum(errors) / len(errors))
        return {"way up": ways, "slant": slants, "degrees off": degrees, "views": len(errors)}


class _Remembering(QuickEngine):
    """An engine that does nothing twice."""

    def __init__(self) -> None:
        super().__init__(Engine())
        self._known: dict[object, Any] = {}

    def find(self, image: Pixels, *, scale: float = 1.0) -> Quads:  # noqa: ARG002
        return self._once(("find", _digest(image)), lambda: super(_Remembering, self).find(image))

    def read(self, image: Pixels, quads: Quads) -> list[RecognisedLine]:
        key = "read", _digest(image), quads.tobytes()
        return self._once(key, lambda: super(_Remembering, self).read(image, quads))

    def score(self, crops: Iterable[Pixels]) -> float:
        keyed = [(("score", _digest(crop)), crop) for crop in crops]
        scores = [self._once(key, partial(self._score, crop)) for key, crop in keyed]
        return sum(scores) / max(1, len(scores))

    def _score(self, crop: Pixels) -> float:
        return Engine.recognise(self, crop).score

    def _once(self, key: object, work: Callable[[], _T]) -> _T:
        if key not in self._known:
            self._known[key] = work()
        found: _T = self._known[key]
        return found


def _digest(image: Pixels) -> str:
    return hashlib.sha256(repr(image.shape).encode() + image.tobytes()).hexdigest()
