"""`ChatOcr`: a chat model that answers questions about images by reading them.

It sees only the images in its messages. It reads; it does not understand pictures, and says so.
"""

from typing import Any, ClassVar

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LangSmithParams
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import ConfigDict, Field

from ergo_agent.dialects.reader import BESIDE, SAID_BESIDE
from ergo_agent.dialects.replies import write_move
from ergo_agent.episode.moves import Answer, Move, Zoom
from ergo_agent.images.shown_layers import ShownLayer
from ergo_agent.layout.text import Box, stacked
from ergo_agent.policies.ocr.conversation import Asked, asked_in
from ergo_agent.policies.ocr.finder.finder import Accepts, Finding
from ergo_agent.policies.ocr.finder.limits import unreadable
from ergo_agent.policies.ocr.finder.several import find_each, questions_in
from ergo_agent.policies.ocr.merge import NEAR, ReadView, merged
from ergo_agent.policies.ocr.reader import ViewReader
from ergo_agent.policies.ocr.sight import LayerSight, PixelSight
from ergo_agent.policies.ocr.target import look_closer
from ergo_agent.views.geometry import ViewBox
from ergo_agent.views.view import PlacedBox

__all__ = ["ChatOcr"]

_CERTAIN = 0.8
"""Confidence from which text answers even a question that seems to need eyes: of 260 that no page
answers 13 get a text all the same (0.53: 25; the usual threshold: 34)."""


class ChatOcr(BaseChatModel):
    """Reads the images in its messages with RapidOCR and answers in ERGO's tags."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    episodes_at_once: ClassVar[int] = 2
    """Episodes that a batch runs side by side: one keeps 1.6 of two cores busy."""

    takes_layer: ClassVar[bool] = True
    """It is given the text layer of a page that is to be trusted, and reads it within its views."""

    model_name: str = "rapidocr"
    reader: ViewReader = Field(default_factory=ViewReader, exclude=True, repr=False)
    """Reads views and remembers what it read; models may share one."""
    threshold: float | None = Field(default=None, ge=0.0, le=1.0)
    """The confidence from which an answer is given; None for the one that was chosen when the
    confidence was calibrated."""
    accepts: Accepts | None = Field(default=None, exclude=True, repr=False)
    """Which texts may be answers, as where a date is wanted; all when left out. It may be set
    between two questions."""

    @property
    def _llm_type(self) -> str:
        return "ergo-ocr"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name}

    def _get_ls_params(
        self,
        stop: list[str] | None = None,  # noqa: ARG002  # part of the interface
        **_: Any,
    ) -> LangSmithParams:
        """How a trace names it. It writes no tokens, so there is nothing else to say."""
        return LangSmithParams(
            ls_provider="ergo-agent", ls_model_name=self.model_name, ls_model_type="chat"
        )

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002  # part of the interface
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002
        *,
        layer: ShownLayer | None = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:
        """Answer the newest question, or ask to see a part of the first image closer."""
        asked = asked_in(messages)
        move = self._move(asked, LayerSight(self.reader, layer)) if layer else None
        move = move or self._move(asked, PixelSight(self.reader))
        assert move is not None  # pixels confirm themselves
        metadata: dict[str, Any] = {"model_name": self.model_name}
        if isinstance(move, Answer) and move.confidence is not None:
            metadata[BESIDE] = {name: getattr(move, name) for name in SAID_BESIDE}
        message = AIMessage(write_move(move), response_metadata=metadata)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _move(self, asked: Asked, sight: PixelSight) -> Move | None:
        """What to do next; None where that were an answer that the pixels do not confirm."""
        if not asked.images:
            return Answer(text=None, reasoning="No image came with the question.")
        first, *crops = asked.images
        alone = asked.last_call and not crops
        page = sight.first(first, exactly=alone)
        views = [page, *(sight.crop(crop, page) for crop in crops)]
        lines = merged(views)
        finding = find_each(asked.question, lines, threshold=self.threshold, accepts=self.accepts)
        limit = unreadable(asked.question)
        if limit and not (limit.may_be_printed and finding and finding.confidence >= _CERTAIN):
            return Answer(text=None, reasoning=limit.why)
        if not (asked.last_call or page.sharp):
            boxes, why = look_closer(finding, lines, views, first)
            if boxes:
                placed = tuple(PlacedBox(ViewBox(*box), 1) for box in boxes)
                return Zoom(boxes=placed, reasoning=why)
        if finding and finding.found and not sight.confirms(finding.whole_lines, finding.text):
            return None
        answer = _answer(finding, page, asked.question)
        return answer.model_copy(update={"read_from": sight.read_from})


def _answer(finding: Finding | None, page: ReadView, question: str) -> Answer:
    """The answer with its own boxes, or that it was not found."""
    if finding is None:
        return Answer(text=None, reasoning="There is no text in the image that could be read.")
    if not finding.found:
        return Answer(
            text=None, reasoning=_nearest(finding, question), confidence=finding.confidence
        )
    groups = stacked(finding.lines, NEAR)
    blocks = [page.shown(Box.around(line.box for line in group)) for group in groups]
    return Answer(
        text=finding.text,
        reasoning=finding.reason,
        boxes=tuple(PlacedBox(ViewBox(*block), 1) for block in blocks),
        confidence=finding.confidence,
        quote=finding.quote,
    )


def _nearest(finding: Finding, question: str) -> str:
    """Why no answer is given, with what would have been one, and what to do."""
    nearest = (
        "No text of the page answers the question surely enough. What comes nearest is "
        f'"{finding.text}" ({finding.confidence:.0%} likely to be right; at least '
        f"{finding.threshold:.0%} is asked for)."
    )
    count = len(questions_in(question))
    return nearest if count == 1 else f"{nearest} These are {count} questions: ask them singly."
