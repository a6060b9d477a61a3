"""The second move: see a region of the original at full resolution, or as near as is affordable."""

from langchain_core.tools import BaseTool
from pydantic import BaseModel, Field

from ergo_agent.episode.budget import Budget, fit_view, grow_region
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import RegionError
from ergo_agent.images import Original
from ergo_agent.images.maker import ViewMaker
from ergo_agent.tools.base import make_tool
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.tokens import QWEN2_5_VL, TokenRule

__all__ = ["Zoomed", "create_zoom_tool", "zoom_into"]


class ZoomArguments(BaseModel):
    """What `zoom` is called with."""

    image: str = Field(description="Digest of the image, as observe gave it.")
    region: Region = Field(description="The region, in pixels of the original image.")
    max_tokens: int = Field(description="Most vision tokens that showing it may cost.")
    page: int = Field(default=1, description="Page of a PDF or frame of a TIFF, from 1.")
    source: str | None = Field(default=None, description="Path the image came from, if any.")


class Zoomed(BaseModel):
    """The artifact of `zoom`."""

    region: Region
    """What is shown: the region asked for, inside the image and large enough to be shown."""

    shown: Size
    original: Size
    tokens: int
    digest: str


def create_zoom_tool(
    maker: ViewMaker, *, settings: VisionSettings | None = None, rule: TokenRule = QWEN2_5_VL
) -> BaseTool:
    """The `zoom` tool; its artifact is `Zoomed`.

    Args:
        maker: Opens the image and makes the view.
        settings: Smallest region and view; the defaults when left out. A margin is not added: it
            belongs to boxes, which are as coarse as their view, not to regions.
        rule: What the view costs.
    """
    chosen = (settings or VisionSettings()).model_copy(update={"margin": 0.0})

    async def zoom(
        image: str, region: Region, max_tokens: int, page: int = 1, source: str | None = None
    ) -> tuple[str, Zoomed]:
        original = await maker.original(image, page=page, source=source)
        zoomed = await zoom_into(
            original, region, maker=maker, max_tokens=max_tokens, settings=chosen, rule=rule
        )
        return _described(zoomed), zoomed

    return make_tool(
        zoom,
        name="zoom",
        description="Show a region of an image in more detail, within a vision-token budget.",
        args_schema=ZoomArguments,
    )


async def zoom_into(  # noqa: PLR0913  # keyword-only after the second
    original: Original,
    region: Region,
    *,
    maker: ViewMaker,
    max_tokens: int,
    settings: VisionSettings,
    rule: TokenRule,
) -> Zoomed:
    """Make a view of a region.

    Args:
        original: What it is a part of.
        region: In original pixels; it is cut to the image, and grown by `settings.margin` and to
            the smallest size that can be shown.
        maker: Makes the view.
        max_tokens: Most vision tokens that the view may cost.
        settings: Margin, smallest region and view.
        rule: What the view costs.

    Raises:
        RegionError: If the region lies outside the image.
        BudgetError: If no view fits.
    """
    inside = _inside(region, original.size)
    budget = Budget(rule, settings, max_tokens)
    grown = grow_region(inside, within=original.size, budget=budget)
    shown = fit_view(grown.size, max_tokens=max_tokens, budget=budget)
    return Zoomed(
        region=grown,
        shown=shown,
        original=original.size,
        tokens=rule.tokens(shown),
        digest=await maker.show(original, grown, shown=shown),
    )


def _inside(region: Region, size: Size) -> Region:
    common = region.intersection(Region.whole(size))
    if common is None:
        raise RegionError(
            f"the region {region.as_tuple()} lies outside the image, which is "
            f"{size.width}x{size.height} pixels; give one inside it"
        )
    return common


def _described(zoomed: Zoomed) -> str:
    shown = zoomed.shown
    return (
        f"Region {zoomed.region.as_tuple()} of {zoomed.original.width}x{zoomed.original.height} "
        f"pixels, shown at {shown.width}x{shown.height} ({zoomed.tokens} vision tokens)."
    )
