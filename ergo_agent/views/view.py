"""What a policy is shown: a region of one page at some size."""

from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from ergo_agent.views.geometry import Region, Size, ViewBox, ViewMap

__all__ = ["Form", "PlacedBox", "View"]

Form = Literal["png", "webp"]
"""What a view is encoded as where nothing may be lost: PNG, which everyone takes, or lossless WebP,
which takes less time and fewer bytes, for those that are known to take it."""


class View(BaseModel):
    """A region of one page, shown at some size: the same record in plan, prompt, state and report.

    A view is planned before it is made: then everything is known of it but its digest.
    """

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    number: int = 1
    """Number of the view within the episode; 1 is the first coarse view."""

    page: int = 1
    """The page or frame that it is a part of, from 1."""

    region: Region
    """What it shows, in original pixels of the page."""

    shown: Size
    """The size at which it is shown, in view pixels."""

    original: Size
    """The size of the whole page, in original pixels."""

    tokens: int = Field(default=0, ge=0)
    """Vision tokens by the dialect's token rule."""

    parent: int | None = None
    """Number of the view that was looked closer into; None for the coarse view of a page."""

    form: Form = "png"
    """What it is encoded as, unless it was shrunk from a JPEG and is sent as one."""

    digest: str = ""
    """Digest of the encoded view, under which the store keeps it; empty before it is made."""

    @property
    def map(self) -> ViewMap:
        """The affine map between this view's pixels and original pixels."""
        return ViewMap(region=self.region, shown=self.shown)

    @property
    def is_coarse(self) -> bool:
        """Whether it is the first look at its page; any other view is a crop."""
        return self.parent is None

    @property
    def full_resolution(self) -> bool:
        """Whether nothing was lost by shrinking: zooming further cannot show more."""
        size = self.region.size
        return self.shown.width >= size.width and self.shown.height >= size.height


class PlacedBox(NamedTuple):
    """A box in view pixels, and the number of the view it was written for."""

    box: ViewBox
    view: int
