"""The graph's state: words, boxes, sizes and digests, never pixels.

Everything in it is plain JSON, so that any checkpointer can keep it and a trace can be read.
`Episode` is the typed reading of it.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Required

from pydantic import (
    BaseModel,
    GetJsonSchemaHandler,
    WithJsonSchema,
    with_config,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

# on Python 3.11 pydantic makes no JSON schema of the standard library's
from typing_extensions import TypedDict

from ergo_agent.episode.episode import refuse_state
from ergo_agent.episode.record import Record
from ergo_agent.episode.stopping import StopReason

__all__ = [
    "PageInput",
    "VisionInput",
    "VisionOutput",
    "VisionState",
    "as_json",
    "read_context",
]

Json = dict[str, Any]


def _joined(known: list[Any], new: list[Any]) -> list[Any]:
    """What there was and what is new, in this order."""
    for each in (known, new):
        if not isinstance(each, list):
            refuse_state("what views, turns, reviews or timings grow by", each, "it is no list")
    return known + new


def _by_number(known: list[Json], new: list[Json]) -> list[Json]:
    """Views in the order of their numbers, whichever crop was ready first."""
    return sorted(_joined(known, new), key=_number)


def _number(view: Json) -> int:
    number = view.get("number") if isinstance(view, dict) else None
    if not isinstance(number, int):
        refuse_state("a view", view, "it has no number")
    return number


class _AnswerSchema:
    """Gives a JSON object the schema of a `Record`, which a `VisionAnswer` is."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls,
        _: CoreSchema,
        handler: GetJsonSchemaHandler,
    ) -> JsonSchemaValue:
        return handler(Record.__pydantic_core_schema__)


@with_config(use_attribute_docstrings=True)
class VisionInput(TypedDict, total=False):
    """What the graph is given; only `image` and `question` are needed."""

    image: Required[Annotated[Any, WithJsonSchema({"type": "string"})]]
    """A path, `data:`, `file://` or `http(s)://` URL or store digest; in Python also encoded bytes
    or a Pillow image. Pixels are put into the store before the graph begins, so that no checkpoint
    holds them. A checkpointer and a tracer keep a URL as it is: give one without a key in it."""

    question: Required[str]
    """What to answer."""

    page: int
    """The page of a PDF or frame of a TIFF, from 1; 1 when left out."""

    options: list[str]
    """Choices of a multiple-choice question; shown only once the policy has chosen where to look,
    as in the paper."""


@with_config(use_attribute_docstrings=True)
class VisionOutput(TypedDict):
    """What the graph returns."""

    answer: str | None
    """The answer, verbatim; None when it was not found."""

    result: Annotated[Json, _AnswerSchema()]
    """A `VisionAnswer` as JSON: `VisionAnswer.model_validate(output["result"])`."""


class VisionState(VisionInput, VisionOutput, total=False):
    """Everything known of an episode while it runs."""

    facts: Json
    source: str | None
    session: str
    """A random name that all requests of the episode have in common."""

    context: Json
    """Settings given for this episode only; a run that resumes it need not give them again."""

    views: Annotated[list[Json], _by_number]
    turns: Annotated[list[Json], _joined]
    timings: Annotated[list[list[Any]], _joined]
    reviews: Annotated[list[Json], _joined]
    next: Json
    stop_reason: StopReason | None

    surveyed_layer: bool | None
    """What the survey of the page's document found of its layer; None where there was no survey."""

    trusted_layer: bool
    """Whether the page's text layer was found to be right."""


class PageInput(VisionInput, total=False):
    """What the graph is given as that of one page of a document."""

    surveyed_layer: bool | None
    """As in the state."""


def read_context(state: Mapping[str, Any]) -> Json:
    """The settings given for an episode only, from its state.

    Raises:
        StateError: If what is there are no settings.
    """
    context = state.get("context") or {}
    if not isinstance(context, dict) or not all(isinstance(name, str) for name in context):
        refuse_state("context", context, "it holds no settings by name")
    return context


def as_json(model: BaseModel) -> Json:
    """A record as the state holds it."""
    return model.model_dump(mode="json")
