"""What is asked about pages, and what is said: the words of nano."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ergo_agent.dialects import ErgoDialect
from ergo_agent.dialects.replies import write_move
from ergo_agent.episode.moves import Answer, Stage, Zoom
from ergo_agent.episode.planning import plan_coarse
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.training.scenes import SIZE
from ergo_agent.training.scenes.families import GRID
from ergo_agent.training.scenes.panels import Panel
from ergo_agent.views.geometry import Region, Size, ViewBox
from ergo_agent.views.patches import QWEN2_5_VL
from ergo_agent.views.view import PlacedBox, View

__all__ = [
    "DIRECTIONS",
    "MIDDLES",
    "NOWHERE",
    "SEEN",
    "SETTINGS",
    "SHOWN",
    "SIDES",
    "STACKED",
    "WHOLE",
    "Place",
    "ask",
    "box_around",
    "place_of",
    "region_of",
    "reply_answer",
    "reply_zoom",
    "said_of",
]

SETTINGS = VisionSettings(view_budget=64, min_region=224, margin=0.0, max_zooms=1, max_regions=1)
"""A page of 896 x 896 pixels is shown at a fourth, where its marks vanish, and a panel's cell at
full resolution, where they are whole."""

WHOLE = VisionSettings(view_budget=1024, max_zooms=0)
"""The other way: a page of 896 x 896 pixels is shown as it is, in 1,024 vision tokens."""

SHOWN = Size(224, 224)
"""Of every view, in its pixels."""

_SCALE = SIZE.width // SHOWN.width
_STEP = 14
"""Places are named in multiples of this many view pixels, half a vision token: few enough to be
learnt as words, and never more than 28 original pixels off."""

_HALF = SHOWN.width // GRID // 2
"""Half the side of a box, in view pixels: at full resolution it is just a whole view."""


SEEN = "Read"
"""What is thought before an answer. Not nothing: xgrammar 0.2.8 masks the one token for that reply,
though its grammar accepts it, and so it does wherever the token sorts before that of a zoom."""

SIDES = ("right of", "left of")
"""What a question about a panel beside another begins with."""

STACKED = ("above", "below")
"""What a question about a panel above or below another begins with."""

DIRECTIONS = SIDES + STACKED
"""All words for where one panel stands from another, which a question then names by its colour."""

MIDDLES = tuple(_HALF * (2 * at + 1) for at in range(GRID))
"""Middles of columns and of rows, in view pixels."""


class Place(NamedTuple):
    """Middle of a panel, in pixels of the coarse view."""

    x: int
    y: int


NOWHERE = Place(SHOWN.width // 2, SHOWN.height // 2)
"""Where to look if nothing of the page is asked for: the protocol wants a zoom first."""


def place_of(panel: Panel) -> Place:
    """Where a panel's middle is, in whole steps, so far inside that its box is."""
    edges = panel.region
    middle = ((edges.left + edges.right) / 2, (edges.top + edges.bottom) / 2)
    across, down = (
        min(max(round(at / _SCALE / _STEP) * _STEP, _HALF), SHOWN.width - _HALF) for at in middle
    )
    return Place(across, down)


def box_around(place: Place) -> ViewBox:
    """The box that is drawn around a place, in pixels of the coarse view."""
    return ViewBox(place.x - _HALF, place.y - _HALF, place.x + _HALF, place.y + _HALF)


def region_of(place: Place) -> Region:
    """The region that is shown for it, in original pixels of a page of `SIZE`."""
    left, top, right, bottom = (round(edge) * _SCALE for edge in box_around(place))
    return Region(left=left, top=top, right=right, bottom=bottom)


@lru_cache(4096)
def ask(
    question: str,
    *,
    stage: Stage,
    page: Size = SIZE,
    zoomed: bool = False,
    settings: VisionSettings = SETTINGS,
) -> str:
    """What the dialect asks.

    Args:
        question: The question.
        stage: Where in the episode it stands.
        page: Of the page, in original pixels; `SHOWN` for a page that is seen whole.
        zoomed: Whether one crop was shown.
        settings: Of the episode.
    """
    coarse = plan_coarse(page, page=1, terms=Terms(settings, QWEN2_5_VL))
    views = [coarse]
    if zoomed:
        views.append(_crop(coarse))
    return ErgoDialect().ask(question, views, stage=stage)


def reply_zoom(asked: Sequence[str], place: Place | None, *, shown: Place | None = None) -> str:
    """The reply that says where what the question names is, and zooms there.

    The place follows the colour at once: the word that has to be found in the view is then the very
    token at which the place is foretold.

    Args:
        asked: As in `Scene.asked`: a colour and maybe a shape, or words for a side and a colour.
        place: Of the panel that is named; None where there is none.
        shown: What is zoomed into, where it is not this place.
    """
    box = PlacedBox(box_around(shown or place or NOWHERE), 1)
    return write_move(Zoom(boxes=(box,), reasoning=said_of(asked, place)), last_view=1)


def said_of(asked: Sequence[str], place: Place | None) -> str:
    """What is thought: what is asked for, its colour last, and where what is named is."""
    found = f"{place.x}, {place.y}" if place else "none"
    if asked[0] in DIRECTIONS:
        return f"Looking for the panel {asked[0]} {asked[1]} {found}"
    kind = asked[1] if len(asked) > 1 else "panel"
    return f"Looking for the {kind} in {asked[0]} {found}"


def reply_answer(mark: str | None, *, reasoning: str = SEEN) -> str:
    """The reply that answers with a mark; None for "not found"."""
    return write_move(Answer(text=mark, reasoning=reasoning))


def _crop(coarse: View) -> View:
    """Any crop: the words depend on its number and size alone."""
    return coarse.model_copy(
        update={"number": 2, "parent": 1, "region": region_of(NOWHERE), "shown": SHOWN}
    )
