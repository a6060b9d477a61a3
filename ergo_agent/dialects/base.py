"""What every dialect does: how one model family is asked, and how its replies are read."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from ergo_agent.budget import TokenRule
from ergo_agent.errors import MoveError
from ergo_agent.geometry import Region, Size, ViewBox, ViewMap

__all__ = ["Answer", "Dialect", "Move", "PlacedBox", "ShownView", "Stage", "Zoom"]

Stage = Literal["observe", "zoomed", "last"]
"""Where in an episode a question is asked: about the coarse view, about new crops with a further
zoom allowed, or for the last time, when only an answer will do."""


class ShownView(BaseModel):
    """What a policy may know about a view it is shown."""

    model_config = ConfigDict(frozen=True)

    number: int
    """Position in the conversation; 1 is the coarse view."""

    region: Region
    """What it shows, in original pixels."""

    shown: Size
    """The size at which it is shown, in view pixels."""

    original: Size
    """The size of the whole original, in original pixels."""

    @property
    def map(self) -> ViewMap:
        """The affine map between this view's pixels and original pixels."""
        return ViewMap(region=self.region, shown=self.shown)

    @property
    def full_resolution(self) -> bool:
        """Whether nothing was lost by shrinking: zooming further cannot show more."""
        size = self.region.size
        return self.shown.width >= size.width and self.shown.height >= size.height


class PlacedBox(NamedTuple):
    """A box in view pixels, and the number of the view it was written for."""

    box: ViewBox
    view: int


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


Move = Zoom | Answer
"""What a reply decided."""


class Dialect(ABC):
    """Prompts, box grammar, box frame and token rule of one model family."""

    name: str
    token_rule: TokenRule

    @abstractmethod
    def system_prompt(self) -> str | None:
        """The system message, or None for a family that is asked without one."""

    @abstractmethod
    def ask(self, question: str, views: Sequence[ShownView], *, stage: Stage) -> str:
        """The text of the user turn that comes with the newly shown views.

        Args:
            question: The user's question, as given.
            views: All views shown so far, this turn's included, in order.
            stage: Where in the episode this turn stands.
        """

    @abstractmethod
    def repair(self, error: MoveError, views: Sequence[ShownView]) -> str:
        """The one second question after a reply that could not be used; no image comes with it."""

    @abstractmethod
    def parse(self, reply: str, views: Sequence[ShownView]) -> Move:
        """Read a reply, as tolerantly as is safe.

        Args:
            reply: The text of the model's reply, whatever it holds.
            views: All views shown so far; a box without a view number belongs to the last one.

        Raises:
            ReplyFormatError: If it holds neither a usable box nor an answer. Nothing else.
        """

    @abstractmethod
    def write(self, move: Move) -> str:
        """The strict form of `move`, as this family writes it."""
