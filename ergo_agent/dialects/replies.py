"""The reply grammar that the tag dialects share: written strictly, read tolerantly.

```
<think>why</think><zoom>[x1, y1, x2, y2]</zoom>
<think>why</think><answer>what</answer><evidence>[x1, y1, x2, y2]</evidence>
<think>why</think><answer></answer><not_found/>
```

`<zoom view="1">` and `<evidence view="1">` name the view whose pixels a box is in; without it the
box belongs to the last view shown. Whatever follows the first move of a reply was written without
having seen what that move shows, so the first move counts.
"""

import json
import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from ergo_agent.dialects.boxes import (
    MAX_BOXES,
    WrittenBox,
    bracketed_boxes,
    find_boxes,
    write_box,
)
from ergo_agent.dialects.calls import looks_like_call, own_name, written_calls
from ergo_agent.dialects.places import edges_in
from ergo_agent.dialects.tool_replies import answer_in, read_calls
from ergo_agent.episode.moves import Answer, Move, Zoom
from ergo_agent.errors import ReplyFormatError
from ergo_agent.views.frames import PIXELS, Frame
from ergo_agent.views.view import PlacedBox, View

__all__ = ["last_words", "parse_reply", "write_move"]

_NAMES = "think|zoom|answer|evidence|not_found"
_TAG = re.compile(rf"<\s{{0,8}}(/?)\s{{0,8}}({_NAMES})\b([^<>]{{0,100}})>", re.IGNORECASE)
_THINK = re.compile(r"<\s{0,8}/?\s{0,8}think\b[^<>]{0,100}>", re.IGNORECASE)
_OPENING = re.compile(rf"<(?=\s{{0,8}}/?\s{{0,8}}(?:{_NAMES})\b)", re.IGNORECASE)
_ESCAPED = re.compile(rf"&lt;(?=\s{{0,8}}/?\s{{0,8}}(?:{_NAMES})\b)", re.IGNORECASE)
_VIEW = re.compile(r"""view\s{0,4}=?\s{0,4}["']?\s{0,4}(\d{1,6})""", re.IGNORECASE)
_FENCE = re.compile(r"```\w{0,20}")
_SPECIAL = re.compile(r"<\|[^<>|]{1,40}\|>|\[/?INST\]|</?s>")
"""Marks of chat templates, as GLM's `<|begin_of_box|>`, which a server may let through."""
_MOST_PROBLEMS = 3


class _Element(NamedTuple):
    """A tag and the text that belongs to it."""

    name: str
    attributes: str
    text: str


def parse_reply(reply: str, views: Sequence[View], *, frame: Frame = PIXELS) -> Move:
    """Read a reply, as tolerantly as is safe.

    Missing closing tags, other brackets, several boxes, named edges, tool calls as text, JSON and
    code fences are understood. Tags outside the reasoning count before tags inside it, tags before
    calls, and those before bare boxes.

    Args:
        reply: The text of the model's reply, whatever it holds.
        views: All views shown so far.
        frame: What the numbers of a box count, unless their notation says otherwise.

    Raises:
        ReplyFormatError: If it holds neither a usable box nor an answer.
    """
    reasoning, visible = _split(reply)
    reader = _Reader(views, _unescaped(_THINK.sub("", reasoning)).strip(), frame)
    move = reader.by_tags(visible) or reader.by_calls(visible or reasoning)
    move = move or reader.by_json(visible) or reader.by_boxes(visible)
    move = move or reader.by_tags(reasoning) or reader.by_boxes(reasoning, last_only=True)
    if move is None:
        raise ReplyFormatError(reader.complaint())
    return move


def write_move(move: Move, *, last_view: int | None = None) -> str:
    """The strict form of a move; `parse_reply` reads it back unchanged.

    Args:
        move: What to write.
        last_view: The last view shown; boxes in it carry no view number. Left out, every box does.

    Raises:
        ValueError: If a box is not finite.
    """
    think = f"<think>{_escaped(move.reasoning)}</think>"
    if isinstance(move, Zoom):
        return think + _write_boxes("zoom", move.boxes, last_view)
    evidence = _write_boxes("evidence", move.boxes, last_view)
    if move.text is None:
        return f"{think}<answer></answer><not_found/>{evidence}"
    return f"{think}<answer>{_escaped(move.text)}</answer>{evidence}"


def last_words(reply: str) -> str | None:
    """What a reply to the last question says, where it is no move; None where it says nothing.

    An answer that came with a zoom counts, and so does plain text. What stands only in the
    reasoning does not, nor does text that holds a tag, a box, a tool call or JSON: that is the raw
    form of something else, and nobody's answer.
    """
    visible = _split(reply)[1]
    for element in _elements(visible):
        if element.name == "answer" and element.text:
            return _unescaped(element.text)
    if _TAG.search(visible):
        return None
    answer = answer_in(written_calls(visible))
    if answer is not None or looks_like_call(visible):
        return answer
    words = _unfenced(_SPECIAL.sub("", visible))
    if not words or words[0] in "{[" or bracketed_boxes(words):
        return None
    return words


