"""The turns of an episode as a report shows them: words, views and price of each in one place."""

from collections.abc import Sequence
from typing import NamedTuple

from ergo_agent.episode.record import Record
from ergo_agent.episode.review import ZoomReview
from ergo_agent.episode.turn import Turn
from ergo_agent.report.boxes import Box, asked_boxes
from ergo_agent.report.gallery import Gallery
from ergo_agent.report.pictures import Picture
from ergo_agent.report.words import move_in_words
from ergo_agent.views.view import View

__all__ = ["TurnPart", "ViewPart", "answering_turn", "turn_parts"]


class ViewPart(NamedTuple):
    """A view, its picture, and what the policy wrote boxes for in it."""

    view: View
    picture: Picture | None
    remade: bool
    asked: list[Box]


class TurnPart(NamedTuple):
    """A turn and the views that were new in it."""

    number: int
    """From 1."""

    turn: Turn
    did: str
    """What the policy did, as the end of a heading."""

    views: list[ViewPart]
    tokens: int
    """Vision tokens of these views."""

    reviews: list[ZoomReview]
    """What a person decided about its zoom."""

    page: int | None
    """Of a document, the page that it is about."""


def turn_parts(result: Record, gallery: Gallery) -> list[TurnPart]:
    """One part a turn, in order."""
    costs = {entry.view: entry.cost for entry in result.ledger.entries}
    by_number = {view.number: view for view in result.views}
    parts: list[TurnPart] = []
    page: int | None = None
    for number, turn in enumerate(result.turns, 1):
        shown = [by_number[each] for each in turn.views if each in by_number]
        views = [_view_part(view, result, gallery) for view in shown]
        tokens = sum(costs.get(view.number, view.tokens) for view in shown)
        reviews = [review for review in result.reviews if review.turn == number]
        if result.document is not None and shown:
            page = shown[-1].page
        parts.append(TurnPart(number, turn, move_in_words(turn), views, tokens, reviews, page))
    return parts


def answering_turn(result: Record, turns: Sequence[TurnPart]) -> int:
    """The turn that a report opens on: of a document, the first about the page that answers."""
    about = [part.number for part in turns if part.page == result.image.page]
    return about[0] if result.answer is not None and about else 1


def _view_part(view: View, result: Record, gallery: Gallery) -> ViewPart:
    picture = gallery.views.get(view.number)
    return ViewPart(
        view=view,
        picture=picture,
        remade=view.number in gallery.remade,
        asked=asked_boxes(view, result.turns, picture),
    )
