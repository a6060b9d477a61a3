"""Several questions in one: each is looked up by itself, and all are answered or none."""

import re
from collections.abc import Sequence

from ergo_agent.layout.text import TextLine
from ergo_agent.policies.ocr.finder.comparison import compared, larger_of
from ergo_agent.policies.ocr.finder.finder import Accepts, Finding, find, together
from ergo_agent.policies.ocr.models import Models

__all__ = ["find_each", "questions_in"]

_MOST = 4
"""Questions that are looked up for one text; a text with more is taken as one question."""
_ASKING = r"(?:what|when|where|who|whom|whose|which|why|how|until\s+when|by\s+when)\b"
_NEXT = re.compile(rf"(?<=\?)\s+(?=\w)|\s*,?\s+and\s+(?={_ASKING})", re.IGNORECASE)
_WHOLE = re.compile(rf"^\W*(?:(?:and|by|at|in|on|to|for|from)\s+)?{_ASKING}", re.IGNORECASE)


def questions_in(text: str) -> list[str]:
    """The questions that a text asks, mostly one.

    It is cut behind question marks, and before `and` with a question word, where every part then
    begins as a question does.
    """
    parts = [part.strip(" ,;") for part in _NEXT.split(text.strip())]
    whole = all(_WHOLE.match(part) and len(part.split()) > 2 for part in parts)
    return parts if whole and 1 < len(parts) <= _MOST else [text.strip()]


def find_each(
    text: str,
    lines: Sequence[TextLine],
    *,
    models: Models | None = None,
    threshold: float | None = None,
    accepts: Accepts | None = None,
) -> Finding | None:
    """The answer to all questions of a text, parted by semicolons; see `find`.

    It is as sure as the least sure of them.
    """

    def look_up(question: str) -> Finding | None:
        return find(question, lines, models=models, threshold=threshold, accepts=accepts)

    asked = compared(text) if accepts is None else None
    if asked is not None:
        return larger_of(asked, look_up) or look_up(text)
    asking = questions_in(text) if accepts is None else [text]
    found = [look_up(each) for each in asking]
    known = [each for each in found if each is not None]
    if len(known) < 2:
        return known[0] if known else None
    text = "; ".join(each.text for each in known)
    return together(known, text=text, reason=" ".join(each.reason for each in known))
