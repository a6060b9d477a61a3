"""The token rule: what a view costs one model family, and the sizes it may have.

The families are in `patches.py` (a grid of square patches) and `tiles.py` (square tiles and a
thumbnail); a stranger's is any object with these names.
"""

from typing import Any, Protocol

from ergo_agent.errors import BudgetError
from ergo_agent.views.geometry import Size

__all__ = ["TokenRule", "check_showable"]


class TokenRule(Protocol):
    """How many vision tokens a shown image costs one model family; immutable and hashable."""

    @property
    def min_tokens(self) -> int:
        """Fewest tokens of a view; the family's processor enlarges anything smaller."""

    @property
    def max_view_tokens(self) -> int:
        """Most tokens of a view; the family's processor shrinks anything larger."""

    @property
    def max_aspect_ratio(self) -> int:
        """Longest side over shortest beyond which the family refuses or distorts a view."""

    @property
    def grain(self) -> int:
        """Original pixels to whose multiples the sides of a crop are grown; 1 for not at all."""

    def tokens(self, shown: Size) -> int:
        """Vision tokens of an image shown at `shown`, a size that `fit` or `whole` returned."""

    def fit(self, size: Size, *, max_tokens: int, min_tokens: int | None = None) -> Size:
        """The size at which an image of `size` original pixels is shown within a budget.

        Args:
            size: Width and height of what is to be shown, in original pixels.
            max_tokens: Hard upper bound on the view's vision tokens; `max_view_tokens` is another.
            min_tokens: Enlarge to at least about this many; the family's own minimum when left out.
                It gives way to `max_tokens`.

        Returns:
            A size in view pixels that the family's processor leaves as it is.

        Raises:
            BudgetError: If no view of it fits.
        """

    def whole(self, size: Size) -> Size:
        """The smallest size at which an image of `size` is shown without losing a pixel."""

    def full_resolution_tokens(self, size: Size) -> int:
        """What one pass over an image of `size` pixels would cost, without any budget."""

    def processor_options(self, *, max_tokens: int) -> dict[str, Any]:
        """The keyword arguments of a server's processor with which it never resizes a view.

        Args:
            max_tokens: Most vision tokens of one view.
        """


def check_showable(rule: TokenRule, size: Size, *, max_tokens: int) -> None:
    """Refuse budgets and shapes that no view can satisfy.

    Args:
        rule: Sets the limits.
        size: Of what is to be shown, in original pixels.
        max_tokens: What showing it may cost.

    Raises:
        BudgetError: If the budget is too small for any view, or the shape too long and thin.
    """
    if size.width < 1 or size.height < 1:
        raise BudgetError(f"an image of {size.width}x{size.height} pixels cannot be shown")
    if max_tokens < rule.min_tokens:
        raise BudgetError(
            f"a budget of {max_tokens} vision tokens holds no view, the smallest costs "
            f"{rule.min_tokens}; give for example 640 or 1280"
        )
    ratio = max(size) / min(size)
    if ratio > rule.max_aspect_ratio:
        raise BudgetError(
            f"an image of {size.width}x{size.height} pixels is {ratio:.0f} times longer than "
            f"wide, the model family takes at most {rule.max_aspect_ratio}; cut it into pieces "
            "first"
        )
