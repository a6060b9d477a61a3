"""The graph's state: words, boxes, sizes and digests, never pixels.

Everything in it is plain JSON, so that any checkpointer can keep it and a trace can be read.
`Episode` is the typed reading of it.
"""

from collections.abc import Mapping
from itertools import groupby
from typing import Annotated, Any, NoReturn, Required, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationError,
    WithJsonSchema,
    model_validator,
    with_config,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

# on Python 3.11 pydantic makes no JSON schema of the standard library's
from typing_extensions import TypedDict

from ergo_agent.episode.budget import Budget
from ergo_agent.episode.ledger import Ledger, ledger_entries, text_tokens
from ergo_agent.episode.moves import Answer, Step
from ergo_agent.episode.record import ImageFacts, Record
from ergo_agent.episode.review import ZoomDecision, ZoomReview
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.stopping import StopReason
from ergo_agent.episode.terms import Terms
from ergo_agent.episode.turn import Turn
from ergo_agent.errors import StateError
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import View

__all__ = [
    "Episode",
    "Next",
    "VisionInput",
    "VisionOutput",
    "VisionState",
    "as_json",
    "read_context",
    "read_episode",
]

Json = dict[str, Any]


def _joined(known: list[Any], new: list[Any]) -> list[Any]:
    """What there was and what is new, in this order."""
    for each in (known, new):
        if not isinstance(each, list):
            _refuse("what views, turns, reviews or timings grow by", each, "it is no list")
    return known + new


def _by_number(known: list[Json], new: list[Json]) -> list[Json]:
    """Views in the order of their numbers, whichever crop was ready first."""
    return sorted(_joined(known, new), key=_number)


def _number(view: Json) -> int:
    number = view.get("number") if isinstance(view, dict) else None
    if not isinstance(number, int):
        _refuse("a view", view, "it has no number")
    return number


def _refuse(what: str, given: object, why: str) -> NoReturn:
    raise StateError(
        f"this is no state of an episode: {what} = {given!r:.60} ({why}); begin a new episode, or "
        "go on from a checkpoint that the graph wrote, as fork_zoom does"
    )


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


_OLD_STEPS = {"ask": "question", "repair": "second_question", "last": "last_question"}
"""What states of before there was one set of words say."""


class Next(BaseModel):
    """What the graph does next."""

    model_config = ConfigDict(frozen=True)

    do: Annotated[Step, BeforeValidator(lambda word: _OLD_STEPS.get(str(word), word))]

    error: str = ""
    """For `second_question`: what was wrong."""

    crops: tuple[View, ...] = ()
    """For `zoom` and `review`: what is going to be shown, as it was planned."""

    decision: ZoomDecision | None = None
    """For `review`: what was decided already, as where an episode is forked; nobody is asked."""

    answer: Answer | None = None
    """For `answer`; None where there is none."""


