"""The state of a document's graph: pages, hits and what the looks came to; no texts, no pixels."""

from typing import Annotated, Any, Required

from pydantic import WithJsonSchema, with_config

# on Python 3.11 pydantic makes no JSON schema of the standard library's
from typing_extensions import TypedDict

from ergo_agent.episode.episode import refuse_state
from ergo_agent.episode.state import Json, VisionOutput
from ergo_agent.episode.stopping import StopReason

__all__ = ["DocumentInput", "DocumentState", "Look"]


def _by_rank(known: list[Json], new: list[Json]) -> list[Json]:
    """Looks in the order of their hits, whichever was done first."""
    for each in (known, new):
        if not isinstance(each, list) or not all(isinstance(look, dict) for look in each):
            refuse_state("what looks grow by", each, "it is no list of looks")
    return sorted([*known, *new], key=lambda look: int(look.get("rank", 0)))


@with_config(use_attribute_docstrings=True)
class DocumentInput(TypedDict, total=False):
    """What the graph is given; only `document` and `question` are needed."""

    document: Required[
        Annotated[
            Any,
            WithJsonSchema(
                {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
            ),
        ]
    ]
    """A path (of a folder, too), `data:`, `file://` or `http(s)://` URL or store digest, or a list
    of them; in Python also encoded bytes or Pillow images, which are put into the store before the
    graph begins."""

    question: Required[str]
    """What to answer."""

    page: int | None
    """The only page asked about, from 1; all when left out."""

    pages: str | None
    """The pages asked about, such as `2-5` or `1, 4-6`; all when left out."""

    options: list[str]
    """Choices of a multiple-choice question."""


class Look(TypedDict):
    """What looking at one page came to."""

    rank: int
    """Of its hit, from 0."""

    page: int
    batch: int
    """Which pages were looked at side by side: the number of their batch, from 0."""

    result: Json | None
    """A `Record` as JSON; None where the page could not be opened."""

    error: str
    kind: str
    """Of the error: the name of its class."""


class DocumentState(DocumentInput, VisionOutput, total=False):
    """Everything known of an episode about a document while it runs."""

    parts: list[Json]
    """Its files, as `DocumentPart`."""

    asked: list[list[int]]
    """Ranges of pages."""

    surveyed: Json
    """What `DocumentFacts` says of the survey."""

    hits: list[Json]
    """The pages worth opening, best first, as `Hit`."""

    finder: str
    finder_tokens: int
    """Vision tokens that the finder spent."""

    opening: list[Json]
    """What is to be opened next: `rank`, `batch`, `max_vision_tokens`, `deadline`, and
    `trusted_layer` where there was a survey."""

    looks: Annotated[list[Json], _by_rank]
    """`Look`s."""

    context: Json
    """Settings given for this episode only."""

    timings: dict[str, float]
    """Seconds of the survey and the finder."""

    stop_reason: StopReason | None
