"""What reading a view yields: lines of words, with boxes.

Boxes here are `Box`es in the reading frame of one view (`policies/ocr/turn.py`), which is the view
itself where the page stands upright; when several views of a page were read, in that of its first,
coarse view.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, TypeVar

__all__ = ["Box", "TextLine", "Word", "grouped", "stacked"]

_T = TypeVar("_T")


class Box(NamedTuple):
    """A box in the pixels of one view; right and bottom are exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Length across in view pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Length down in view pixels."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """In square view pixels."""
        return self.width * self.height

    @property
    def middle(self) -> float:
        """Vertical centre in view pixels."""
        return (self.top + self.bottom) / 2

    @property
    def middle_across(self) -> float:
        """Horizontal centre in view pixels."""
        return (self.left + self.right) / 2

    @classmethod
    def around(cls, boxes: Iterable["Box"]) -> "Box":
        """The smallest box that holds all of `boxes`, of which there must be one."""
        left, top, right, bottom = zip(*boxes)  # noqa: B905  # all have four, and this is asked often
        return cls(min(left), min(top), max(right), max(bottom))

    def overlap_across(self, other: "Box") -> float:
        """Length of the common horizontal span, 0 when there is none."""
        return max(0.0, min(self.right, other.right) - max(self.left, other.left))

    def overlap_down(self, other: "Box") -> float:
        """Length of the common vertical span, 0 when there is none."""
        return max(0.0, min(self.bottom, other.bottom) - max(self.top, other.top))

    def overlap(self, other: "Box") -> float:
        """The area that both cover, in square view pixels; 0 when there is none."""
        return self.overlap_across(other) * self.overlap_down(other)

    def share_inside(self, other: "Box") -> float:
        """The fraction of this box's area that lies inside `other`."""
        return self.overlap(other) / self.area if self.area > 0 else 0.0

    def padded(self, across: float, down: float) -> "Box":
        """This box with a margin on each side, in view pixels; it may leave the view."""
        return Box(self.left - across, self.top - down, self.right + across, self.bottom + down)

    def within(self, other: "Box") -> "Box":
        """What of this box lies in `other`, which it must touch."""
        return Box(*map(max, self[:2], other[:2]), *map(min, self[2:], other[2:]))

    def moved(self, across: float, down: float) -> "Box":
        """This box in a frame that begins so many pixels further left and up."""
        return Box(self.left + across, self.top + down, self.right + across, self.bottom + down)

    def scaled(self, across: float, down: float) -> "Box":
        """This box in a frame that has so many pixels for each of its own."""
        return Box(self.left * across, self.top * down, self.right * across, self.bottom * down)


class Word(NamedTuple):
    """One word as recognised, with the span it covers across, in view pixels."""

    text: str
    left: float
    right: float


@dataclass(frozen=True)
class TextLine:
    """One detected piece of a line of text."""

    text: str
    box: Box
    score: float
    """Mean confidence of the recogniser, 0 to 1."""
    words: tuple[Word, ...] = ()
    sharp: bool = True
    """Whether it was read at full resolution, so that its letters can be quoted."""
    turned: bool = False
    """Whether it is written upwards or downwards on a page whose other lines run across."""

    def moved(self, across: float, down: float) -> "TextLine":
        """The line in a frame that begins so many pixels further left and up."""
        words = (Word(word.text, word.left + across, word.right + across) for word in self.words)
        return replace(self, box=self.box.moved(across, down), words=tuple(words))

    def scaled(self, across: float, down: float) -> "TextLine":
        """The line in a frame that has so many pixels for each of its own."""
        words = (Word(word.text, word.left * across, word.right * across) for word in self.words)
        return replace(self, box=self.box.scaled(across, down), words=tuple(words))

    def padded(self, heights: float) -> Box:
        """The line's box with so many type heights as a margin on each side."""
        return self.box.padded(heights * self.height, heights * self.height)

    def part(self, words: Sequence[Word], text: str | None = None) -> "TextLine":
        """Some of the line's words as a line of their own.

        Args:
            words: In their order; there must be one.
            text: As they stand in the line; the words alone when left out.
        """
        left, right = min(word.left for word in words), max(word.right for word in words)
        said = " ".join(word.text for word in words) if text is None else text
        box = Box(left, self.box.top, right, self.box.bottom)
        return replace(self, text=said, box=box, words=tuple(words))

    @cached_property
    def height(self) -> float:
        """Height of the line in view pixels, the best guess there is at the type size."""
        return self.box.width if self.turned else self.box.height


def stacked(lines: Iterable[TextLine], within: float) -> list[list[TextLine]]:
    """Lines, top to bottom, in groups that stand below each other.

    Args:
        lines: In any order.
        within: Type heights below which what is between two lines does not part them.
    """
    groups: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.box.top):
        near = line.box.top - within * line.height
        if groups and max(other.box.bottom for other in groups[-1]) > near:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def grouped(parts: Iterable[_T], joins: Callable[[_T, _T], bool]) -> list[list[_T]]:
    """Parts, in their order, in groups in which each joins the one before it."""
    groups: list[list[_T]] = []
    for part in parts:
        if groups and joins(groups[-1][-1], part):
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups
