"""What the tools return: text for the model, pictures, and the same facts as structured content.

The records below are also the tools' output schemas.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mcp.types import CallToolResult
from pydantic import BaseModel, Field

from ergo_agent.answer import VisionAnswer
from ergo_agent.episode.record import Verified
from ergo_agent.tools.observe import Observation
from ergo_agent.views.geometry import Size
from ergo_agent.views.view import View

__all__ = [
    "Answered",
    "Crop",
    "Extracted",
    "Observed",
    "Picture",
    "Value",
    "Zoomed",
    "answered",
    "crop",
    "crop_in_words",
    "extracted",
    "observed",
    "observed_in_words",
    "reply",
    "size",
]

_BOX = "[left, top, right, bottom] in pixels of the original image; right and bottom exclusive."


class Place(BaseModel):
    """Where an answer was read."""

    region: list[int] = Field(description=_BOX)
    page: int
    text: str = Field(description="What was read there.")


class Cost(BaseModel):
    """What an answer cost."""

    vision_tokens: int = Field(description="Of everything that the policy was shown.")
    full_resolution_tokens: int = Field(description="Of one pass over the whole original.")
    views: int
    seconds: float


class ImageSize(BaseModel):
    """Width and height, in pixels."""

    width: int
    height: int


class Answered(BaseModel):
    """What `ask_image` returns."""

    answer: str | None = Field(description="The answer, verbatim; null when it was not found.")
    places: list[Place] = Field(description="Where it was read; empty without an answer.")
    original: ImageSize = Field(description="Size of the original.")
    page: int = Field(description="The page it was read on; the best one where it was not found.")
    page_count: int
    looked_at: str | None = Field(
        description="Which pages of a document were looked at and which not; null for one page."
    )
    verified: Verified | None = Field(
        description="Whether the answer was confirmed from its crops alone, or changed to what "
        "they say; null where that was not asked for."
    )
    stop_reason: str
    policy: str = Field(description="Who looked.")
    cost: Cost


class Value(BaseModel):
    """One value that `extract` read."""

    value: Any = Field(description="As JSON; null where it was not found, or is none.")
    read: str | None = Field(description="The text that it was read from, verbatim.")
    page: int | None
    region: list[int] | None = Field(description=_BOX)
    problem: str = Field(description="Why there is no value although there is a text.")


class Extracted(BaseModel):
    """What `extract` returns."""

    value: Any = Field(description="The filled form; null where what it requires was not found.")
    fields: dict[str, Value] = Field(description="By their paths, as `total`, `items[0].amount`.")
    missing: list[str] = Field(description="Paths of what was not found.")
    notes: list[str]
    policy: str = Field(description="Who looked.")
    vision_tokens: int


class Observed(BaseModel):
    """What `observe` returns beside the picture."""

    original: ImageSize = Field(description="Size of the original.")
    view: ImageSize = Field(description="Size of the picture shown: the frame named 'view'.")
    page: int
    page_count: int
    vision_tokens: int = Field(description="What the picture costs a model of Qwen2.5-VL's kind.")


class Crop(BaseModel):
    """One picture that `zoom` returns."""

    region: list[int] = Field(description=f"What the picture shows: {_BOX}")
    shown: ImageSize = Field(description="Size of the picture.")
    vision_tokens: int


class Zoomed(BaseModel):
    """What `zoom` returns beside the pictures."""

    original: ImageSize = Field(description="Size of the original.")
    crops: list[Crop] = Field(description="In the order of the boxes.")


class Picture(NamedTuple):
    """A picture with the words before it."""

    text: str
    data_url: str


def size(given: Size) -> ImageSize:
    """A size with its names, as JSON shows it."""
    return ImageSize(width=given.width, height=given.height)


def answered(answer: VisionAnswer) -> Answered:
    """An answer, its places and its cost."""
    image, ledger = answer.image, answer.ledger
    places = [
        Place(region=[*found.region.as_tuple()], page=found.page, text=found.text)
        for found in answer.evidence
    ]
    return Answered(
        answer=answer.answer,
        places=places,
        original=ImageSize(width=image.width, height=image.height),
        page=image.page,
        page_count=image.page_count,
        looked_at=None if answer.document is None else answer.document.in_words,
        verified=answer.verified,
        stop_reason=answer.stop_reason,
        policy=answer.policy,
        cost=Cost(
            vision_tokens=ledger.spent,
            full_resolution_tokens=ledger.full_resolution,
            views=len(answer.views),
            seconds=round(sum(answer.timings.values()), 3),
        ),
    )


def extracted(found: Mapping[str, Any]) -> Extracted:
    """A filled form, from an extraction as JSON."""
    fields = {}
    for name, each in found["fields"].items():
        box = each["region"]
        edges = None if box is None else [box[e] for e in ("left", "top", "right", "bottom")]
        kept = {key: each[key] for key in ("value", "read", "page", "problem")}
        fields[name] = Value(**kept, region=edges)
    kept = {key: found[key] for key in ("value", "missing", "notes", "policy", "vision_tokens")}
    return Extracted(**kept, fields=fields)


def observed(seen: Observation) -> Observed:
    """A coarse view."""
    return Observed(
        original=size(seen.view.original),
        view=size(seen.view.shown),
        page=seen.facts.page,
        page_count=seen.facts.page_count,
        vision_tokens=seen.view.tokens,
    )


def observed_in_words(seen: Observed) -> str:
    """What the model is told with the picture."""
    original, view = seen.original, seen.view
    return (
        f"Page {seen.page} of {seen.page_count}, {original.width}x{original.height} pixels, shown "
        f"whole at {view.width}x{view.height}. Give boxes in the pixels of this picture to zoom, "
        "with frame='view'."
    )


def crop(view: View) -> Crop:
    """A crop."""
    return Crop(region=[*view.region.as_tuple()], shown=size(view.shown), vision_tokens=view.tokens)


def crop_in_words(one: Crop, *, number: int) -> str:
    """What the model is told with the picture of a crop.

    Args:
        one: The crop.
        number: Of its box, from 1.
    """
    shown = one.shown
    return (
        f"Box {number}: {one.region} of the original, in its pixels, shown at "
        f"{shown.width}x{shown.height}."
    )


def reply(facts: BaseModel, *parts: str | Picture) -> CallToolResult:
    """A tool's result, in the names of the protocol, which both majors of the SDK read.

    Args:
        facts: The structured content.
        *parts: What the model is shown, in order.
    """
    content: list[dict[str, Any]] = []
    for part in parts:
        content += _blocks(part)
    return CallToolResult.model_validate(
        {"content": content, "structuredContent": facts.model_dump(mode="json"), "isError": False}
    )


def _blocks(part: str | Picture) -> Sequence[dict[str, Any]]:
    if isinstance(part, str):
        return [{"type": "text", "text": part}]
    header, _, data = part.data_url.partition(",")
    mime = header.removeprefix("data:").removesuffix(";base64")
    return [
        {"type": "text", "text": part.text},
        {"type": "image", "data": data, "mimeType": mime},
    ]