class Episode(BaseModel):
    """The state, read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    question: str
    options: tuple[str, ...] = ()
    facts: ImageFacts
    source: str | None = None
    session: str | None = None
    """What all requests have in common; None in episodes of older versions."""

    views: tuple[View, ...]
    turns: tuple[Turn, ...] = ()
    timings: tuple[tuple[str, float], ...] = ()
    reviews: tuple[ZoomReview, ...] = ()
    next: Next = Field(default_factory=lambda: Next(do="question"))
    stop_reason: StopReason | None = None

    @model_validator(mode="before")
    @classmethod
    def _planned_anew(cls, state: Any) -> Any:  # noqa: ANN401  # whatever a checkpoint holds
        """Crops as states held them before they were views: region, size, parent, budget.

        All rules were patch grids then, so a view's tokens are to its pixels as the first one's.
        """
        try:
            crops = state["next"]["crops"]
            if not crops or isinstance(crops[0], Mapping | View):
                return state
            first = View.model_validate(state["views"][0])
            planned = [
                first.model_copy(
                    update={
                        "number": number,
                        "region": Region.model_validate(region),
                        "shown": Size(*shown),
                        "tokens": first.tokens * Size(*shown).area // first.shown.area,
                        "parent": parent,
                        "digest": "",
                    }
                )
                for number, (region, shown, parent, _) in enumerate(crops, len(state["views"]) + 1)
            ]
        except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError):
            return state  # no such state: what is wrong with it shows when it is read
        return {**state, "next": {**state["next"], "crops": planned}}

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        numbers = [view.number for view in self.views]
        known = {number for number in numbers if number > 0}
        shown = [view for view in self.views if not view.is_coarse]
        parents = [view.parent for view in (*shown, *self.next.crops)]
        if not numbers or numbers != list(range(1, len(numbers) + 1)):
            raise ValueError("the views are not numbered from 1")
        if not known.issuperset([*parents, *(n for turn in self.turns for n in turn.views)]):
            raise ValueError("a view is named that there is not")
        if self.next.do in {"second_question", "review", "zoom"} and not self.turns:
            raise ValueError("what comes next needs a turn before it")
        if self.next.do in {"review", "zoom"} and not self.next.crops:
            raise ValueError("what comes next needs crops")
        return self

    @property
    def size(self) -> Size:
        """Size of the original."""
        return Size(self.facts.width, self.facts.height)

    @property
    def zooms(self) -> int:
        """How many times the policy has zoomed."""
        sent = [turn.views for turn in self.turns]
        return sum(1 for views in [*sent, self.unsent] if views and views[0] > 1)

    @property
    def unsent(self) -> tuple[int, ...]:
        """Numbers of the views that the policy has not been shown yet."""
        sent = {number for turn in self.turns for number in turn.views}
        return tuple(view.number for view in self.views if view.number not in sent)

    @property
    def was_repaired(self) -> bool:
        """Whether the one second question was asked already."""
        return any(turn.second_question for turn in self.turns)

    @property
    def person_chose(self) -> bool:
        """Whether what is shown next is what a person chose in place of the policy."""
        last = self.reviews[-1] if self.reviews else None
        return last is not None and last.turn == len(self.turns) and last.changed

    def ledger(self, terms: Terms) -> Ledger:
        """What may be spent and what was spent."""
        return Ledger(
            max_vision_tokens=terms.settings.episode_budget,
            full_resolution=terms.rule.full_resolution_tokens(self.size),
            entries=ledger_entries(self.views, self.turns),
            prompt_tokens=sum(turn.input_tokens for turn in self.turns),
            completion_tokens=sum(turn.output_tokens for turn in self.turns),
            cached_tokens=sum(turn.cached_tokens for turn in self.turns),
            text_tokens=text_tokens(self.turns),
        )

    def budget(self, terms: Terms) -> Budget:
        """What is left to spend."""
        return Budget(terms, self.ledger(terms).remaining)

    def seconds_left(self, settings: VisionSettings) -> float | None:
        """Seconds of work to the deadline, negative behind it; None without one.

        Only the steps count, and of crops made side by side the slowest: an episode that waited
        for a person, or was resumed the next day, has as long left as when it stopped.
        """
        if settings.deadline is None:
            return None
        spent = 0.0
        for stage, steps in groupby(self.timings, key=lambda timing: timing[0]):
            seconds = [seconds for _, seconds in steps]
            spent += max(seconds) if stage == "zoom" else sum(seconds)
        return settings.deadline - spent

    def timings_by_stage(self) -> dict[str, float]:
        """Seconds spent in each stage."""
        total: dict[str, float] = {}
        for stage, seconds in self.timings:
            total[stage] = total.get(stage, 0.0) + seconds
        return total


def read_episode(state: Mapping[str, Any]) -> Episode:
    """The state, read.

    Raises:
        StateError: If it is none, as where it was written by hand.
    """
    try:
        return Episode.model_validate(state)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"])) or "the whole"
        _refuse(where, problem["input"], problem["msg"])


def read_context(state: Mapping[str, Any]) -> Json:
    """The settings given for an episode only, from its state.

    Raises:
        StateError: If what is there are no settings.
    """
    context = state.get("context") or {}
    if not isinstance(context, dict) or not all(isinstance(name, str) for name in context):
        _refuse("context", context, "it holds no settings by name")
    return context


def as_json(model: BaseModel) -> Json:
    """A record as the state holds it."""
    return model.model_dump(mode="json")
