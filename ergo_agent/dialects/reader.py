"""The dialect of the embedded reader: the bare question, and where each image lies on the page.

The replies use ERGO's tags. `ImageNote` is the line that tells the reader what an image shows; the
reader sees nothing else of the episode.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple, Self

from langchain_core.messages import AIMessage

from ergo_agent.dialects.registry import register_dialect
from ergo_agent.dialects.replies import parse_reply, write_move
from ergo_agent.dialects.text import TextDialect
from ergo_agent.episode.moves import Answer, Move, Stage
from ergo_agent.errors import MoveError
from ergo_agent.views.frames import PIXELS
from ergo_agent.views.geometry import ViewBox
from ergo_agent.views.patches import QWEN2_5_VL
from ergo_agent.views.tokens import TokenRule
from ergo_agent.views.view import View

__all__ = ["BESIDE", "LAST_CALL", "QUESTION", "SAID_BESIDE", "ImageNote", "ReadingDialect"]

QUESTION = "Question:"
"""What the line with the question begins with."""
LAST_CALL = "Answer now."
"""The line that says that no further zoom is possible."""
BESIDE = "ergo_agent_answer"
"""Where a reply's metadata keep what its text does not say. A document may have any text printed on
it, so that does not stand in the text of the reply."""
SAID_BESIDE = ("confidence", "quote", "read_from")
"""What of an `Answer` stands there."""

_NOTE = re.compile(
    r"^Image (?P<number>\d+): \[(?P<box>[-\d., ]+)\] of image 1, scale (?P<scale>[\d.]+)$"
)


class ImageNote(NamedTuple):
    """What one image of the conversation shows."""

    number: int
    place: ViewBox
    """Where it lies, in pixels of image 1."""
    scale: float
    """Shown pixels per original pixel."""

    def line(self) -> str:
        """The note as a line of text."""
        box = ", ".join(f"{edge:.2f}" for edge in self.place)
        return f"Image {self.number}: [{box}] of image 1, scale {self.scale:.4f}"

    @classmethod
    def parse(cls, line: str) -> Self | None:
        """Read a note back; None for any other line."""
        match = _NOTE.match(line.strip())
        if not match:
            return None
        edges = [float(edge) for edge in match["box"].split(",")]
        if len(edges) != 4:
            return None
        return cls(int(match["number"]), ViewBox(*edges), float(match["scale"]))


@register_dialect("reading", models=[r"^rapidocr$"])  # `ChatOcr`
class ReadingDialect(TextDialect):
    """The bare question with ERGO's tags, as `ChatOcr` speaks it."""

    name = "reading"
    frame = PIXELS

    def __init__(self, *, token_rule: TokenRule = QWEN2_5_VL) -> None:
        """Set the token rule.

        Args:
            token_rule: What a view costs, so that budgets mean the same for every policy.
        """
        self.token_rule = token_rule

    def system_prompt(self) -> None:
        """None: the reader needs no instructions."""
        return

    def ask(self, question: str, views: Sequence[View], *, stage: Stage) -> str:
        """The question, one note an image, and whether this is the last call."""
        coarse = {view.page: view for view in views if view.is_coarse}
        notes = [_note(view, coarse[view.page]).line() for view in views]
        last = [LAST_CALL] if stage == "last" else []
        return "\n".join([f"{QUESTION} {' '.join(question.split())}", *notes, *last])

    def second_question(self, error: MoveError, views: Sequence[View]) -> str:  # noqa: ARG002
        """Ask for the answer at once; the reader does not correct itself."""
        return f"{LAST_CALL}\nThe reply could not be used: {error}"

    def parse(self, reply: str, views: Sequence[View]) -> Move:
        """Read the text of a reply; see `Dialect.read`."""
        return parse_reply(reply, views)

    def read(self, reply: AIMessage, views: Sequence[View]) -> Move:
        """Read a reply: the move in its text, and what is said beside it."""
        move = super().read(reply, views)
        said = reply.response_metadata.get(BESIDE)
        if not isinstance(move, Answer) or not isinstance(said, dict):
            return move
        return move.model_copy(update={name: said[name] for name in SAID_BESIDE if name in said})

    def write(self, move: Move, views: Sequence[View]) -> str:  # noqa: ARG002
        """The strict form of a move, every box with the number of its view."""
        return write_move(move)


def _note(view: View, coarse: View) -> ImageNote:
    return ImageNote(view.number, coarse.map.to_view(view.region), min(view.map.scale))
