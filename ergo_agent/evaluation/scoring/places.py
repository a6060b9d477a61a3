"""How well the regions of an answer cover where the answer stands. All boxes in original pixels."""

from collections.abc import Sequence
from itertools import pairwise

__all__ = ["Place", "area", "overlap"]

Place = tuple[float, float, float, float]
"""Left, top, right, bottom; right and bottom exclusive."""


def overlap(gold: Sequence[Place], given: Sequence[Place]) -> tuple[float, float]:
    """The share of the gold's area that is covered, and intersection over union.

    Args:
        gold: Where the answer stands, one box a line.
        given: The regions that came with the answer; they may overlap.
    """
    common = [box for one in gold for other in given if (box := _common(one, other)) is not None]
    inside, whole, other = area(common), area(gold), area(given)
    union = whole + other - inside
    return (inside / whole if whole else 0.0, inside / union if union else 0.0)


def area(boxes: Sequence[Place]) -> float:
    """Square pixels under any of the boxes, each counted once."""
    across = sorted({edge for box in boxes for edge in (box[0], box[2])})
    total = 0.0
    for left, right in pairwise(across):
        spans = sorted((top, bottom) for a, top, b, bottom in boxes if a <= left and b >= right)
        reached = float("-inf")
        for top, bottom in spans:
            total += (right - left) * max(0.0, bottom - max(top, reached))
            reached = max(reached, bottom)
    return total


def _common(one: Place, other: Place) -> Place | None:
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    return (left, top, right, bottom) if right > left and bottom > top else None
