"""Where to look closer: around the best answer so far, or at what could not be read."""

from collections.abc import Sequence

from ergo_agent.policies.ocr.finding.finder import Finding
from ergo_agent.policies.ocr.merging import ReadView
from ergo_agent.policies.ocr.text import Box, TextLine

__all__ = ["unread_part", "where_to_look"]

_ACROSS, _DOWN = 3.0, 1.6
"""Margins around an answer, in type heights."""
_UNSURE = 0.8
"""Recogniser's confidence below which a line counts as unread."""


def where_to_look(finding: Finding, page: ReadView) -> list[Box]:
    """One box around an answer and its label, or two where one would be too large to be sharp.

    Boxes are in pixels of the page's first view.
    """
    answer = _around(finding.lines, page)
    if not finding.key_lines:
        return [answer]
    both = _around((*finding.lines, *finding.key_lines), page)
    if both.width * both.height <= _largest(page):
        return [both]
    return [answer, _around(finding.key_lines, page)]


def _largest(page: ReadView) -> float:
    """The area that can be shown at full resolution in as many pixels as the page itself."""
    return page.width * page.height * page.scale**2


def _around(lines: Sequence[TextLine], page: ReadView) -> Box:
    box = Box.around(line.box for line in lines)
    height = max(line.height for line in lines)
    return _inside(box.padded(_ACROSS * height, _DOWN * height), page)


def _inside(box: Box, page: ReadView) -> Box:
    return Box(
        max(0.0, box.left),
        max(0.0, box.top),
        min(float(page.width), box.right),
        min(float(page.height), box.bottom),
    )


def unread_part(lines: Sequence[TextLine], page: ReadView) -> Box | None:
    """The part of a page with most text that could not be read, if it is worth a look."""
    unread = [line for line in lines if not line.sharp and line.score < _UNSURE]
    groups: list[list[TextLine]] = []
    for line in sorted(unread, key=lambda line: line.box.top):
        near = groups and line.box.top - groups[-1][-1].box.bottom < 4 * line.height
        if near:
            groups[-1].append(line)
        else:
            groups.append([line])
    largest = max(groups, key=lambda group: sum(line.box.width for line in group), default=None)
    if largest is None or sum(line.box.width for line in largest) < 0.1 * page.width:
        return None
    return _around(largest, page)
