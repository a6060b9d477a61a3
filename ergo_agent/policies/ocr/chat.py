"""`ChatOcr`: a chat model that answers questions about images by reading them.

It sees only the images in its messages. It reads; it does not understand pictures, and says so.
"""

from collections.abc import Callable, Sequence
from functools import partial
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
from ergo_agent.layout.text import Box, TextLine, stacked
from ergo_agent.policies.ocr.conversation import Asked, SeenImage, asked_in
from ergo_agent.policies.ocr.finder.finder import Accepts, Finding
from ergo_agent.policies.ocr.finder.limits import unreadable
from ergo_agent.policies.ocr.finder.several import find_each, questions_in
from ergo_agent.policies.ocr.merge import ReadView, is_seen, merged
from ergo_agent.policies.ocr.reader import ViewReader
from ergo_agent.policies.ocr.sight import LayerSight, PixelSight
from ergo_agent.policies.ocr.target import where_to_look
from ergo_agent.policies.ocr.unread import TOO_SMALL, unread_lines, unseen_marks
from ergo_agent.views.geometry import ViewBox
from ergo_agent.views.view import PlacedBox

__all__ = ["ChatOcr"]

_WORTH_A_LOOK = 0.2
"""Confidence from which a guess is looked at closer before it is given up."""
_CERTAIN = 0.8
"""Confidence from which text answers even a question that seems to need eyes."""
_CLOSE = 1.5
"""Type heights up to which lines below each other get one box."""
_UNSEEN = "There may be writing here, too small to be seen."
_AT_ONCE = 4
"""Parts looked at in one zoom: as many as an episode shows by default."""


_Look = tuple[list[Box], str]
"""Boxes in view pixels, and why they are looked at."""


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
        move = None
        if layer is not None:
            move = self._move(asked, LayerSight(self.reader, layer))
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
            unread = partial(_unread, finding, lines, views, first)
            closer = _closer(finding, views, unread) or _zoom(*unread([]))
            if closer is not None:
                return closer
        if finding and finding.found and not sight.confirms(finding.whole_lines, finding.text):
            return None
        answer = _answer(finding, page, asked.question)
        return answer.model_copy(update={"read_from": sight.read_from})


def _closer(
    finding: Finding | None, views: Sequence[ReadView], unread: Callable[[Sequence[Box]], _Look]
) -> Zoom | None:
    """Look closer at the best guess; None where there is none, or it was seen well enough.

    Of a page so large that areas of type vanish in its first view the guess is one of many: what
    was not read is looked at beside it.
    """
    page, crops = views[0], [view.place for view in views[1:]]
    if finding is None or finding.confidence < _WORTH_A_LOOK:
        return None
    if all(line.sharp or is_seen(page.shown(line.box), crops) for line in finding.lines):
        return None
    boxes = [box for box in where_to_look(finding, page) if not is_seen(box, crops)]
    if boxes and page.scale < TOO_SMALL:
        boxes = [*boxes, *unread(boxes)[0]][:_AT_ONCE]
    return _zoom(boxes, "The answer seems to be here; it has to be read at full resolution.")


def _unread(
    finding: Finding | None,
    lines: Sequence[TextLine],
    views: Sequence[ReadView],
    first: SeenImage,
    chosen: Sequence[Box],
) -> _Look:
    """What was not read, as long as there is no answer; none where all was.

    Args:
        finding: The best answer so far.
        lines: All lines, in the page's reading frame.
        views: What was read, the page first.
        first: The page's first view.
        chosen: What is looked at in any case.
    """
    page, crops = views[0], [*(view.place for view in views[1:]), *chosen]
    if finding is not None and finding.found:
        return [], ""
    unread = unread_lines(lines, page)
    boxes = [] if unread is None or is_seen(unread, crops) else [unread]
    why = "Text here is too small to be read." if boxes else _UNSEEN
    marks = unseen_marks(first.open(), lines, page, [*crops, *boxes])
    boxes += [box for box in marks if not is_seen(box, crops)]
    return boxes[:_AT_ONCE], why


def _zoom(boxes: Sequence[Box], reasoning: str) -> Zoom | None:
    if not boxes:
        return None
    return Zoom(boxes=tuple(PlacedBox(ViewBox(*box), 1) for box in boxes), reasoning=reasoning)


def _answer(finding: Finding | None, page: ReadView, question: str) -> Answer:
    """The answer with its own boxes, or that it was not found."""
    if finding is None:
        return Answer(text=None, reasoning="There is no text in the image that could be read.")
    if not finding.found:
        return Answer(
            text=None, reasoning=_nearest(finding, question), confidence=finding.confidence
        )
    boxes = tuple(PlacedBox(ViewBox(*page.shown(box)), 1) for box in _blocks(finding.lines))
    return Answer(
        text=finding.text,
        reasoning=finding.reason,
        boxes=boxes,
        confidence=finding.confidence,
        quote=finding.quote,
    )


def _nearest(finding: Finding, question: str) -> str:
    """Why no answer is given, with what would have been one, and what to do."""
    nearest = (
        "No text of the page answers the question surely enough. What comes nearest is "
        f'"{finding.text}" (confidence {finding.confidence:.2f}, below {finding.threshold:.2f}).'
    )
    count = len(questions_in(question))
    return nearest if count == 1 else f"{nearest} These are {count} questions: ask them singly."


def _blocks(lines: Sequence[TextLine]) -> list[Box]:
    """One box for each group of lines that stand closely together."""
    return [Box.around(line.box for line in group) for group in stacked(lines, _CLOSE)]
