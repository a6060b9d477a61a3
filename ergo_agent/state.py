"""The graph's state: words, boxes, sizes and digests, never pixels.

Everything in it is plain JSON, so that any checkpointer can keep it and a trace can be read.
`Episode` is the typed reading of it.
"""

import operator
import time
from typing import Annotated, Any, Literal, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from ergo_agent.budget import Ledger, TokenRule
from ergo_agent.dialects.base import Answer
from ergo_agent.fitting import Budget
from ergo_agent.geometry import Size
from ergo_agent.planning import Crop
from ergo_agent.reported import ledger_entries, text_tokens
from ergo_agent.result import ImageFacts, StopReason, Turn, View
from ergo_agent.settings import VisionSettings

__all__ = ["Episode", "Next", "VisionInput", "VisionOutput", "VisionState", "as_json"]

Json = dict[str, Any]


def _by_number(known: list[Json], new: list[Json]) -> list[Json]:
    """Views in the order of their numbers, whichever crop was ready first."""
    return sorted(known + new, key=lambda view: int(view["number"]))


class VisionInput(TypedDict, total=False):
    """What the graph is given; only `image` and `question` are needed."""

    image: Any
    """A path, `data:`, `file://` or `http(s)://` URL, store digest, encoded bytes or Pillow image.
    A checkpointer and a tracer keep the input as it is: give a path, a digest, or a URL without
    a key in it."""

    question: str
    page: int
    """The page of a PDF or frame of a TIFF, from 1; 1 when left out."""

    options: list[str]
    """Choices of a multiple-choice question; shown only once the policy has chosen where to look,
    as in the paper."""


class VisionOutput(TypedDict):
    """What the graph returns."""

    answer: str | None
    """The answer, verbatim; None when it was not found."""

    result: Json
    """A `VisionAnswer` as JSON: `VisionAnswer.model_validate(output["result"])`."""


class VisionState(VisionInput, VisionOutput, total=False):
    """Everything known of an episode while it runs."""

    facts: Json
    source: str | None
    started_at: float
    views: Annotated[list[Json], _by_number]
    turns: Annotated[list[Json], operator.add]
    timings: Annotated[list[list[Any]], operator.add]
    next: Json
    stop_reason: StopReason | None


class Next(BaseModel):
    """What the graph does next."""

    model_config = ConfigDict(frozen=True)

    do: Literal["ask", "repair", "last", "zoom", "answer"]
    """Ask about what was shown last, ask a second time after an unusable reply, ask for the last
    time, show crops, or end."""

    error: str = ""
    """For `repair`: what was wrong."""

    crops: tuple[Crop, ...] = ()
    """For `zoom`."""

    answer: Answer | None = None
    """For `answer`; None where there is none."""


class Episode(BaseModel):
    """The state, read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    question: str
    options: tuple[str, ...] = ()
    facts: ImageFacts
    source: str | None = None
    started_at: float
    views: tuple[View, ...]
    turns: tuple[Turn, ...] = ()
    timings: tuple[tuple[str, float], ...] = ()
    next: Next = Field(default_factory=lambda: Next(do="ask"))
    stop_reason: StopReason | None = None

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
        return any("second_question" in turn.repairs for turn in self.turns)

    def ledger(self, settings: VisionSettings, *, rule: TokenRule) -> Ledger:
        """What may be spent and what was spent."""
        return Ledger(
            max_vision_tokens=settings.episode_budget,
            full_resolution=rule.full_resolution_tokens(self.size),
            entries=ledger_entries(self.views, self.turns),
            prompt_tokens=sum(turn.input_tokens for turn in self.turns),
            completion_tokens=sum(turn.output_tokens for turn in self.turns),
            cached_tokens=sum(turn.cached_tokens for turn in self.turns),
            text_tokens=text_tokens(self.turns),
        )

    def budget(self, settings: VisionSettings, *, rule: TokenRule) -> Budget:
        """What is left to spend."""
        return Budget(rule, settings, self.ledger(settings, rule=rule).remaining)

    def seconds_left(self, settings: VisionSettings) -> float | None:
        """Seconds to the deadline, negative behind it; None without one."""
        if settings.deadline is None:
            return None
        return settings.deadline - (time.time() - self.started_at)

    def timings_by_stage(self) -> dict[str, float]:
        """Seconds spent in each stage."""
        total: dict[str, float] = {}
        for stage, seconds in self.timings:
            total[stage] = total.get(stage, 0.0) + seconds
        return total


def as_json(model: BaseModel) -> Json:
    """A record as the state holds it."""
    return model.model_dump(mode="json")
