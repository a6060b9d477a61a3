"""Which fragment stands next to another, looked up without forcing rows on the page."""

from collections.abc import Sequence
from dataclasses import replace

from ergo_agent.layout.text import Box, TextLine

__all__ = ["Neighbours"]

_FAR = 22
"""Type heights between a label and its value beyond which they are not read together."""
_BELOW = 1.9
"""A value stands at most this many type heights below its label."""
_DIRECTLY = 0.55
"""Type heights between the lines of one block."""


class Neighbours:
    """Finds the nearest fragment in each direction."""

    def __init__(self, fragments: Sequence[TextLine]) -> None:
        """Remember the fragments of a page."""
        self._fragments = tuple(fragments)
        self._right: dict[TextLine, TextLine | None] = {}

    def right(self, line: TextLine) -> TextLine | None:
        """The nearest fragment to the right: on the same visual line, else amid it and the next."""
        if line not in self._right:
            below = self.directly_below(line)
            rows = [line] if below is None else [line, self._both(line, below)]
            found = (self._nearest_right(row) for row in rows)
            self._right[line] = next((other for other in found if other is not None), None)
        return self._right[line]

    def _nearest_right(self, line: TextLine) -> TextLine | None:
        beside = [
            other
            for other in self.same_line(line)
            if 0 <= other.box.left - line.box.right + 0.2 * line.height < _FAR * line.height
            and other.box.left > line.box.left
        ]
        return min(beside, key=lambda other: other.box.left, default=None)

    @staticmethod
    def _both(line: TextLine, below: TextLine) -> TextLine:
        """The strip amid two lines of one block, as wide as both."""
        box = Box.around([line.box, below.box])
        half = line.height / 2
        return replace(line, box=Box(box.left, box.middle - half, box.right, box.middle + half))

    def left(self, line: TextLine) -> TextLine | None:
        """The nearest fragment to the left on the same visual line."""
        beside = [
            other
            for other in self.same_line(line)
            if other.box.right <= line.box.left + 0.2 * line.height
            and line.box.left - other.box.right < _FAR * line.height
        ]
        return max(beside, key=lambda other: other.box.right, default=None)

    def below(self, line: TextLine) -> TextLine | None:
        """The nearest fragment underneath that is aligned with this one."""
        fitting = [
            other
            for other in self._fragments
            if other.box.middle > line.box.bottom - 0.1 * line.height
            and other.box.top - line.box.bottom < _BELOW * line.height
            and self.aligned(line, other)
        ]
        return min(fitting, key=lambda other: other.box.top, default=None)

    def directly_below(self, line: TextLine) -> TextLine | None:
        """The next line of the same block: same left edge, same size of type, hardly a gap."""
        fitting = [
            other
            for other in self._fragments
            if abs(other.box.left - line.box.left) < 0.8 * line.height
            and -0.4 * line.height < other.box.top - line.box.bottom < _DIRECTLY * line.height
            and 0.75 < other.height / line.height < 1.33
        ]
        return min(fitting, key=lambda other: other.box.top, default=None)

    @staticmethod
    def aligned(first: TextLine, second: TextLine) -> bool:
        """Whether two fragments share their left edge, right edge or centre."""
        left = abs(first.box.left - second.box.left) < 1.2 * first.height
        right = abs(first.box.right - second.box.right) < 1.2 * first.height
        centres = first.box.left + first.box.right - second.box.left - second.box.right
        return left or right or abs(centres) / 2 < 0.8 * first.height

    def same_line(self, line: TextLine) -> list[TextLine]:
        """The other fragments on the same visual line."""
        return [
            other
            for other in self._fragments
            if other is not line
            and other.box.overlap_down(line.box) > 0.5 * min(other.height, line.height)
        ]
