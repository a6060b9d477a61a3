"""Boxes and the exact maps between the frames they are written in.

Three frames occur, and a name or a type always says which one:

- *original pixels*: the full-resolution image after EXIF orientation. A `Region` is a box in it.
- *view pixels*: what a policy is shown. A `ViewBox` is a box in it, as the policy wrote it.
- *normalised*: 0 to 1 (or 0 to 1000) of a view. A dialect turns those into view pixels.

`ViewMap` is the affine map between a view and the original; it is exact at any depth because it is
always built from the region in original pixels, never from a parent's rounded map.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ergo_agent.errors import RegionError

__all__ = ["Region", "Size", "ViewBox", "ViewMap", "merge_overlapping"]


class Size(NamedTuple):
    """Width and height in whole pixels."""

    width: int
    height: int

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.width * self.height


class ViewBox(NamedTuple):
    """A box in view pixels, exactly as a policy gave it: possibly inverted or outside the view."""

    left: float
    top: float
    right: float
    bottom: float

    def as_floats(self) -> "ViewBox":
        """The same box; whole numbers beyond all floats, as a reply may hold, are infinite."""
        return ViewBox(*map(_as_float, self))


def _as_float(edge: float) -> float:
    try:
        return float(edge)
    except OverflowError:
        return math.copysign(math.inf, edge > 0 or -1)


class Region(BaseModel):
    """A box in original pixels; `right` and `bottom` are exclusive, so it is never empty."""

    model_config = ConfigDict(frozen=True)

    left: int = Field(ge=0)
    top: int = Field(ge=0)
    right: int = Field(gt=0)
    bottom: int = Field(gt=0)

    @model_validator(mode="after")
    def _check_not_empty(self) -> Self:
        if self.right <= self.left or self.bottom <= self.top:
            raise ValueError(
                f"region {self.as_tuple()} is empty: right must exceed left and bottom top"
            )
        return self

    @classmethod
    def whole(cls, size: Size) -> "Region":
        """The region that covers a whole image of `size`."""
        return cls(left=0, top=0, right=size.width, bottom=size.height)

    @classmethod
    def bounding(cls, regions: Iterable["Region"]) -> "Region":
        """The smallest region that holds all of `regions`.

        Raises:
            ValueError: If `regions` is empty.
        """
        every = list(regions)
        if not every:
            raise ValueError("bounding() was given no region; it needs at least one")
        return cls(
            left=min(region.left for region in every),
            top=min(region.top for region in every),
            right=max(region.right for region in every),
            bottom=max(region.bottom for region in every),
        )

    @property
    def size(self) -> Size:
        """Width and height in original pixels."""
        return Size(self.right - self.left, self.bottom - self.top)

    @property
    def area(self) -> int:
        """Number of original pixels."""
        return (self.right - self.left) * (self.bottom - self.top)

    def as_tuple(self) -> tuple[int, int, int, int]:
        """`(left, top, right, bottom)` in original pixels, the order Pillow uses."""
        return (self.left, self.top, self.right, self.bottom)

    def intersection(self, other: "Region") -> "Region | None":
        """The common part of both regions, or None when they do not touch."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        if right <= left or bottom <= top:
            return None
        return Region(left=left, top=top, right=right, bottom=bottom)

    def iou(self, other: "Region") -> float:
        """Intersection over union with `other`, from 0 (apart) to 1 (the same)."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        if width <= 0 or height <= 0:
            return 0.0
        return width * height / (self.area + other.area - width * height)

    def contains(self, other: "Region") -> bool:
        """Whether `other` lies wholly inside this region."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom

    def padded(self, *, fraction: float, within: Size) -> "Region":
        """This region with a margin of `fraction` of its width and height on each side.

        Args:
            fraction: Margin on each side as a fraction of that side's length, 0 or more.
            within: Size of the original; the result is clamped to it.
        """
        across = math.ceil(self.size.width * fraction)
        down = math.ceil(self.size.height * fraction)
        return Region(
            left=max(0, self.left - across),
            top=max(0, self.top - down),
            right=min(within.width, self.right + across),
            bottom=min(within.height, self.bottom + down),
        )

    def grown(self, *, to: Size, within: Size) -> "Region":
        """This region grown about its centre until it is at least `to`, kept inside `within`.

        It is shifted, not cut, at the border, so it only stays smaller than `to` where the
        original itself is smaller.
        """
        left, right = _grow_span(self.left, self.right, to.width, within.width)
        top, bottom = _grow_span(self.top, self.bottom, to.height, within.height)
        return Region(left=left, top=top, right=right, bottom=bottom)


