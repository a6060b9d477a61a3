"""The dialect of ERGO-7B and of any chat model that is told ERGO's tags.

Tags, order of the instructions and box grammar are those the model was trained with; the wording
is this project's own.
"""

from collections.abc import Sequence

from ergo_agent.budget import QWEN2_5_VL, TokenRule
from ergo_agent.dialects.base import Dialect, Move, ShownView, Stage
from ergo_agent.dialects.replies import parse_reply, write_move
from ergo_agent.errors import MoveError

__all__ = ["ErgoDialect"]

_SYSTEM = (
    "You answer questions about a large image. You first get a reduced copy of it and may ask for "
    "parts of it at full detail. Think before every reply, inside <think> and </think>."
)
_HOW_TO_ZOOM = (
    "give the smallest box that holds what is needed as <zoom>[x1, y1, x2, y2]</zoom>, in pixels "
    "of that image: left, top, right, bottom"
)
_HOW_TO_ANSWER = (
    "reply as <answer>...</answer>, with nothing but the answer in it; if what was shown does not "
    "hold the answer, reply <answer></answer><not_found/>"
)
_ORDER = "First reason inside <think></think>, then"


class ErgoDialect(Dialect):
    """ERGO's tags: `<think>`, then `<zoom>` in absolute pixels of a view, or `<answer>`."""

    name = "ergo"

    def __init__(self, *, token_rule: TokenRule = QWEN2_5_VL) -> None:
        """Set the token rule.

        Args:
            token_rule: What a view costs; that of Qwen2.5-VL when left out.
        """
        self.token_rule = token_rule

    def system_prompt(self) -> str:
        """The system message."""
        return _SYSTEM

    def ask(self, question: str, views: Sequence[ShownView], *, stage: Stage) -> str:
        """The text of a user turn; see `Dialect.ask`."""
        asked = f"Question: {question}\n"
        if stage == "last":
            asked = asked if len(views) > 1 else f"{_whole(views[0])}\n{asked}"
            return f"{asked}No further part can be shown. {_ORDER} {_HOW_TO_ANSWER}."
        if stage == "zoomed":
            return f"{_described(views)}\n{asked}{_ORDER} {_HOW_TO_ANSWER}. {_zoom_again(views)}"
        last = views[-1]
        shown = f"{_whole(last)}\n{asked}"
        if last.full_resolution:
            return f"{shown}Nothing was lost by showing it. {_ORDER} {_HOW_TO_ANSWER}."
        return (
            f"{shown}Which part of it has to be seen in full detail to answer? "
            f"{_ORDER} {_HOW_TO_ZOOM}."
        )

    def repair(self, error: MoveError, views: Sequence[ShownView]) -> str:
        """The one second question after an unusable reply."""
        return (
            f"That reply could not be used: {error}. The last image shown is {_pixels(views[-1])} "
            f"pixels (width x height). Either {_HOW_TO_ZOOM}; or {_HOW_TO_ANSWER}."
        )

    def parse(self, reply: str, views: Sequence[ShownView]) -> Move:
        """Read a reply; see `Dialect.parse`."""
        return parse_reply(reply, views)

    def write(self, move: Move) -> str:
        """The strict form of a move; every box names its view."""
        return write_move(move)


def _whole(view: ShownView) -> str:
    return f"This is the whole image, shown at {_pixels(view)} pixels."


def _described(views: Sequence[ShownView]) -> str:
    """What the crops are, with their numbers and sizes."""
    parts = (f"view {view.number} ({_pixels(view)} pixels)" for view in views[1:])
    return f"Parts shown closer so far: {', '.join(parts)}."


def _zoom_again(views: Sequence[ShownView]) -> str:
    return (
        f"Only if something is still unreadable or missing, {_HOW_TO_ZOOM}; "
        f'boxes are in view {views[-1].number}, or write <zoom view="1"> for the whole image.'
    )


def _pixels(view: ShownView) -> str:
    return f"{view.shown.width}x{view.shown.height}"
