"""The records of looks at several pages, joined into one: views and turns are numbered anew."""

from collections.abc import Sequence
from typing import NamedTuple

from ergo_agent.episode.ledger import LedgerEntry
from ergo_agent.episode.moves import Answer, Move, Zoom
from ergo_agent.episode.record import Record
from ergo_agent.episode.review import ZoomReview
from ergo_agent.episode.turn import Turn
from ergo_agent.views.view import View

__all__ = ["Joined", "joined"]


class Joined(NamedTuple):
    """What several records hold together, in their order."""

    views: list[View]
    turns: list[Turn]
    reviews: list[ZoomReview]
    entries: tuple[LedgerEntry, ...]
    timings: dict[str, float]


def joined(looks: Sequence[tuple[int, Record]]) -> Joined:
    """Join records.

    Args:
        looks: The number that each record's page has in the document, and the record.
    """
    views: list[View] = []
    turns: list[Turn] = []
    reviews: list[ZoomReview] = []
    entries: list[LedgerEntry] = []
    timings: dict[str, float] = {}
    for page, record in looks:
        by, later = len(views), len(turns)
        views += [_view(view, page, by) for view in record.views]
        turns += [_turn(turn, by) for turn in record.turns]
        reviews += [r.model_copy(update={"turn": r.turn + later}) for r in record.reviews]
        entries += [
            entry.model_copy(update={"view": entry.view + by}) for entry in record.ledger.entries
        ]
        for stage, seconds in record.timings.items():
            timings[stage] = timings.get(stage, 0.0) + seconds
    return Joined(views, turns, reviews, tuple(entries), timings)


def _view(view: View, page: int, by: int) -> View:
    parent = None if view.parent is None else view.parent + by
    return view.model_copy(update={"number": view.number + by, "page": page, "parent": parent})


def _turn(turn: Turn, by: int) -> Turn:
    return turn.model_copy(
        update={
            "views": tuple(number + by for number in turn.views),
            "paid": {number + by: tokens for number, tokens in turn.paid.items()},
            "move": _move(turn.move, by),
        }
    )


def _move(move: Move | None, by: int) -> Move | None:
    if not isinstance(move, Zoom | Answer):
        return None
    boxes = tuple(box._replace(view=box.view + by) for box in move.boxes)
    return move.model_copy(update={"boxes": boxes})