def _grow_span(start: int, end: int, wanted: int, limit: int) -> tuple[int, int]:
    """Grow `[start, end)` about its centre to `wanted`, shifted into `[0, limit)`."""
    length = min(max(end - start, wanted), limit)
    begin = start - (length - (end - start)) // 2
    begin = min(max(begin, 0), limit - length)
    return begin, begin + length


class ViewMap(NamedTuple):
    """The affine map between one view's pixels and original pixels.

    A view shows `region` (original pixels) at size `shown` (view pixels):
    `original = region.left + view * region.width / shown.width`, and likewise down.
    """

    region: Region
    shown: Size

    @property
    def scale(self) -> tuple[float, float]:
        """View pixels per original pixel, across and down."""
        size = self.region.size
        return self.shown.width / size.width, self.shown.height / size.height

    def to_original(self, box: ViewBox) -> Region:
        """Turn a policy's box in view pixels into a region of the original.

        Swapped corners are put in order, and what hangs over the view's border is cut. Edges are
        rounded outwards so that nothing the box covered is lost.

        Raises:
            RegionError: If the box is not finite, or lies wholly outside the view.
        """
        box = box.as_floats()
        if not all(map(math.isfinite, box)):
            raise RegionError(
                f"the box {list(box)} holds a number that is not finite; "
                f"give four pixel positions inside {self.shown.width}x{self.shown.height}"
            )
        left, right = sorted((box.left, box.right))
        top, bottom = sorted((box.top, box.bottom))
        if left >= self.shown.width or top >= self.shown.height or right < 0 or bottom < 0:
            edges = ", ".join(f"{edge:.6g}" for edge in box)
            raise RegionError(
                f"the box [{edges}] lies outside the image shown, which is "
                f"{self.shown.width} pixels wide and {self.shown.height} high; "
                "give a box inside it"
            )
        across = _outwards(left, right, self.region.left, self.region.right, self.shown.width)
        down = _outwards(top, bottom, self.region.top, self.region.bottom, self.shown.height)
        return Region(left=across[0], top=down[0], right=across[1], bottom=down[1])

    def to_view(self, region: Region) -> ViewBox:
        """Where a region of the original appears in the view, in view pixels (may lie outside)."""
        across, down = self.scale
        return ViewBox(
            (region.left - self.region.left) * across,
            (region.top - self.region.top) * down,
            (region.right - self.region.left) * across,
            (region.bottom - self.region.top) * down,
        )


_SLACK = 1e-6
"""Original pixels by which a float edge may overshoot a whole pixel without claiming the next."""


def _outwards(
    start: float, end: float, first: int, last: int, shown_length: int
) -> tuple[int, int]:
    """Map one axis of a box to original pixels, rounded outwards, at least one pixel long."""
    factor = (last - first) / shown_length
    begin = first + math.floor(max(start, 0.0) * factor + _SLACK)
    begin = min(begin, last - 1)
    stop = first + math.ceil(min(end, float(shown_length)) * factor - _SLACK)
    return begin, min(max(stop, begin + 1), last)


def merge_overlapping(regions: Sequence[Region], *, iou: float = 0.0) -> list[Region]:
    """Merge regions that overlap by more than `iou` into their bounding regions.

    Args:
        regions: Regions in original pixels, in order of importance.
        iou: Pairs at or below this intersection over union stay apart.

    Returns:
        Regions in the order of their first member; no pair of them overlaps by more than `iou`.
    """
    merged: list[Region] = []
    for region in regions:
        current, position = region, len(merged)
        while True:
            hit = next((i for i, other in enumerate(merged) if current.iou(other) > iou), None)
            if hit is None:
                break
            current = Region.bounding([current, merged.pop(hit)])
            position = min(position, hit)
        merged.insert(position, current)
    return merged
