"""Reads tool calls, as tolerantly as is safe, into moves with boxes in thousandths.

Calls in one reply were all made before any of them was carried out, so the first usable one
decides: further zooms join it, and whatever came with an answer is left aside.
"""

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from langchain_core.messages import AIMessage
from pydantic import BaseModel, ValidationError

from ergo_agent.dialects.boxes import MAX_BOXES, WrittenBox, find_boxes
from ergo_agent.dialects.calls import Call, own_name
from ergo_agent.dialects.messages import plain_json
from ergo_agent.dialects.places import edges_in
from ergo_agent.dialects.tool_schemas import ANSWER, ZOOM, AnswerCall, RegionArgument, ZoomCall
from ergo_agent.episode.moves import Answer, Move, Zoom
from ergo_agent.errors import ReplyFormatError
from ergo_agent.views.frames import THOUSANDTHS, Frame
from ergo_agent.views.geometry import ViewBox
from ergo_agent.views.view import PlacedBox, View

__all__ = ["answer_in", "call_for", "calls_in", "is_own_form", "read_calls"]

_EDGES = ("left", "top", "right", "bottom", "x1", "y1", "x2", "y2", "x", "y", "width", "height")
_BOX_KEYS = ("bbox_2d", "bbox", "box_2d", "box")
"""Names that model families were trained to write a box under; `boxes` knows their order."""


def calls_in(reply: AIMessage) -> list[Call]:
    """The calls of a reply, those whose arguments could not be read last."""
    good = [(call["name"], call["args"]) for call in reply.tool_calls]
    bad = [(call["name"], call["args"]) for call in reply.invalid_tool_calls]
    return [
        Call(plain_json(name) or "", arguments if isinstance(arguments, dict) else str(arguments))
        for name, arguments in ((name, plain_json(arguments)) for name, arguments in [*good, *bad])
    ]


def read_calls(
    calls: Sequence[Call], views: Sequence[View], *, reasoning: str = "", frame: Frame = THOUSANDTHS
) -> Move:
    """The move that the tool calls of a reply make, its boxes in `frame`.

    Args:
        calls: One or more, in order.
        views: All views shown so far.
        reasoning: What was said beside them, for calls that hold none.
        frame: What the numbers of a box count.

    Raises:
        ReplyFormatError: If no call can be used.
    """
    moves: list[Move] = []
    problems: dict[str, None] = {}
    for call in calls:
        try:
            moves.append(_Reader(views, frame).move(call))
        except ReplyFormatError as error:
            problems[str(error)] = None
    if not moves:
        raise ReplyFormatError("; ".join(list(problems)[:3]))
    first = moves[0]
    reasoning = first.reasoning or reasoning
    boxes = first.boxes
    if isinstance(first, Zoom):
        boxes = tuple(box for move in moves if isinstance(move, Zoom) for box in move.boxes)
    return first.model_copy(update={"reasoning": reasoning, "boxes": boxes[:MAX_BOXES]})


def answer_in(calls: Sequence[Call]) -> str | None:
    """The text of the first answer among some calls, whatever else was called."""
    for call in calls:
        if own_name(call.name) == ANSWER and isinstance(call.arguments, Mapping):
            with suppress(ReplyFormatError):
                return _answer_text(call.arguments) or None
    return None


def call_for(move: Move) -> tuple[str, ZoomCall | AnswerCall]:
    """The call that makes a move whose boxes are in thousandths; every box names its view."""
    regions = [
        RegionArgument(left=box.left, top=box.top, right=box.right, bottom=box.bottom, view=view)
        for box, view in move.boxes
    ]
    if isinstance(move, Zoom):
        return ZOOM, ZoomCall(reasoning=move.reasoning, regions=regions)
    found = move.text is not None
    return ANSWER, AnswerCall(
        reasoning=move.reasoning, text=move.text or "", found=found, evidence=regions
    )


def is_own_form(reply: AIMessage, move: Move, views: Sequence[View]) -> bool:
    """Whether a reply is the one call that makes `move` (thousandths), with valid arguments."""
    calls = calls_in(reply)
    name, own = call_for(move)
    if len(calls) != 1 or calls[0].name != name:
        return False
    try:
        given = type(own).model_validate(calls[0].arguments, strict=True)
    except ValidationError:
        return False
    return _meant(given, views) == _meant(own, views)


def _meant(call: BaseModel, views: Sequence[View]) -> dict[str, Any]:
    """A call without its reasoning, its view numbers written out."""
    said = call.model_dump(exclude={"reasoning"})
    for region in (*said.get("regions", ()), *said.get("evidence", ())):
        region["view"] = region["view"] or views[-1].number
    return said


