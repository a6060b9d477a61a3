"""Dialects in ERGO's tags: what differs between families is data.

Tags, order of the instructions and box grammar are those that ERGO was trained with; the wording
is this project's own.
"""

from collections.abc import Sequence

from ergo_agent.dialects.patterns import tag_pattern
from ergo_agent.dialects.places import in_frame, in_pixels
from ergo_agent.dialects.replies import parse_reply, write_move
from ergo_agent.dialects.text import TextDialect
from ergo_agent.episode.moves import Move, Stage
from ergo_agent.errors import MoveError
from ergo_agent.views.frames import Frame
from ergo_agent.views.tokens import TokenRule
from ergo_agent.views.view import View

__all__ = ["IM_END", "TagDialect"]

IM_END = ("<|im_end|>",)
"""How the Qwen and InternVL families end a turn."""

_SYSTEM = (
    "You answer questions about a large image. You first get a reduced copy of it and may ask for "
    "parts of it at full detail. Think before every reply, inside <think> and </think>."
)
_HOW_TO_ANSWER = (
    "reply as <answer>...</answer>, with nothing but the answer in it; if what was shown does not "
    "hold the answer, reply <answer></answer><not_found/>"
)
_ORDER = "First reason inside <think></think>, then"


class TagDialect(TextDialect):
    """`<think>`, then `<zoom>` with a box in the family's frame, or `<answer>`."""

    def __init__(self, name: str, *, frame: Frame, token_rule: TokenRule) -> None:
        """Say how a family differs.

        Args:
            name: What the dialect is chosen by.
            frame: What the numbers of its boxes count.
            token_rule: What a view costs, and its limits.
        """
        self.name = name
        self.frame = frame
        self.token_rule = token_rule

    def system_prompt(self) -> str:
        """The system message."""
        return _SYSTEM

    def ask(self, question: str, views: Sequence[View], *, stage: Stage) -> str:
        """The text of a user turn; see `Dialect.ask`."""
        asked = f"Question: {question}\n"
        if stage == "last":
            asked = asked if len(views) > 1 else f"{_whole(views[-1])}\n{asked}"
            return f"{asked}No further part can be shown. {_ORDER} {_HOW_TO_ANSWER}."
        if stage == "zoomed":
            again = self._zoom_again(views)
            return f"{_described(views)}\n{asked}{_ORDER} {_HOW_TO_ANSWER}. {again}"
        last = views[-1]
        shown = f"{_whole(last)}\n{asked}"
        if last.full_resolution:
            return f"{shown}Nothing was lost by showing it. {_ORDER} {_HOW_TO_ANSWER}."
        return (
            f"{shown}Which part of it has to be seen in full detail to answer? "
            f"{_ORDER} {self._how_to_zoom}."
        )

    def second_question(self, error: MoveError, views: Sequence[View]) -> str:
        """The one second question after an unusable reply."""
        return (
            f"That reply could not be used: {error}. The last image shown is {_pixels(views[-1])} "
            f"pixels (width x height). Either {self._how_to_zoom}; or {_HOW_TO_ANSWER}."
        )

    def parse(self, reply: str, views: Sequence[View]) -> Move:
        """Read the text of a reply; see `Dialect.read`."""
        return in_pixels(parse_reply(reply, views, frame=self.frame), frame=self.frame, views=views)

    def write(self, move: Move, views: Sequence[View]) -> str:
        """The strict form of a move; every box names its view."""
        return write_move(in_frame(move, frame=self.frame, views=views))

    def reply_pattern(self, stage: Stage, views: Sequence[View]) -> str:
        """The regular expression of a whole reply; see `Dialect.reply_pattern`."""
        return tag_pattern(stage, views, frame=self.frame)

    @property
    def _how_to_zoom(self) -> str:
        return (
            "give the smallest box that holds what is needed as <zoom>[x1, y1, x2, y2]</zoom>, "
            f"{self.frame.words}: left, top, right, bottom"
        )

    def _zoom_again(self, views: Sequence[View]) -> str:
        return (
            f"Only if something is still unreadable or missing, {self._how_to_zoom}; "
            f'boxes are in view {views[-1].number}, or write <zoom view="1"> for the whole image.'
        )


def _whole(view: View) -> str:
    return f"This is the whole image, shown at {_pixels(view)} pixels."


def _described(views: Sequence[View]) -> str:
    """What the crops are, with their numbers and sizes."""
    parts = (f"view {view.number} ({_pixels(view)} pixels)" for view in views if not view.is_coarse)
    return f"Parts shown closer so far: {', '.join(parts)}."


def _pixels(view: View) -> str:
    return f"{view.shown.width}x{view.shown.height}"
