"""How much an episode may look at, for how long, and whether a person is asked first."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ergo_agent._common.text import quoted
from ergo_agent.errors import BudgetError, FatalError, QuestionError, SettingsError
from ergo_agent.views.patches import QWEN2_5_VL

__all__ = [
    "MOST_PAGES",
    "MOST_ZOOMS",
    "VisionContext",
    "VisionSettings",
    "check_options",
    "check_question",
]

_BUDGETS = frozenset({"view_budget", "max_vision_tokens"})
_CAPS = frozenset(
    {
        "view_budget",
        "max_zooms",
        "max_regions",
        "max_pages",
        "max_quick_looks",
        "deadline",
        "max_question_chars",
    }
)
"""What a run does not raise where whoever made the graph has set it."""

_GUARDS = {"review_zooms": True, "allow_resized": False, "verify": True}
"""What a run does not take away where whoever made the graph has set it so."""

MOST_ZOOMS = 100
"""As many as `max_zooms` may be."""
MOST_PAGES = 100
"""As many as `max_pages` may be."""
_SMALLEST = QWEN2_5_VL.min_tokens


class VisionSettings(BaseModel):
    """What one question about one image or document may cost.

    Raises:
        BudgetError: If a budget holds no view.
        SettingsError: If any other setting is unknown or outside its range.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    view_budget: int = Field(default=1280, ge=_SMALLEST, le=1_000_000)
    """Most vision tokens of one view. The paper measures 640 and 1280."""

    max_vision_tokens: int | None = Field(default=None, ge=_SMALLEST, le=100_000_000)
    """Hard cap over all views of the episode; four times `view_budget` when left out, and for a
    document as much for each page that may be opened. The coarse view of a page takes at most half
    of what the page may cost, unless it shows the whole page at full resolution."""

    max_zooms: int = Field(default=3, ge=0, le=MOST_ZOOMS)
    """How many times the policy may zoom; each time it may ask for several regions."""

    max_pages: int = Field(default=5, ge=1, le=MOST_PAGES)
    """How many pages of a document may be opened for one question; others are only surveyed."""

    max_quick_looks: int = Field(default=200, ge=0, le=100_000)
    """How many pages of a document the survey may read from their pixels; text layers cost next to
    nothing and have no limit of their own."""

    max_regions: int = Field(default=4, ge=1, le=64)
    """Most regions shown for one reply; what a reply asks for beyond them is left out."""

    deadline: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """Seconds of work after which no model call goes on; None for no end. The time in which an
    episode waits for a person, or lies in a checkpoint, does not count."""

    min_crop_tokens: int = Field(default=64, ge=1, le=1_000_000)
    """Smaller views are enlarged to at least about this many vision tokens, as far as the budget
    allows: 64 make 224x224 pixels."""

    min_region: int = Field(default=56, ge=1, le=10_000)
    """Regions are grown to at least this width and height, in original pixels."""

    margin: float = Field(default=0.05, ge=0, le=1)
    """Margin around a region, as a fraction of its width and height on each side: a box written
    for a coarse view is only as exact as that view's pixels."""

    repeat_iou: float = Field(default=0.9, gt=0, le=1)
    """A region whose intersection over union with one already shown reaches this is a repeat."""

    allow_resized: bool = False
    """Whether to go on where the server counts other vision tokens for a view than predicted: it
    then resized the view, and the boxes it gives may lie elsewhere."""

    max_question_chars: int = Field(default=8000, ge=1)
    """Longest question taken."""

    review_zooms: bool = False
    """Whether a person is asked before each zoom, by an `interrupt`; it needs a checkpointer."""

    verify: bool = False
    """Whether an answer is asked for again from its crops alone, and once more from a wider part of
    the page where that says something else; within the same budget. The result says whether it was
    confirmed."""

    def overridden(self, values: Mapping[str, Any]) -> "VisionSettings":
        """These settings, some of them replaced.

        Args:
            values: Fields by name.

        Raises:
            BudgetError: If a budget holds no view, or is above one that these settings fix.
            SettingsError: If any other setting is unknown, outside its range, or above one that
                these settings fix.
        """
        if not values:
            return self
        chosen = VisionSettings(**{**self.model_dump(), **values})
        for name in _CAPS & self.model_fields_set:
            _check_cap(name, getattr(chosen, name), most=getattr(self, name))
        if self.model_fields_set & _BUDGETS:
            _check_cap("max_vision_tokens", chosen.episode_budget, most=self.episode_budget)
        for name, safe in _GUARDS.items():
            fixed = name in self.model_fields_set and getattr(self, name) is safe
            if fixed and getattr(chosen, name) is not safe:
                raise SettingsError(f"{name} was fixed as {safe} when the graph was made; leave it")
        return chosen

    if not TYPE_CHECKING:  # type checkers go on seeing the fields

        def __init__(self, **values: object) -> None:
            """Check the values.

            Raises:
                BudgetError: If a budget holds no view.
                SettingsError: If any other setting is unknown or outside its range.
            """
            try:
                super().__init__(**values)
            except ValidationError as error:
                raise _first_problem(error) from None

    @property
    def episode_budget(self) -> int:
        """The hard cap over all views, in vision tokens."""
        return 4 * self.view_budget if self.max_vision_tokens is None else self.max_vision_tokens

    @property
    def document_budget(self) -> int:
        """The hard cap over all views of all pages of a document, in vision tokens."""
        each = 4 * self.view_budget
        return each * self.max_pages if self.max_vision_tokens is None else self.max_vision_tokens