class _Reader:
    """Reads moves from calls, their boxes in a frame."""

    def __init__(self, views: Sequence[View], frame: Frame) -> None:
        self._views = views
        self._frame = frame

    def move(self, call: Call) -> Move:
        name = own_name(call.name)
        if name is None:
            raise ReplyFormatError(f"there is no tool {call.name[:40]!r}; call {ZOOM} or {ANSWER}")
        if isinstance(call.arguments, str):
            return self._from_text(name, call.arguments)
        reasoning = str(call.arguments.get("reasoning") or "").strip()
        if name == ANSWER:
            return self._answer(call.arguments, reasoning)
        return self._zoom(_wanted(call.arguments), reasoning)

    def _from_text(self, name: str, text: str) -> Move:
        """A call whose arguments are no JSON: cut short, or badly quoted."""
        if name == ANSWER:
            raise ReplyFormatError(f"the arguments of {ANSWER} are no JSON object")
        _, named, regions = text.partition("regions")
        return self._zoom(regions if named or "reasoning" in text else text, "")

    def _zoom(self, regions: object, reasoning: str) -> Zoom:
        boxes = self._regions(regions or [])
        if not boxes:
            raise ReplyFormatError(
                f"{ZOOM} was called without a region; give left, top, right, bottom"
            )
        return Zoom(boxes=tuple(boxes), reasoning=reasoning)

    def _answer(self, arguments: Mapping[str, Any], reasoning: str) -> Answer:
        text = _answer_text(arguments)
        if text == "":
            raise ReplyFormatError(
                "the answer is empty; set found to false if it is not in the image"
            )
        try:
            boxes = self._regions(arguments.get("evidence") or [])
        except ReplyFormatError:
            boxes = []  # an answer is worth having without the place it was read at
        return Answer(text=text, reasoning=reasoning, boxes=tuple(boxes))

    def _regions(self, value: object) -> list[PlacedBox]:
        """The boxes of an argument that should be a list of regions.

        Raises:
            ReplyFormatError: If it holds something, but nothing that can be used.
        """
        items = value if isinstance(value, list) else [value]
        if items and all(isinstance(item, int | float) for item in items):
            items = [items]  # one region as a bare list of numbers
        placed: list[PlacedBox] = []
        problem: ReplyFormatError | None = None
        for item in items[:MAX_BOXES]:
            try:
                placed += self._region(item)
            except ReplyFormatError as error:
                problem = problem or error
        if problem is not None and not placed:
            raise problem
        return placed

    def _region(self, item: object) -> list[PlacedBox]:
        """The box of one region, or several where a list or a text of them stands in its place."""
        rest, given = item, None
        if isinstance(item, Mapping):
            rest, given = (
                {key: part for key, part in item.items() if key != "view"},
                item.get("view"),
            )
        number = _view_number(given, self._views)
        try:
            region = RegionArgument.model_validate(rest)
            edges = ViewBox(region.left, region.top, region.right, region.bottom)
            boxes = [WrittenBox(edges)]
        except ValidationError:
            if isinstance(rest, Mapping):
                rest = {key: rest[key] for key in _BOX_KEYS if key in rest} or rest
            boxes = find_boxes(rest if isinstance(rest, str) else json.dumps(rest))
        finite = [box for box in boxes if all(map(math.isfinite, box.edges))]
        if boxes and not finite:
            raise ReplyFormatError("a region holds a number that is not finite")
        if not finite:
            raise ReplyFormatError("a region lacks one of its edges left, top, right, bottom")
        shown = {view.number: view.shown for view in self._views}.get(number)
        return [PlacedBox(edges_in(box, frame=self._frame, shown=shown), number) for box in finite]


def _wanted(arguments: Mapping[str, Any]) -> object:
    """What the arguments of a zoom say of its regions, under whichever name."""
    for key in ("regions", "region", "boxes", "bboxes"):
        if arguments.get(key):
            return arguments[key]
    named = {key: arguments[key] for key in (*_BOX_KEYS, *_EDGES) if key in arguments}
    return {**named, "view": arguments.get("view")} if named else None


def _answer_text(arguments: Mapping[str, Any]) -> str | None:
    """The text of an answer, None for one that was not found, empty where none was given.

    Raises:
        ReplyFormatError: If it is no text.
    """
    text = arguments.get("text", arguments.get("answer", ""))
    if isinstance(text, int | float) and not isinstance(text, bool):
        text = str(text)
    if text is None or str(arguments.get("found", True)).strip().lower() in {"false", "no", "0"}:
        return None
    if not isinstance(text, str):
        raise ReplyFormatError(f"the text of the answer is no text: {str(text)[:40]!r}")
    return text.strip()


def _view_number(given: object, views: Sequence[View]) -> int:
    """The number of the view that is meant; the last one where none was given.

    Raises:
        ReplyFormatError: If there is no such view.
    """
    numbers = [view.number for view in views] or [1]
    text = str(given).strip()
    if given is None or text in {"", "0"}:
        return numbers[-1]
    known = {str(number): number for number in numbers}
    number = known.get(text.removesuffix(".0"))
    if number is None:
        listed = ", ".join(known)
        raise ReplyFormatError(f"there is no image {text[:20]}, only {listed}")
    return number
