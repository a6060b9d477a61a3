"""Boxes in free text, in whatever notation a model chose.

Four numbers in brackets, two pairs of numbers in brackets of their own, edges by name, and lists
under the keys that families were trained on. Left comes before top everywhere but under the key
`box_2d`, which is Gemini's and has the top first, in thousandths.

Everything here is linear in the length of the text: repetitions are bounded or cannot overlap, and
no text is normalised as a whole (Unicode's own rule sorts accents: 17 s for 200 kB of them).
"""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ergo_agent.views.geometry import ViewBox

__all__ = ["MAX_BOXES", "WrittenBox", "bracketed_boxes", "find_boxes", "write_box"]

MAX_BOXES = 64
"""Most boxes read from one reply; one with more is rambling."""

_NUMBER = re.compile(
    r"""(?:([a-z_][a-z0-9_]{0,15})["']?\s{0,4}[:=]\s{0,4}["']?)?  # its name, if it has one
        (?<![\w.])([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?|[-+]?\b(?:nan|inf(?:inity)?)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_GROUP = re.compile(r"[\[({]((?:[^\[\](){}\d]*\d){2}[^\[\](){}]*)")
"""From a bracket to the next of any kind, with two digits at least between them."""
_TOP_FIRST = re.compile(r"(?<![a-z_])box_2d[\"']?\s{0,4}[:=][\s\[({]{0,8}", re.IGNORECASE)
_NEXT_IN_LIST = re.compile(r"[\])][\s,]{0,8}")
_APART = re.compile(r"[\s,;]{0,4}(?:to|->)?[\s,;]{0,4}")
"""What may stand between the two corners of a box."""
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


def _forms() -> Mapping[int, str]:
    """Full-width and small forms of ASCII, and the dashes, by code point."""
    codes = (*range(0xFF01, 0xFF5F), *range(0xFE50, 0xFE6C))
    forms = {code: unicodedata.normalize("NFKC", chr(code)) for code in codes}
    plain = {code: form for code, form in forms.items() if form.isascii()}
    return plain | dict.fromkeys(map(ord, "\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}"), "-")


_PLAIN = _forms()

_Number = tuple[str, float]


class WrittenBox(NamedTuple):
    """A box as it was written, left before top."""

    edges: ViewBox
    thousandths: bool = False
    """Whether its notation says that it is in thousandths, whatever the dialect's frame."""


def find_boxes(text: str) -> list[WrittenBox]:
    """Every box in a text that is expected to hold boxes.

    Those in brackets count first. Without any, the numbers are taken four at a time, so that
    `1 2 3 4` is a box too.
    """
    found = bracketed_boxes(text)
    if found:
        return found
    numbers = _numbers(text.translate(_PLAIN))
    if len(numbers) % 4 or len(numbers) > 4 * MAX_BOXES:
        return []
    return [_box(numbers[at : at + 4]) for at in range(0, len(numbers), 4)]


def bracketed_boxes(text: str) -> list[WrittenBox]:
    """Every group of exactly four numbers in brackets of any kind, and every two pairs of them."""
    boxes: list[WrittenBox] = []
    plain = text.translate(_PLAIN)
    keys = {key.end() for key in _TOP_FIRST.finditer(plain)}
    top_first, end, corner = False, 0, list[_Number]()
    for group in _GROUP.finditer(plain):
        numbers, between = _numbers(group[1]), plain[end : group.start()]
        named = group.start() + 1 in keys
        top_first = named or (top_first and _NEXT_IN_LIST.fullmatch(between) is not None)
        if len(numbers) == 2 and corner and _APART.fullmatch(between[1:]):
            numbers = [*corner, *numbers]
        corner, end = numbers if len(numbers) == 2 else [], group.end()
        if len(numbers) == 4:
            boxes.append(_box(numbers, top_first=top_first))
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


def _numbers(plain: str) -> list[_Number]:
    """Numbers with their names, lower-case, in order."""
    return [(name.lower(), _value(digits)) for name, digits in _NUMBER.findall(plain)]


def _value(digits: str) -> float:
    return float(digits) if len(digits) <= _MAX_DIGITS else math.inf


def _box(numbers: Sequence[_Number], *, top_first: bool = False) -> WrittenBox:
    """Four numbers as a box: by their names where they have them, else in order."""
    named = dict(numbers)
    for keys in _CORNERS:
        if named.keys() == set(keys):
            return WrittenBox(ViewBox(*(named[name] for name in keys)))
    for keys in _SIDES:
        if named.keys() == set(keys):
            left, top, width, height = (named[name] for name in keys)
            return WrittenBox(ViewBox(left, top, left + width, top + height))
    one, two, three, four = (value for _, value in numbers)
    if top_first:
        return WrittenBox(ViewBox(two, one, four, three), thousandths=True)
    return WrittenBox(ViewBox(one, two, three, four))