class _Reader:
    """Reads moves from parts of one reply, and remembers what was wrong with them."""

    def __init__(self, views: Sequence[View], reasoning: str, frame: Frame) -> None:
        self._all = views
        self._frame = frame
        self._views = [view.number for view in views] or [1]
        self._reasoning = reasoning
        self._problems: list[str] = []
        self._foreign: list[str] = []

    def by_tags(self, text: str) -> Move | None:
        elements = _elements(text)
        zoom = self._zoom(self._boxes("zoom", elements))
        for element in elements:
            if element.name == "zoom" and zoom is not None:
                return zoom
            if element.name == "not_found":
                return self._answer(None, elements)
            if element.name == "answer" and element.text:
                return self._answer(_unescaped(element.text), elements)
        if any(element.name == "answer" for element in elements):
            self._problems.append("the answer is empty")
        return None

    def by_calls(self, text: str) -> Move | None:
        calls = written_calls(text)
        if not calls:
            return None
        try:
            return read_calls(calls, self._all, reasoning=self._reasoning, frame=self._frame)
        except ReplyFormatError as error:
            foreign = all(own_name(call.name) is None for call in calls)
            # a tool of another name may still say where to look
            (self._foreign if foreign else self._problems).append(str(error))
            return None

    def by_json(self, text: str) -> Move | None:
        bare = _unfenced(text)
        if not bare.startswith("{"):
            return None
        try:
            found = json.loads(bare)
        except (ValueError, RecursionError):
            return None
        answer = found.get("answer")
        if isinstance(answer, int | float | str) and str(answer).strip():
            return Answer(text=str(answer).strip(), reasoning=self._reasoning)
        return None

    def by_boxes(self, text: str, *, last_only: bool = False) -> Move | None:
        """A zoom by boxes without any tag; not where tags were found to be wrong."""
        if self._problems:
            return None
        boxes = bracketed_boxes(text)
        return self._zoom(self._placed(boxes[-1:] if last_only else boxes, ""))

    def complaint(self) -> str:
        """What to tell the policy when nothing could be used."""
        problems = self._problems or self._foreign
        if problems:
            return "; ".join(list(dict.fromkeys(problems))[:_MOST_PROBLEMS])
        return "the reply holds neither a box of four numbers nor an answer"

    def _zoom(self, boxes: Sequence[PlacedBox]) -> Zoom | None:
        return Zoom(boxes=tuple(boxes), reasoning=self._reasoning) if boxes else None

    def _answer(self, text: str | None, elements: Sequence[_Element]) -> Answer:
        boxes = self._boxes("evidence", elements)
        return Answer(text=text, reasoning=self._reasoning, boxes=tuple(boxes))

    def _boxes(self, name: str, elements: Sequence[_Element]) -> list[PlacedBox]:
        placed: list[PlacedBox] = []
        for element in elements:
            if element.name == name:
                boxes = find_boxes(element.text)
                if not boxes:
                    self._problems.append(f"the {name} tag holds no box of four numbers")
                placed += self._placed(boxes, element.attributes)
            if len(placed) >= MAX_BOXES:
                break
        return placed[:MAX_BOXES]

    def _placed(self, boxes: Sequence[WrittenBox], attributes: str) -> list[PlacedBox]:
        """The usable ones among some boxes, with their view."""
        named = _VIEW.search(attributes)
        view = int(named[1]) if named else self._views[-1]
        if view not in self._views:
            self._problems.append(f"there is no view {view}, only {_listed(self._views)}")
            return []
        finite = [box for box in boxes if all(map(math.isfinite, box.edges))]
        if len(finite) < len(boxes):
            self._problems.append("a box holds a number that is not finite")
        shown = {each.number: each.shown for each in self._all}.get(view)
        return [PlacedBox(edges_in(box, frame=self._frame, shown=shown), view) for box in finite]


def _split(reply: str) -> tuple[str, str]:
    """The reasoning and the rest of a reply.

    Reasoning ends at `</think>`, even where the model's template wrote the opening tag itself;
    without one it ends where the first other tag begins. Without any `<think>` it is what stands
    before the first tag.
    """
    tags = list(_TAG.finditer(reply))
    opening = next((tag for tag in tags if tag[2].lower() == "think" and not tag[1]), None)
    closing = next((tag for tag in tags if tag[2].lower() == "think" and tag[1]), None)
    other = next((tag.start() for tag in tags if tag[2].lower() != "think"), len(reply))
    if closing is not None:
        before = opening is not None and opening.start() < closing.start()
        start = opening.end() if opening is not None and before else 0
        head = reply[: opening.start()] if opening is not None and before else ""
        return reply[start : closing.start()], head + reply[closing.end() :]
    if opening is not None and opening.start() < other:
        return reply[opening.end() : other], reply[: opening.start()] + reply[other:]
    return ("", reply) if other == len(reply) else (reply[:other], reply[other:])


def _elements(text: str) -> list[_Element]:
    """The opening tags of a text in order, each with the text up to the next tag of any kind."""
    tags = list(_TAG.finditer(text))
    ends = [tag.start() for tag in tags[1:]] + [len(text)]
    return [
        _Element(tag[2].lower(), tag[3], text[tag.end() : end].strip())
        for tag, end in zip(tags, ends, strict=False)
        if not tag[1]
    ]


def _write_boxes(name: str, boxes: Sequence[PlacedBox], last_view: int | None) -> str:
    return "".join(
        f"<{name}>{write_box(box)}</{name}>"
        if view == last_view
        else f'<{name} view="{view}">{write_box(box)}</{name}>'
        for box, view in boxes
    )


def _escaped(text: str) -> str:
    """The text with tags in it made harmless: a document may have them printed on it."""
    return _OPENING.sub("&lt;", text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub("<", text)


def _unfenced(text: str) -> str:
    """The text without the code fence around it, if there is one."""
    bare = text.strip()
    fence = _FENCE.match(bare)
    return bare[fence.end() :].removesuffix("```").strip() if fence else bare


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
