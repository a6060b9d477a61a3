"""Token rules of families that cut the shown image into square patches.

One vision token of the Qwen2.5-VL family covers 28 x 28 pixels of the *shown* image: patches of
14 pixels, merged two by two. A view's sides are therefore multiples of 28, and its cost is
`(width / 28) * (height / 28)` tokens.

The family's public `smart_resize` rounds each side to the nearest multiple and shrinks only when
that exceeds `max_pixels`; its guard for thin sides can then exceed the budget after all, and
enlarging rounds up past it; and what it returns may be smaller than the processor's minimum or
thinner than it accepts. `PatchGrid.fit` equals `smart_resize` wherever that stays inside the budget
and these bounds, and floors where it does not, so a server never has to resize a view again.
"""

import math
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ergo_agent.views.geometry import Size
from ergo_agent.views.tokens import check_showable

__all__ = ["MAX_ASPECT_RATIO", "QWEN2_5_VL", "PatchGrid"]

MAX_ASPECT_RATIO = 200
"""Longest side over shortest beyond which the Qwen-VL families refuse an image."""


class PatchGrid(BaseModel):
    """A token for each square of the shown image: the Qwen-VL families, and many others."""

    model_config = ConfigDict(frozen=True)

    factor: int = Field(default=28, gt=0)
    """Side in pixels of the square that one vision token covers."""

    min_tokens: int = Field(default=4, gt=0)
    """Fewest tokens the family's processor encodes; it enlarges anything smaller."""

    max_view_tokens: int = Field(default=16_384, gt=0)
    """Most tokens the family's processor encodes in one view; it shrinks anything larger."""

    max_aspect_ratio: int = Field(default=MAX_ASPECT_RATIO, ge=1)
    """Longest side over shortest beyond which the family refuses a view."""

    @property
    def grain(self) -> int:
        """Crops are grown to whole tokens, so that at full resolution they are copies of pixels."""
        return self.factor

    def tokens(self, shown: Size) -> int:
        """Vision tokens of an image shown at `shown`, both sides multiples of `factor`."""
        return (shown.width // self.factor) * (shown.height // self.factor)

    def fit(self, size: Size, *, max_tokens: int, min_tokens: int | None = None) -> Size:
        """The size at which an image of `size` pixels is shown within a budget.

        Args:
            size: Width and height of what is to be shown, in original pixels.
            max_tokens: Hard upper bound on the view's vision tokens; `max_view_tokens` is
                another.
            min_tokens: Enlarge to at least about this many; the family's own minimum when left
                out. It gives way to `max_tokens`.

        Returns:
            A size in view pixels, both sides multiples of `factor`, whose cost never exceeds
            `max_tokens`.

        Raises:
            BudgetError: If the budget is not positive, too small for the aspect ratio, or if the
                longest side exceeds `max_aspect_ratio` times the shortest.
        """
        check_showable(self, size, max_tokens=max_tokens)
        max_tokens = min(max_tokens, self.max_view_tokens)
        wanted = self.min_tokens if min_tokens is None else min_tokens
        lowest = min(wanted, max_tokens) * self.factor**2
        shown = self._smart_resize(size, lowest=lowest, highest=max_tokens * self.factor**2)
        if not self._kept_as_is(shown, max_tokens):
            shown = self._floored(size, max_tokens)
        return shown

    def whole(self, size: Size) -> Size:
        """The smallest size at which an image of `size` is shown without losing a pixel."""
        width, height = (-(-side // self.factor) * self.factor for side in size)
        return Size(width, height)

    def full_resolution_tokens(self, size: Size) -> int:
        """What one pass over an image of `size` pixels would cost, without any budget.

        Both sides are rounded to the nearest multiple of `factor`, as the family's processor does.
        """
        return math.prod(max(1, round(side / self.factor)) for side in size)

    def processor_options(self, *, max_tokens: int) -> dict[str, Any]:
        """What keeps a server's processor from resizing a view; its sizes are numbers of pixels."""
        token = self.factor**2
        bounds = {"shortest_edge": self.min_tokens * token, "longest_edge": max_tokens * token}
        return {"size": bounds}

    def _kept_as_is(self, shown: Size, max_tokens: int) -> bool:
        """Whether a view stays inside the budget and a server's processor leaves it alone."""
        thin = max(shown) > self.max_aspect_ratio * min(shown)
        return not thin and self.min_tokens <= self.tokens(shown) <= max_tokens

    def _smart_resize(self, size: Size, *, lowest: int, highest: int) -> Size:
        """Qwen2-VL's `smart_resize` (transformers `image_processing_qwen2_vl.py`), as published."""
        width, height = (max(self.factor, round(s / self.factor) * self.factor) for s in size)
        if width * height > highest:
            shrink = math.sqrt(size.area / highest)
            width, height = (self._floor(side / shrink) for side in size)
        elif width * height < lowest:
            enlarge = math.sqrt(lowest / size.area)
            width, height = (math.ceil(s * enlarge / self.factor) * self.factor for s in size)
        return Size(width, height)

    def _floored(self, size: Size, max_tokens: int) -> Size:
        """The shape nearest to the aspect ratio of `size` that stays inside the budget."""
        short, long = sorted(size)
        least = math.ceil(math.sqrt(self.min_tokens / self.max_aspect_ratio))
        ideal = max(least, math.floor(math.sqrt(max_tokens * short / long)))
        for rows in range(ideal, 0, -1):  # whole rows may leave less than the smallest view
            wanted = max(math.ceil(rows * long / short), math.ceil(self.min_tokens / rows))
            columns = min(max_tokens // rows, wanted, rows * self.max_aspect_ratio)
            if rows * columns >= self.min_tokens:
                break
        thin, wide = rows * self.factor, columns * self.factor
        return Size(wide, thin) if size.width >= size.height else Size(thin, wide)

    def _floor(self, side: float) -> int:
        return max(self.factor, math.floor(side / self.factor) * self.factor)


QWEN2_5_VL = PatchGrid()
"""The rule of Qwen2-VL and Qwen2.5-VL, and so of ERGO-7B."""
