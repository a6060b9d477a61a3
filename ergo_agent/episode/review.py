"""A person's say in a zoom: what they are asked, and what they may decide.

Where `review_zooms` is set, the graph stops before each zoom with LangGraph's `interrupt`. Its
value is a `ZoomProposal` as JSON; the run goes on with what the person decided:

```
graph.invoke(Command(resume={"type": "accept"}), config)
graph.invoke(Command(resume={"type": "edit", "boxes": [[1200, 340, 1500, 420]]}), config)
graph.invoke(Command(resume={"type": "reject"}), config)    # answer from what was seen
graph.invoke(Command(resume={"type": "reject", "boxes": [[0, 0, 900, 400]]}), config)
```

All boxes are left, top, right, bottom in original pixels, right and bottom exclusive. "accept" and
"reject" may be given as bare words. A decision that cannot be used is asked for again: the next
proposal says in `error` what was wrong with it.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ergo_agent._common.text import quoted
from ergo_agent.errors import DecisionError
from ergo_agent.views.geometry import Region, Size

__all__ = ["ZoomDecision", "ZoomProposal", "ZoomReview", "read_decision", "regions_of"]

_FARTHEST = 2**53 - 1
"""As far as JSON carries whole numbers exactly; a checkpoint refuses those of more than 64 bits."""

Box = Annotated[
    list[Annotated[int, Field(ge=-_FARTHEST, le=_FARTHEST)]], Field(min_length=4, max_length=4)
]
"""Left, top, right, bottom in original pixels; right and bottom exclusive."""


class ZoomProposal(BaseModel):
    """What a person is asked before a zoom: the value of the interrupt, as JSON."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    kind: Literal["zoom_proposal"] = "zoom_proposal"

    question: str
    """What the episode is to answer."""

    image: str
    """Digest of the image's bytes, under which the store keeps it."""

    page: int
    """The page or frame, from 1."""

    size: Size
    """Size of the original, in original pixels."""

    frame: Literal["original_pixels"] = "original_pixels"
    """What the numbers of all boxes count, here and in the decision."""

    boxes: list[Box]
    """What the policy wants to see, as it would be shown."""

    reasoning: str
    """Why, in the policy's words."""

    tokens_left: int
    """Vision tokens that may still be spent."""

    max_boxes: int
    """Most boxes that a decision may give."""

    choices: tuple[str, ...] = ("accept", "edit", "reject")
    """The types of a `ZoomDecision`."""

    error: str | None = None
    """Why the last decision could not be used; None the first time."""


class ZoomDecision(BaseModel):
    """What a person decided about a zoom: the value that the run is resumed with."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    type: Literal["accept", "edit", "reject"]
    """Show what was proposed; show `boxes`, which correct it; or do not show it. A rejection with
    `boxes` shows those instead, one without asks the policy to answer from what it has seen."""

    boxes: list[Box] = Field(default_factory=list)
    """For `edit`, and if wanted for `reject`: left, top, right, bottom in original pixels."""


class ZoomReview(BaseModel):
    """A decision that was carried out."""

    model_config = ConfigDict(frozen=True)

    turn: int
    """Number of the question whose reply was decided on, from 1."""

    decision: ZoomDecision
    proposed: list[Box]
    """What the policy wanted to see, in original pixels."""

    @property
    def changed(self) -> bool:
        """Whether the person chose what is shown."""
        return bool(self.decision.boxes)


def read_decision(value: object) -> ZoomDecision:
    """The decision in what a run was resumed with.

    Args:
        value: A `ZoomDecision`, its JSON, or one of the words "accept" and "reject".

    Raises:
        DecisionError: If it is none; it says why.
    """
    if isinstance(value, ZoomDecision):
        value = value.model_dump()
    if isinstance(value, str):
        value = {"type": value}
    if not isinstance(value, Mapping):
        raise DecisionError(f"{quoted(value)} is no decision; give {_EXAMPLES}")
    try:
        decision = ZoomDecision.model_validate(dict(value), strict=True)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"])) or "the decision"
        message = f"{where} = {quoted(problem['input'])} cannot be used: {problem['msg']}"
        raise DecisionError(f"{message}; give {_EXAMPLES}") from error
    if decision.type == "edit" and not decision.boxes:
        raise DecisionError(f"an edit needs boxes; give {_EXAMPLES}")
    if decision.type == "accept" and decision.boxes:
        raise DecisionError("accept shows what was proposed; to show other boxes, edit")
    return decision


def regions_of(decision: ZoomDecision, *, within: Size, at_most: int) -> list[Region]:
    """The decision's boxes as regions of the original; what hangs over its border is cut.

    Args:
        decision: What was decided.
        within: Size of the original, in original pixels.
        at_most: Most boxes allowed.

    Raises:
        DecisionError: If there are too many, or one is empty or lies outside.
    """
    if len(decision.boxes) > at_most:
        raise DecisionError(f"{len(decision.boxes)} boxes are too many; give at most {at_most}")
    return [_region(box, within) for box in decision.boxes]


def _region(box: list[int], within: Size) -> Region:
    left, top = max(0, box[0]), max(0, box[1])
    right, bottom = min(box[2], within.width), min(box[3], within.height)
    if right <= left or bottom <= top:
        raise DecisionError(
            f"the box {box} holds nothing of the image, which is {within.width} pixels wide and "
            f"{within.height} high; give left, top, right, bottom in original pixels"
        )
    return Region(left=left, top=top, right=right, bottom=bottom)


_EXAMPLES = (
    '{"type": "accept"}, {"type": "edit", "boxes": [[left, top, right, bottom]]} in original '
    'pixels, or {"type": "reject"}'
)
