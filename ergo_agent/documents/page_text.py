"""The text of one page, as the survey knows it."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ergo_agent.views.geometry import Region, Size

__all__ = ["PageText", "TextSource", "TextSpan", "around"]

TextSource = Literal["text_layer", "quick_look", "none"]
"""Where a page's text comes from: its PDF's own layer, its pixels read quickly, or nowhere."""


class TextSpan(NamedTuple):
    """A line of text with its box in original pixels of its page."""

    text: str
    left: int
    top: int
    right: int
    bottom: int


class PageText(NamedTuple):
    """What stands on a page, in reading order as far as it is known."""

    by: TextSource
    size: Size
    """Of the page in original pixels; 0x0 where it could not be opened."""

    lines: tuple[TextSpan, ...] = ()
    note: str = ""
    """What is to be said of it: a layer that is not to be trusted, an error."""

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join(line.text for line in self.lines)


def around(lines: Sequence[TextSpan], *, within: Size) -> Region | None:
    """The region that holds some lines; None for none, or where they have no area."""
    if not lines:
        return None
    left, top = min(line.left for line in lines), min(line.top for line in lines)
    right, bottom = max(line.right for line in lines), max(line.bottom for line in lines)
    left, top = max(0, left), max(0, top)
    right, bottom = min(within.width, right), min(within.height, bottom)
    if left >= right or top >= bottom:
        return None
    return Region(left=left, top=top, right=right, bottom=bottom)
