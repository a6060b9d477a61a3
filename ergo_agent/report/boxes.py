"""Boxes over a picture, in percent of its sides: they fit at whatever size it is shown."""

import math
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from ergo_agent.episode.record import Record
from ergo_agent.episode.turn import Turn
from ergo_agent.layout.text import Box as Edges
from ergo_agent.report.labels import Corner, Label, label_corners, label_of
from ergo_agent.report.pictures import Picture, grey_of
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import PlacedBox, View

__all__ = ["Box", "asked_boxes", "page_boxes", "turn_of_views"]

Kind = Literal["zoom", "evidence", "asked", "read"]
"""A region that was shown; where the answer was read, in original pixels; what the policy asked to
see, and where it says it read, both in pixels of the view they are drawn on."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Box(NamedTuple):
    """A box over a picture; sides in percent of the picture's."""

    label: str
    kind: Kind
    left: float
    top: float
    width: float
    height: float
    turn: int | None
    """The turn that its view was shown in, from 1; None where there is none."""

    title: str
    corner: Corner = "above left"
    """Where its label stands."""

    @property
    def edges(self) -> Edges:
        """Its four edges, in percent of the picture's sides."""
        return Edges(self.left, self.top, self.left + self.width, self.top + self.height)

    @property
    def drawn_label(self) -> Label:
        """How its label is drawn."""
        return label_of(self.label, self.edges, self.corner)

    @property
    def proves(self) -> bool:
        """Whether an answer was read in it, so that nothing may cover it."""
        return self.kind in {"evidence", "read"}


def page_boxes(result: Record, picture: Picture | None) -> list[Box]:
    """Every view after the coarse one, and every piece of evidence, over the whole page; blocking.

    Args:
        result: What the episode left behind. Of a document, the page that the answer is from.
        picture: What they are drawn over; None where it is missing.
    """
    size = Size(result.image.width, result.image.height)
    turns = turn_of_views(result.turns)
    boxes = [
        _on_page(view.region, size, str(view.number), "zoom", turns.get(view.number))
        for view in result.views
        if not view.is_coarse and view.page == result.image.page
    ]
    by_digest = {view.digest: view.number for view in result.views}
    for number, found in enumerate(result.evidence, 1):
        if found.page != result.image.page:
            continue
        turn = turns.get(by_digest.get(found.crop, 0))
        boxes.append(_on_page(found.region, size, f"E{number}", "evidence", turn))
    return _labelled(boxes, picture, size)


def asked_boxes(view: View, turns: Sequence[Turn], picture: Picture | None) -> list[Box]:
    """What the policy wrote boxes for in a view, at any time, over that view; blocking.

    A box without area or with a number that is not finite has no place and is left out.

    Args:
        view: The view.
        turns: Of the whole episode.
        picture: The picture of the view; None where it is missing.
    """
    boxes = (_on_view(placed, view, kind) for placed, kind in _placed(turns))
    found = [box for box in boxes if box is not None]
    named = [box._replace(label=_letter(at)) for at, box in enumerate(found)]
    return _labelled(named, picture, view.shown)


def turn_of_views(turns: Sequence[Turn]) -> dict[int, int]:
    """The number of the turn, from 1, in which each view was first shown."""
    first: dict[int, int] = {}
    for number, turn in enumerate(turns, 1):
        for view in turn.views:
            first.setdefault(view, number)
    return first


def _labelled(boxes: Sequence[Box], picture: Picture | None, size: Size) -> list[Box]:
    """The boxes over a picture, each with the corner at which its label covers least.

    Args:
        boxes: In percent of the picture's sides.
        picture: What they are drawn over; None where it is missing.
        size: Of what the picture shows, for where it is missing.
    """
    if not boxes:
        return []
    shown = picture.size if picture else size
    percent = shown.width / 100, shown.height / 100
    corners = label_corners(
        [(box.label, box.edges.scaled(*percent)) for box in boxes],
        [box.edges.scaled(*percent) for box in boxes if box.proves],
        picture=shown,
        printed=grey_of(picture),
    )
    return [box._replace(corner=at) for box, at in zip(boxes, corners, strict=True)]


def _placed(turns: Sequence[Turn]) -> Iterator[tuple[PlacedBox, Kind]]:
    for turn in turns:
        if turn.move is not None:
            kind: Kind = "asked" if turn.move.kind == "zoom" else "read"
            yield from ((box, kind) for box in turn.move.boxes)


def _on_page(region: Region, size: Size, label: str, kind: Kind, turn: int | None) -> Box:
    left, top, right, bottom = region.as_tuple()
    across, down = 100 / size.width, 100 / size.height
    what = f"view {label}" if kind == "zoom" else f"evidence {label}"
    return Box(
        label=label,
        kind=kind,
        left=left * across,
        top=top * down,
        width=(right - left) * across,
        height=(bottom - top) * down,
        turn=turn,
        title=f"{what}: {left}, {top}, {right}, {bottom} in original pixels",
    )


def _on_view(placed: PlacedBox, view: View, kind: Kind) -> Box | None:
    """What of a policy's box lies in a view, corners put in order; None if nothing does."""
    box = placed.box
    if placed.view != view.number or not all(map(math.isfinite, box)):
        return None
    (left, right), (top, bottom) = (sorted(pair) for pair in ((box[0], box[2]), (box[1], box[3])))
    left, right = (_percent(edge, view.shown.width) for edge in (left, right))
    top, bottom = (_percent(edge, view.shown.height) for edge in (top, bottom))
    if right <= left or bottom <= top:
        return None
    numbers = ", ".join(f"{round(edge, 1):.6g}" for edge in box)
    words = "asked to see" if kind == "asked" else "said to be read at"
    title = f"{words} {numbers} in pixels of view {view.number}"
    return Box("", kind, left, top, right - left, bottom - top, None, title)


def _percent(edge: float, side: int) -> float:
    return min(max(100 * edge / side, 0.0), 100.0)


def _letter(at: int) -> str:
    return _LETTERS[at % len(_LETTERS)] * (1 + at // len(_LETTERS))
