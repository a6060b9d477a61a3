"""The first move: see the whole image, small."""

from langchain_core.tools import BaseTool
from pydantic import BaseModel, Field

from ergo_agent.episode.planning import plan_coarse
from ergo_agent.episode.record import ImageFacts
from ergo_agent.episode.terms import Terms
from ergo_agent.images import Original
from ergo_agent.images.maker import ViewMaker
from ergo_agent.tools.base import make_tool
from ergo_agent.views.view import View

__all__ = ["Observation", "create_observe_tool", "facts_of", "observe_image"]


class ObserveArguments(BaseModel):
    """What `observe` is called with."""

    image: str = Field(description="Path of an image or PDF, or the digest of a stored one.")
    page: int = Field(default=1, description="Page of a PDF or frame of a TIFF, from 1.")


class Observation(BaseModel):
    """The artifact of `observe`."""

    facts: ImageFacts
    view: View


def create_observe_tool(maker: ViewMaker, *, terms: Terms) -> BaseTool:
    """The `observe` tool; its artifact is an `Observation`.

    Args:
        maker: Opens the image and makes the view.
        terms: Bound the view, and say what it costs.
    """

    async def observe(image: str, page: int = 1) -> tuple[str, Observation]:
        seen = await observe_image(maker, image, page=page, terms=terms)
        size, shown = seen.view.original, seen.view.shown
        text = (
            f"Page {seen.facts.page} of {seen.facts.page_count}, {size.width}x{size.height} "
            f"pixels, shown at {shown.width}x{shown.height} ({seen.view.tokens} vision tokens)."
        )
        return text, seen

    return make_tool(
        observe,
        name="observe",
        description="Show a whole image, shrunk to the vision-token budget.",
        args_schema=ObserveArguments,
    )


async def observe_image(maker: ViewMaker, image: str, *, page: int, terms: Terms) -> Observation:
    """Open an image and make its coarse view.

    Args:
        maker: Opens it.
        image: A path, URL or digest.
        page: Page of a PDF or frame of a TIFF, from 1.
        terms: Bound the view, and say what it costs.

    Raises:
        ImageError: If it cannot be opened, or is not allowed.
        BudgetError: If no view of it fits.
    """
    original = await maker.original(await maker.keep(image), page=page)
    planned = plan_coarse(original.size, page=page, terms=terms)
    return Observation(facts=facts_of(original), view=await maker.made(planned, original))


def facts_of(original: Original) -> ImageFacts:
    """What a result says of an image that was kept."""
    return ImageFacts(
        digest=original.digest,
        width=original.size.width,
        height=original.size.height,
        page=original.page,
        page_count=original.page_count,
    )
