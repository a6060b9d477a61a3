"""What a policy is shown: a region of one page at some size."""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from ergo_agent.views.geometry import Region, Size, ViewBox, ViewMap

__all__ = ["PlacedBox", "ShownView", "View"]


class ShownView(BaseModel):
    """What a policy may know about a view it is shown."""

    model_config = ConfigDict(frozen=True)

    number: int
    """Position in the conversation; 1 is the coarse view."""

    region: Region
    """What it shows, in original pixels."""

    shown: Size
    """The size at which it is shown, in view pixels."""

    original: Size
    """The size of the whole original, in original pixels."""

    @property
    def map(self) -> ViewMap:
        """The affine map between this view's pixels and original pixels."""
        return ViewMap(region=self.region, shown=self.shown)

    @property
    def full_resolution(self) -> bool:
        """Whether nothing was lost by shrinking: zooming further cannot show more."""
        size = self.region.size
        return self.shown.width >= size.width and self.shown.height >= size.height


class View(ShownView):
    """A view that the policy was shown, and what it cost."""

    tokens: int = Field(ge=0)
    """Vision tokens by the dialect's token rule."""

    parent: int | None
    """Number of the view that the policy's box was written for; None for the coarse view."""

    digest: str
    """Digest of the encoded view, under which the store keeps it."""


class PlacedBox(NamedTuple):
    """A box in view pixels, and the number of the view it was written for."""

    box: ViewBox
    view: int
