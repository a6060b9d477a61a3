"""The second move: see a region of the original at full resolution, or as near as is affordable."""

from langchain_core.tools import BaseTool
from pydantic import BaseModel, Field

from ergo_agent.images.maker import ViewMaker
from ergo_agent.tools.base import make_tool
from ergo_agent.views.view import View

__all__ = ["create_zoom_tool"]


class ZoomArguments(BaseModel):
    """What `zoom` is called with."""

    image: str = Field(description="Digest of the image, as observe gave it.")
    view: View = Field(description="What is to be shown, as it was planned.")
    source: str | None = Field(default=None, description="Path the image came from, if any.")


def create_zoom_tool(maker: ViewMaker) -> BaseTool:
    """The `zoom` tool; it makes a view that was planned, and its artifact is that `View`.

    Args:
        maker: Opens the image and makes the view.
    """

    async def zoom(image: str, view: View, source: str | None = None) -> tuple[str, View]:
        original = await maker.original(image, page=view.page, source=source)
        made = await maker.made(view, original)
        size, shown = made.original, made.shown
        text = (
            f"Region {made.region.as_tuple()} of {size.width}x{size.height} pixels, shown at "
            f"{shown.width}x{shown.height} ({made.tokens} vision tokens)."
        )
        return text, made

    return make_tool(
        zoom,
        name="zoom",
        description="Show a region of an image in more detail, within a vision-token budget.",
        args_schema=ZoomArguments,
    )
