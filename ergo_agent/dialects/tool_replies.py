"""Reads tool calls, as tolerantly as is safe, into moves with boxes in thousandths.

Calls in one reply were all made before any of them was carried out, so the first usable one
decides: further zooms join it, and whatever came with an answer is left aside.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from langchain_core.messages import AIMessage
from pydantic import BaseModel, ValidationError

from ergo_agent.dialects.boxes import MAX_BOXES, find_boxes
from ergo_agent.dialects.messages import plain_json, reply_text
from ergo_agent.dialects.tool_schemas import ANSWER, ZOOM, AnswerCall, RegionArgument, ZoomCall
from ergo_agent.episode.moves import Answer, Move, Zoom
from ergo_agent.errors import ReplyFormatError
from ergo_agent.views.geometry import ViewBox
from ergo_agent.views.view import PlacedBox, View

__all__ = ["Call", "answer_in", "call_for", "calls_in", "is_own_form", "read_calls"]


class Call(NamedTuple):
    """A tool call as it came."""

    name: str
    arguments: Mapping[str, Any] | str
    """As JSON; the text itself where it is no JSON object."""


def calls_in(reply: AIMessage) -> list[Call]:
    """The calls of a reply, those whose arguments could not be read last."""
    good = [(call["name"], call["args"]) for call in reply.tool_calls]
    bad = [(call["name"], call["args"]) for call in reply.invalid_tool_calls]
    return [
        Call(plain_json(name) or "", arguments if isinstance(arguments, dict) else str(arguments))
        for name, arguments in ((name, plain_json(arguments)) for name, arguments in [*good, *bad])
    ]


def read_calls(reply: AIMessage, views: Sequence[View]) -> Move:
    """The move that a reply's tool calls make.

    Raises:
        ReplyFormatError: If no call can be used.
    """
    calls = calls_in(reply)
    if not calls:
        raise ReplyFormatError(f"the reply calls no tool; call {ZOOM} or {ANSWER}")
    moves: list[Move] = []
    problems: dict[str, None] = {}
    for call in calls:
        try:
            moves.append(_move(call, views))
        except ReplyFormatError as error:
            problems[str(error)] = None
    if not moves:
        raise ReplyFormatError("; ".join(list(problems)[:3]))
    first = moves[0]
    reasoning = first.reasoning or reply_text(reply).strip()
    boxes = first.boxes
    if isinstance(first, Zoom):
        boxes = tuple(box for move in moves if isinstance(move, Zoom) for box in move.boxes)
    return first.model_copy(update={"reasoning": reasoning, "boxes": boxes[:MAX_BOXES]})


def answer_in(reply: AIMessage) -> str | None:
    """The text of the first answer among a reply's calls, whatever else was called."""
    for call in calls_in(reply):
        if call.name == ANSWER and isinstance(call.arguments, Mapping):
            text = _answer_text(call.arguments)
            if text:
                return text
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


def _move(call: Call, views: Sequence[View]) -> Move:
    if call.name not in {ZOOM, ANSWER}:
        raise ReplyFormatError(f"there is no tool {call.name[:40]!r}; call {ZOOM} or {ANSWER}")
    if isinstance(call.arguments, str):
        return _from_text(call.name, call.arguments, views)
    reasoning = str(call.arguments.get("reasoning") or "").strip()
    if call.name == ANSWER:
        return _answer(call.arguments, reasoning, views)
    return _zoom(call.arguments.get("regions"), reasoning, views)


def _from_text(name: str, text: str, views: Sequence[View]) -> Move:
    """A call whose arguments are no JSON: cut short, or badly quoted."""
    if name == ANSWER:
        raise ReplyFormatError(f"the arguments of {ANSWER} are no JSON object")
    _, _, regions = text.partition('"regions"')
    return _zoom(regions, "", views)


def _zoom(regions: object, reasoning: str, views: Sequence[View]) -> Zoom:
    boxes = _regions(regions or [], views)
    if not boxes:
        raise ReplyFormatError(f"{ZOOM} was called without a region; give left, top, right, bottom")
    return Zoom(boxes=tuple(boxes), reasoning=reasoning)


def _answer(arguments: Mapping[str, Any], reasoning: str, views: Sequence[View]) -> Answer:
    text = _answer_text(arguments)
    if text == "":
        raise ReplyFormatError("the answer is empty; set found to false if it is not in the image")
    try:
        boxes = _regions(arguments.get("evidence") or [], views)
    except ReplyFormatError:
        boxes = []  # an answer is worth having without the place it was read at
    return Answer(text=text, reasoning=reasoning, boxes=tuple(boxes))


def _answer_text(arguments: Mapping[str, Any]) -> str | None:
    """The text of an answer, None for one that was not found, empty where none was given.

    Raises:
        ReplyFormatError: If it is no text.
    """
    text = arguments.get("text", "")
    if isinstance(text, int | float) and not isinstance(text, bool):
        text = str(text)
    if text is None or str(arguments.get("found", True)).strip().lower() in {"false", "no", "0"}:
        return None
    if not isinstance(text, str):
        raise ReplyFormatError(f"the text of the answer is no text: {str(text)[:40]!r}")
    return text.strip()


def _regions(value: object, views: Sequence[View]) -> list[PlacedBox]:
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
            placed += _region(item, views)
        except ReplyFormatError as error:
            problem = problem or error
    if problem is not None and not placed:
        raise problem
    return placed


def _region(item: object, views: Sequence[View]) -> list[PlacedBox]:
    """The box of one region, or several where a list or a text of them stands in its place."""
    rest, view = item, None
    if isinstance(item, Mapping):
        rest, view = {key: part for key, part in item.items() if key != "view"}, item.get("view")
    number = _view_number(view, views)
    try:
        region = RegionArgument.model_validate(rest)
        boxes = [ViewBox(region.left, region.top, region.right, region.bottom)]
    except ValidationError:
        boxes = find_boxes(rest if isinstance(rest, str) else json.dumps(rest))
    finite = [box for box in boxes if all(map(math.isfinite, box))]
    if boxes and not finite:
        raise ReplyFormatError("a region holds a number that is not finite")
    if not finite:
        raise ReplyFormatError("a region lacks one of its edges left, top, right, bottom")
    return [PlacedBox(box, number) for box in finite]


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