def _without_defaults(schema: dict[str, Any]) -> None:
    """What is left out is not the default of the class but what the graph was made with."""
    schema["description"] = schema["description"].partition("\n")[0]
    for field in schema["properties"].values():
        field.pop("default", None)
        field["description"] = " ".join(field["description"].split())


class VisionContext(VisionSettings):
    """Settings for one run of a graph; what is left out stays as the graph was made.

    A limit that was set when the graph was made can be lowered, and not raised.

    Raises:
        BudgetError: If a budget holds no view.
        SettingsError: If any other setting is unknown or outside its range.
    """

    model_config = ConfigDict(json_schema_extra=_without_defaults)


def check_question(question: object, *, settings: VisionSettings) -> str:
    """The question without surrounding space.

    Raises:
        QuestionError: If it is no text, empty, or too long.
    """
    if not isinstance(question, str):
        raise QuestionError(f"the question is a {type(question).__name__}; give a text")
    text = question.strip().encode("utf-8", "replace").decode()  # lone surrogates cannot be sent
    if not text:
        raise QuestionError("the question is empty; ask what you want to know about the image")
    if len(text) > settings.max_question_chars:
        raise QuestionError(
            f"the question has {len(text):,} characters, the limit is "
            f"{settings.max_question_chars:,}; shorten it",
            owner="raise max_question_chars",
        )
    return text


def _check_cap(name: str, value: float | None, *, most: float | None) -> None:
    """Refuse a setting of a run above that of its graph; None is no limit."""
    if most is None or (value is not None and value <= most):
        return
    kind = BudgetError if name in _BUDGETS else SettingsError
    raise kind(
        f"{name}={value} is above the {most} that the graph was made with; give at most that"
    )


def check_options(options: object, *, settings: VisionSettings) -> list[str]:
    """The choices of a multiple-choice question, as they are sent.

    Raises:
        QuestionError: If they are no texts, or too long together.
    """
    if not isinstance(options, list | tuple) or not all(isinstance(each, str) for each in options):
        raise QuestionError(
            f"options={quoted(options)} cannot be chosen from; give a list of texts"
        )
    texts = [each.encode("utf-8", "replace").decode() for each in options]
    if sum(map(len, texts)) > settings.max_question_chars:
        raise QuestionError(
            f"the options have {sum(map(len, texts)):,} characters, the limit is "
            f"{settings.max_question_chars:,}; shorten them",
            owner="raise max_question_chars",
        )
    return texts


def _first_problem(error: ValidationError) -> FatalError:
    """One clear sentence about the first value that does not fit."""
    problem = error.errors(include_url=False)[0]
    name = str(problem["loc"][0]) if problem["loc"] else "settings"
    if problem["type"] == "extra_forbidden":
        known = ", ".join(VisionSettings.model_fields)
        return SettingsError(f"there is no setting {quoted(name)}; the settings are {known}")
    given = quoted(problem["input"])
    if name in _BUDGETS:
        return BudgetError(
            f"{name}={given} is no usable number of vision tokens ({_lowered(problem)}); "
            "give for example 640 or 1280"
        )
    return SettingsError(f"{name}={given} is out of range: {_lowered(problem)}")


def _lowered(problem: Mapping[str, Any]) -> str:
    message = str(problem["msg"])
    return message[:1].lower() + message[1:]
