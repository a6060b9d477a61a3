"""The views that tools showed to an agent's model: their names, and how a message carries them.

A tool message holds a view's pixels in an image block and where they come from in its artifact,
which no model is sent. The block's id is the view's name, so that one is found by the other.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from ergo_agent.episode.pages import DocumentFacts
from ergo_agent.episode.record import ImageFacts, view_in_image
from ergo_agent.errors import ImageNotFoundError
from ergo_agent.images.blocks import image_block
from ergo_agent.images.maker import ViewMaker
from ergo_agent.views.view import View

__all__ = ["Look", "SeenView", "is_view_id", "view_block", "view_name", "views_of"]

_ID = re.compile(r"view_[0-9a-f]{6}", re.ASCII)


class Look(BaseModel):
    """The artifact of `ObserveTool` and `ZoomTool`, which they return as JSON.

    A `VisionAnswer` has `image` and `views`, too, and is read in the same way.
    """

    model_config = ConfigDict(frozen=True)

    image: ImageFacts
    views: list[View]
    """The view that was shown: its region in original pixels, its size, its cost, its digest."""

    source: str | None = None
    """What the model called the image; None for a URL that may carry a key."""

    document: DocumentFacts | None = None
    """Of a `VisionAnswer` about a document: what the pages of its views are counted in."""


class SeenView(NamedTuple):
    """A view in the conversation."""

    name: str
    image: ImageFacts
    view: View
    source: str | None
    """What the model called the image it is a part of, where that is known."""


def view_name(image: ImageFacts, view: View) -> str:
    """What models call a view: the same for the same part of the same image.

    Not counted, because tools that are called side by side would all count to the same number. Of
    a hundred views two share their six digits once in 3,400 conversations.
    """
    what = f"{image.digest} {image.page} {view.region.as_tuple()} {tuple(view.shown)}"
    return f"view {hashlib.sha256(what.encode()).hexdigest()[:6]}"


async def view_block(maker: ViewMaker, image: ImageFacts, view: View) -> dict[str, Any]:
    """The content block that shows a view.

    Raises:
        ImageNotFoundError: If the store has forgotten it, and the image, too.
    """
    return image_block(
        await maker.plain_url(view, image.digest),
        block_id=view_name(image, view).replace(" ", "_"),
    )


def is_view_id(block_id: str | None) -> bool:
    """Whether a block's id is the name of a view."""
    return block_id is not None and _ID.fullmatch(block_id) is not None


def views_of(artifact: object) -> list[SeenView]:
    """The views that a tool message's artifact tells of; none where it is another tool's."""
    if not isinstance(artifact, Mapping):
        return []
    try:
        look = Look.model_validate({"source": None, **artifact})
        placed = [view_in_image(view, look.image, look.document) for view in look.views]
    except (ValidationError, ImageNotFoundError):
        return []
    return [SeenView(view_name(image, view), image, view, look.source) for image, view in placed]
