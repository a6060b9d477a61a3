"""Where to look closer: around the best answer so far, else at what was not read."""

from collections.abc import Sequence

from ergo_agent.layout.text import Box, TextLine, stacked
from ergo_agent.policies.ocr.conversation import SeenImage
from ergo_agent.policies.ocr.finder.finder import Finding
from ergo_agent.policies.ocr.merge import NEAR, ReadView, is_cut, is_seen
from ergo_agent.policies.ocr.unread import TOO_SMALL, unread_lines, unseen_marks

__all__ = ["look_closer", "where_to_look"]

_WORTH_A_LOOK = 0.2
"""Confidence from which a guess is looked at closer before it is given up."""
_AT_ONCE = 4
"""Parts looked at in one zoom: as many as an episode shows by default."""


def look_closer(
    finding: Finding | None, lines: Sequence[TextLine], views: Sequence[ReadView], first: SeenImage
) -> tuple[list[Box], str]:
    """Boxes to look at, in pixels of the page's first view, and why; none where all was seen.

    Of a page so large that areas of type vanish in its first view the guess is one of many: what
    was not read is looked at beside it.

    Args:
        finding: The best answer so far.
        lines: All lines, in the page's reading frame.
        views: What was read, the page first.
        first: The page's first view.
    """
    page, seen = views[0], [view.place for view in views[1:]]
    boxes = _unseen(finding, views)
    here = "The answer seems to be here; it has to be read at full resolution."
    if boxes and page.scale >= TOO_SMALL:
        return boxes, here
    if finding is not None and finding.found:
        return boxes[:_AT_ONCE], here
    unread = unread_lines(lines, page)
    parts = [] if unread is None or is_seen(unread, [*seen, *boxes]) else [unread]
    why = "Text here is too small to be read."
    if not parts:
        why = "There may be writing here, too small to be seen."
    marks = unseen_marks(first.open(), lines, page, [*seen, *boxes, *parts])
    parts += [box for box in marks if not is_seen(box, [*seen, *boxes])]
    return [*boxes, *parts][:_AT_ONCE], here if boxes else why


def _unseen(finding: Finding | None, views: Sequence[ReadView]) -> list[Box]:
    """What shows the best guess; none where there is no guess, or it was seen well enough."""
    if finding is None or finding.confidence < _WORTH_A_LOOK:
        return []
    page, seen = views[0], [view.place for view in views[1:]]
    cut = [box for line in finding.lines if is_cut(box := page.shown(line.box), views)]
    if not cut and all(line.sharp or is_seen(page.shown(line.box), seen) for line in finding.lines):
        return []
    boxes = where_to_look(finding, page)
    return [box for box in boxes if not is_seen(box, seen) or any(is_seen(at, [box]) for at in cut)]


def where_to_look(finding: Finding, page: ReadView) -> list[Box]:
    """Boxes around an answer and what names it, the answer's first; one where they stand together.

    A row and its column header far above are two narrow strips: one box around both would show,
    and read, the whole table between them. Parts that together are as large as that are not parted.
    Boxes are in pixels of the page's first view.
    """
    groups = stacked(dict.fromkeys((*finding.whole_lines, *finding.key_lines)), NEAR)
    groups.sort(key=lambda group: not any(line in finding.whole_lines for line in group))
    apart = [page.around(group) for group in groups]
    if len(apart) == 1:
        return apart
    both = page.around((*finding.whole_lines, *finding.key_lines))
    largest = page.width * page.height * page.scale**2  # at full resolution in the page's pixels
    if both.area <= min(largest, sum(box.area for box in apart)):
        return [both]
    return apart
