"""An episode as it stands: the typed reading of the graph's state, and what comes next."""

from collections.abc import Mapping
from itertools import groupby
from typing import Annotated, Any, NoReturn, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ergo_agent.episode.budget import Budget
from ergo_agent.episode.ledger import Ledger, ledger_entries, text_tokens
from ergo_agent.episode.moves import Answer, Step
from ergo_agent.episode.record import ImageFacts, Verified
from ergo_agent.episode.review import ZoomDecision, ZoomReview
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.stopping import StopReason
from ergo_agent.episode.terms import Terms
from ergo_agent.episode.turn import Turn
from ergo_agent.errors import StateError
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import View

__all__ = ["Episode", "Next", "read_episode", "refuse_state"]

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
    """For `answer`, and for `verify` the one that is to be confirmed; None where there is none."""

    verified: Verified | None = None
    """For `answer`: as `Record.verified`."""


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
    trusted_layer: bool = False
    """Whether the page's text layer was found to be right, and may be read in place of pixels."""

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
        if self.next.do == "verify" and (self.next.answer is None or not self.turns):
            raise ValueError("what comes next needs an answer")
        return self

    @property
    def size(self) -> Size:
        """Size of the original."""
        return Size(self.facts.width, self.facts.height)

    @property
    def zooms(self) -> int:
        """How many times the policy has zoomed."""
        sent = [turn.views for turn in self.turns if not turn.check]
        return sum(1 for views in [*sent, self.unsent] if views and views[0] > 1)

    @property
    def checks(self) -> tuple[Turn, ...]:
        """The turns that asked for the answer again from its crops alone."""
        return tuple(turn for turn in self.turns if turn.check)

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
        refuse_state(where, problem["input"], problem["msg"])


def refuse_state(what: str, given: object, why: str) -> NoReturn:
    """Say that a state is none.

    Raises:
        StateError: Always.
    """
    raise StateError(
        f"this is no state of an episode: {what} = {given!r:.60} ({why}); begin a new episode, or "
        "go on from a checkpoint that the graph wrote, as fork_zoom does"
    )
