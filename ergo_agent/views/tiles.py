"""Token rules of families that cut the shown image into square tiles.

InternVL's processor picks the grid of tiles whose aspect ratio is nearest to the image's, resizes
the image to it, and encodes each tile, and a thumbnail of the whole where there is more than one,
in the same number of tokens. A view that is shown at exactly a grid's size is left alone by it.
"""

import math
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ergo_agent.views.geometry import Size
from ergo_agent.views.tokens import check_showable

__all__ = ["INTERNVL", "Tiles"]


class Tiles(BaseModel):
    """So many tokens for each square tile of a grid, and as many for a thumbnail of the whole."""

    model_config = ConfigDict(frozen=True)

    side: int = Field(default=448, gt=0)
    """Side of a tile, in view pixels."""

    tile_tokens: int = Field(default=256, gt=0)
    """Vision tokens of a tile, and of the thumbnail."""

    max_tiles: int = Field(default=12, ge=1)
    """Most tiles of a grid, the thumbnail not counted."""

    @property
    def min_tokens(self) -> int:
        """One tile, which needs no thumbnail."""
        return self.tile_tokens

    @property
    def max_view_tokens(self) -> int:
        """The largest grid and its thumbnail."""
        return self._cost(self.max_tiles)

    @property
    def max_aspect_ratio(self) -> int:
        """That of a row of `max_tiles`: anything thinner is distorted."""
        return self.max_tiles

    @property
    def grain(self) -> int:
        """1: a tile is too coarse a step to grow a region by."""
        return 1

    def tokens(self, shown: Size) -> int:
        """Vision tokens of an image shown at `shown`, both sides multiples of `side`."""
        return self._cost((shown.width // self.side) * (shown.height // self.side))

    def fit(self, size: Size, *, max_tokens: int, min_tokens: int | None = None) -> Size:
        """The grid that shows most of an image within a budget; see `TokenRule.fit`.

        Of grids that show as much, as a fraction of full resolution along the side that is shown
        worse, the cheapest; a tile more for nothing is never paid.

        Raises:
            BudgetError: If no grid fits, or the image is longer and thinner than a row of tiles.
        """
        check_showable(self, size, max_tokens=max_tokens)
        wanted = min(self.min_tokens if min_tokens is None else min_tokens, max_tokens)
        afforded = [grid for grid in self._grids() if self.tokens(grid) <= max_tokens]
        large = [grid for grid in afforded if self.tokens(grid) >= wanted] or afforded

        def order(grid: Size) -> tuple[float, int, float]:
            across, down = grid.width / size.width, grid.height / size.height
            return -min(across, down, 1.0), self.tokens(grid), abs(math.log(across / down))

        return min(large, key=order)

    def whole(self, size: Size) -> Size:
        """The smallest grid that covers an image of `size`, however many tiles that takes."""
        width, height = (-(-side // self.side) * self.side for side in size)
        return Size(width, height)

    def full_resolution_tokens(self, size: Size) -> int:
        """What one pass over an image of `size` pixels would cost, without a limit on tiles."""
        return self.tokens(self.whole(size))

    def processor_options(self, *, max_tokens: int) -> dict[str, Any]:
        """What keeps a server's processor from choosing a larger grid."""
        return {"max_dynamic_patch": max(grid.area for grid in self._affordable(max_tokens))}

    def _affordable(self, max_tokens: int) -> Iterator[Size]:
        """The grids within a budget, counted in tiles."""
        for grid in self._grids():
            if self.tokens(grid) <= max_tokens or grid.area == self.side**2:
                yield Size(grid.width // self.side, grid.height // self.side)

    def _grids(self) -> Iterator[Size]:
        """The sizes of all grids of at most `max_tiles`, in view pixels."""
        for columns in range(1, self.max_tiles + 1):
            for rows in range(1, self.max_tiles // columns + 1):
                yield Size(columns * self.side, rows * self.side)

    def _cost(self, tiles: int) -> int:
        return self.tile_tokens * (tiles + (tiles > 1))


INTERNVL = Tiles()
"""The rule of InternVL 2, 2.5, 3 and 3.5: tiles of 448 pixels and a thumbnail, 256 tokens each."""
