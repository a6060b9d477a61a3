"""What a graph says while it runs, for a user interface: views made, tokens spent, what comes next.

The events come with LangGraph's `custom` stream mode, as plain JSON without pixels:

```
for chunk in graph.stream(given, stream_mode="custom"):
    event = read_event(chunk)
```

Of what runs below a plain call, such as `ask`, they are heard by whoever listens:

```
with listening(print):
    ask("page.png", "What is the total due?")
```

Each kind is a record below; `type` tells them apart, and `event_schema()` is the JSON schema of all
of them. What is new in a later version is a new kind or a new field with a default: pass over what
you do not know, as `read_event` does. Where the graph is a subgraph, stream the parent with
`subgraphs=True`, as LangGraph needs it for anything from inside a subgraph; those of `ask` and
`ErgoVisionTool` come with the caller's own.

Absent on purpose: the views themselves. Who shows them reads the store, by digest.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Any, Literal

from langgraph.config import get_stream_writer
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ergo_agent.episode.episode import Episode, Next
from ergo_agent.episode.ledger import Ledger
from ergo_agent.episode.moves import Step, Zoom
from ergo_agent.episode.stopping import StopReason
from ergo_agent.episode.turn import Turn
from ergo_agent.views.geometry import Region
from ergo_agent.views.view import View

__all__ = [
    "NextDecided",
    "PageOpened",
    "PagesSurveyed",
    "TokensSpent",
    "ViewMade",
    "VisionEvent",
    "emit",
    "event_schema",
    "hear",
    "listening",
    "read_event",
]


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class ViewMade(View):
    """The policy is going to be shown a view."""

    type: Literal["view_made"] = "view_made"


class TokensSpent(_Event):
    """The policy has replied, and this is what the episode has cost so far."""

    type: Literal["tokens_spent"] = "tokens_spent"

    page: int = 1
    """The page that it was about, from 1."""

    turn: int
    """Number of the question within the episode, or within the look at a document's page, from
    1."""

    vision_tokens: int
    """Vision tokens of all views so far, each counted once; by the dialect's token rule, or as the
    server counted them where that is more."""

    max_vision_tokens: int
    """The episode's cap on them."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int
    """Tokens of this turn as the server reported them; 0 where it reported none."""

    seconds: float
    """How long the model took for this turn."""


class NextDecided(_Event):
    """It is decided what comes next."""

    type: Literal["next_decided"] = "next_decided"

    page: int = 1
    """The page that it was about, from 1."""

    turn: int
    """Number of the question that was replied to, from 1."""

    by: Literal["policy", "person"] = "policy"
    """Who decided: the policy by its reply, or a person who was asked about the zoom."""

    next: Step
    """What it is: crops, a person's say in them, the end, a second question because the reply
    could not be used, or the last one, for an answer from what was seen."""

    regions: list[Region] = Field(default_factory=list)
    """For `zoom` and `review`: what is going to be shown, in original pixels."""

    answer: str | None = None
    """For `answer`: the answer; None when it was not found."""

    reasoning: str = ""
    """The policy's reasoning, verbatim."""

    stop_reason: StopReason | None = None
    """For `answer` and `last_question`: why the zooming ended."""

    error: str | None = None
    """For `second_question`: what was wrong with the reply."""


class PagesSurveyed(_Event):
    """The survey of a document has come so far."""

    type: Literal["pages_surveyed"] = "pages_surveyed"

    done: int
    """Pages whose text is known, or known not to be there."""

    of: int
    """Pages that the question is about."""


class PageOpened(_Event):
    """A page of a document is going to be looked at."""

    type: Literal["page_opened"] = "page_opened"

    page: int
    of: int
    """Pages of the document."""

    score: float
    why: str
    """Of the hit, see `Hit`."""

    max_vision_tokens: int
    """What the look at this page may cost."""

    place: Region | None = None
    """Where on the page the finder saw it, in original pixels; None where it knows no place."""


_Any = ViewMade | TokensSpent | NextDecided | PagesSurveyed | PageOpened
VisionEvent = Annotated[_Any, Field(discriminator="type")]
"""Any of the events."""

_EVENTS: TypeAdapter[_Any] = TypeAdapter(VisionEvent)


def emit(event: _Any) -> None:
    """Write an event to the custom stream of the graph that runs; nothing where none is read."""
    get_stream_writer()(event.model_dump(mode="json"))


def read_event(chunk: object) -> _Any | None:
    """The event in a chunk of the custom stream; None where it holds another's, or an unknown one.

    Args:
        chunk: What the stream gave.
    """
    try:
        return _EVENTS.validate_python(chunk)
    except ValidationError:
        return None


_listeners: ContextVar[tuple[Callable[[Any], None], ...]] = ContextVar("listeners", default=())


@contextmanager
def listening(listener: Callable[[VisionEvent], None]) -> Iterator[None]:
    """Hear the events of every question that is asked within the block.

    It holds for `ask` and its siblings, for `ErgoVisionTool` and the other tools, in this thread or
    task and in what it starts. A graph that is run by hand is not heard: it streams its events.

    Args:
        listener: Called with each event as it happens, in the event loop that runs the question:
            it must not block. What it raises ends the question.
    """
    token = _listeners.set((*_listeners.get(), listener))
    try:
        yield
    finally:
        _listeners.reset(token)


def hear(chunk: object) -> None:
    """Pass on a chunk of the custom stream to whoever listens, if it is an event."""
    listeners = _listeners.get()
    event = read_event(chunk) if listeners else None
    if event is not None:
        for listener in listeners:
            listener(event)


def event_schema() -> dict[str, Any]:
    """The JSON schema of the events, as they are sent."""
    return _EVENTS.json_schema(mode="serialization")


def tell_view(view: View) -> None:
    """Say that a view was made."""
    emit(ViewMade(**view.model_dump()))


def tell_turn(turn: Turn, *, number: int, ledger: Ledger, page: int) -> None:
    """Say what a turn cost.

    Args:
        turn: The question that was just replied to.
        number: Its number within the episode, from 1.
        ledger: What was spent, this turn included.
        page: The page that it was about.
    """
    emit(
        TokensSpent(
            page=page,
            turn=number,
            vision_tokens=ledger.spent,
            max_vision_tokens=ledger.max_vision_tokens,
            input_tokens=turn.input_tokens,
            output_tokens=turn.output_tokens,
            cached_tokens=turn.cached_tokens,
            seconds=turn.seconds,
        )
    )


def tell_next(
    episode: Episode,
    decided: Next,
    *,
    stop: StopReason | None,
    by: Literal["policy", "person"] = "policy",
) -> None:
    """Say what comes next.

    Args:
        episode: With the turn that it was decided on.
        decided: What comes next.
        stop: Why the zooming ended, if it did.
        by: Who decided.
    """
    move = episode.turns[-1].move
    answer = decided.answer
    wanted = move.reasoning if isinstance(move, Zoom) else ""
    emit(
        NextDecided(
            page=episode.facts.page,
            turn=len(episode.turns),
            by=by,
            next=decided.do,
            regions=[crop.region for crop in decided.crops],
            answer=None if answer is None else answer.text,
            reasoning=wanted if answer is None else answer.reasoning,
            stop_reason=stop,
            error=decided.error or None,
        )
    )
