"""Where to look closer: around the best answer so far."""

from collections.abc import Sequence

from ergo_agent.layout.text import Box, TextLine, stacked
from ergo_agent.policies.ocr.finder.finder import Finding
from ergo_agent.policies.ocr.merge import ReadView

__all__ = ["where_to_look"]

_ACROSS, _DOWN = 3.0, 1.0
"""Margins around an answer, in type heights."""
_NEAR = 2.0
"""Type heights up to which lines below each other are shown in one crop."""
_JOINED = 1.3
"""Times the area of the parts up to which one box around them all is shown instead."""


def where_to_look(finding: Finding, page: ReadView) -> list[Box]:
    """Boxes around an answer and what names it, the answer's first; one where they stand together.

    A row and its column header far above are two narrow strips: one box around both would show,
    and read, the whole table between them. Boxes are in pixels of the page's first view.
    """
    groups = stacked(dict.fromkeys((*finding.whole_lines, *finding.key_lines)), _NEAR)
    groups.sort(key=lambda group: not any(line in finding.whole_lines for line in group))
    apart = [_around(group, page) for group in groups]
    if len(apart) == 1:
        return apart
    both = _around((*finding.whole_lines, *finding.key_lines), page)
    largest = page.width * page.height * page.scale**2  # at full resolution in the page's pixels
    if both.area <= min(largest, _JOINED * sum(box.area for box in apart)):
        return [both]
    return apart


def _around(lines: Sequence[TextLine], page: ReadView) -> Box:
    """What shows some lines, in view pixels."""
    box = Box.around(line.box for line in lines)
    height = max(line.height for line in lines)
    return page.shown(box.padded(_ACROSS * height, _DOWN * height))
