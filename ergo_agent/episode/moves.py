"""What a reply may decide: to look closer, or to answer; and when it is asked."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ergo_agent.views.view import PlacedBox

__all__ = ["Answer", "Move", "ReadFrom", "Stage", "Step", "Zoom"]

Stage = Literal["observe", "zoomed", "last"]
"""Where in an episode a question is asked: about the coarse view, about new crops with a further
zoom allowed, or for the last time, when only an answer will do."""

ReadFrom = Literal["pixels", "text_layer"]
"""What letters are taken from: the pixels of the views, or what these show of the PDF's own text
layer, on pages where that was found to be right."""

Step = Literal["question", "second_question", "last_question", "review", "zoom", "verify", "answer"]
"""What comes next in an episode: a question about what was shown last; the one second question
after an unusable reply; the last one, for an answer from what was seen; a person's say in a zoom;
crops; the answer asked for again from its crops alone; the end. These words stand in the state, in
events, in turns and on the command line."""


class Zoom(BaseModel):
    """The policy wants to see one or more regions at full resolution."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["zoom"] = "zoom"
    boxes: tuple[PlacedBox, ...]
    reasoning: str = ""


class Answer(BaseModel):
    """The policy answers; `text` is None when it says that the answer is not in the image."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["answer"] = "answer"
    text: str | None
    reasoning: str = ""
    boxes: tuple[PlacedBox, ...] = ()
    """Where the policy says it read the answer, if it says so."""

    confidence: float | None = Field(default=None, ge=0.0, le=1.0)
    """The probability that the best answer, given or not, is right; None where the policy gives
    none that was calibrated."""

    quote: str = ""
    """The passage that the answer was read in, where the policy says so."""

    read_from: ReadFrom | None = None
    """What the page's letters were taken from; None where the policy does not say."""


Move = Zoom | Answer
"""What a reply decided."""
