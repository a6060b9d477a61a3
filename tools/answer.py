"""The last move: give the answer, with the places it was read at in original pixels."""

from collections.abc import Sequence

from langchain_core.tools import BaseTool
from pydantic import BaseModel, Field

from ergo_agent.episode.places import places_of
from ergo_agent.episode.record import Evidence
from ergo_agent.tools.base import make_tool
from ergo_agent.views.view import PlacedBox, View

__all__ = ["create_answer_tool"]


class AnswerArguments(BaseModel):
    """What `answer` is called with."""

    text: str | None = Field(description="The answer, or null when the image does not hold it.")
    boxes: list[PlacedBox] = Field(
        default_factory=list, description="Where it was read: boxes, each with its view's number."
    )
    views: list[View] = Field(description="Everything shown, in order.")
    page: int = Field(default=1, description="Page of a PDF or frame of a TIFF, from 1.")
    quote: str = Field(default="", description="The passage it was read in, if it is more.")


def create_answer_tool() -> BaseTool:
    """The `answer` tool; its artifact is the list of `Evidence`."""

    async def answer(
        text: str | None,
        views: list[View],
        boxes: Sequence[PlacedBox] = (),
        page: int = 1,
        quote: str = "",
    ) -> tuple[str, list[Evidence]]:
        if text is None:
            return "Not found.", []
        read = quote or text
        evidence = _read_at(read, boxes, views, page) or _seen_in(read, views, page)
        return text, evidence

    return make_tool(
        answer,
        name="answer",
        description="Answer the question from what was shown, and say where it was read.",
        args_schema=AnswerArguments,
    )


def _read_at(
    text: str, boxes: Sequence[PlacedBox], views: Sequence[View], page: int
) -> list[Evidence]:
    """The policy's own boxes."""
    return [
        Evidence(region=place.region, page=page, text=text, crop=place.view.digest)
        for place in places_of(boxes, views)
    ]


def _seen_in(text: str, views: Sequence[View], page: int) -> list[Evidence]:
    """The crops that nothing was looked at closer in, or the whole page where there is none."""
    parents = {view.parent for view in views}
    crops = [view for view in views if not view.is_coarse and view.number not in parents]
    crops = crops or [view for view in views if view.is_coarse]
    return [Evidence(region=view.region, page=page, text=text, crop=view.digest) for view in crops]
