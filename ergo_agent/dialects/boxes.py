"""Boxes in free text, in whatever notation a model chose.

Every expression here is linear in the length of the text: repetitions are bounded or cannot
overlap, so that a reply of megabytes costs milliseconds.
"""

import math
import re
import unicodedata
from collections.abc import Sequence

from ergo_agent.views.geometry import ViewBox

__all__ = ["MAX_BOXES", "bracketed_boxes", "find_boxes", "write_box"]

MAX_BOXES = 64
"""Most boxes read from one reply; one with more is rambling."""

_NUMBER = re.compile(
    r"""(?:([a-z_][a-z0-9_]{0,15})["']?\s{0,4}[:=]\s{0,4}["']?)?  # its name, if it has one
        (?<![\w.])([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?|[-+]?\b(?:nan|inf(?:inity)?)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_GROUP = re.compile(r"[\[({]([^\[\](){}]*)")
_DASHES = str.maketrans(dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}", "-"))
_MAX_DIGITS = 40
"""A longer number is no pixel position, and slow to convert."""

_CORNERS = (
    ("x1", "y1", "x2", "y2"),
    ("x_1", "y_1", "x_2", "y_2"),
    ("x0", "y0", "x1", "y1"),
    ("left", "top", "right", "bottom"),
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
)
_SIDES = (("x", "y", "w", "h"), ("x", "y", "width", "height"), ("left", "top", "width", "height"))

_Number = tuple[str, float]


def find_boxes(text: str) -> list[ViewBox]:
    """Every box in a text that is expected to hold boxes.

    Groups of four numbers in brackets count first. Without any, the numbers are taken four at a
    time, so that `(1, 2), (3, 4)` and `1 2 3 4` are boxes too.
    """
    found = bracketed_boxes(text)
    if found:
        return found
    numbers = _numbers(text)
    if len(numbers) % 4 or len(numbers) > 4 * MAX_BOXES:
        return []
    return [_box(numbers[at : at + 4]) for at in range(0, len(numbers), 4)]


def bracketed_boxes(text: str) -> list[ViewBox]:
    """Every group of exactly four numbers in brackets, parentheses or braces."""
    boxes: list[ViewBox] = []
    for group in _GROUP.finditer(_plain(text)):
        numbers = _numbers(group[1])
        if len(numbers) == 4:
            boxes.append(_box(numbers))
            if len(boxes) == MAX_BOXES:
                break
    return boxes


def write_box(box: ViewBox) -> str:
    """The strict form of a box: `[x1, y1, x2, y2]`, whole numbers where they are whole.

    Raises:
        ValueError: If an edge is not finite.
    """
    if not all(map(math.isfinite, box)):
        raise ValueError(f"the box {tuple(box)} is not finite; a reply needs four pixel positions")
    edges = (str(int(edge)) if float(edge).is_integer() else repr(float(edge)) for edge in box)
    return f"[{', '.join(edges)}]"


def _plain(text: str) -> str:
    """Full-width digits, brackets and signs as ASCII."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text).translate(_DASHES)


def _numbers(text: str) -> list[_Number]:
    """Numbers with their names, lower-case, in order."""
    return [(name.lower(), _value(digits)) for name, digits in _NUMBER.findall(_plain(text))]


def _value(digits: str) -> float:
    return float(digits) if len(digits) <= _MAX_DIGITS else math.inf


def _box(numbers: Sequence[_Number]) -> ViewBox:
    """Four numbers as a box, by their names where they have them, else in order."""
    named = dict(numbers)
    for keys in _CORNERS:
        if named.keys() == set(keys):
            return ViewBox(*(named[key] for key in keys))
    for keys in _SIDES:
        if named.keys() == set(keys):
            left, top, width, height = (named[key] for key in keys)
            return ViewBox(left, top, left + width, top + height)
    return ViewBox(*(value for _, value in numbers))
