"""What goes on in an episode, told on stderr while it runs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.text import Text

from ergo_agent.episode.events import (
    NextDecided,
    PageOpened,
    PagesSurveyed,
    TokensSpent,
    ViewMade,
    read_event,
)
from ergo_agent.episode.moves import Step
from ergo_agent.episode.turn import Turn
from ergo_agent.report.words import move_in_words
from ergo_agent.views.view import View

if TYPE_CHECKING:
    from rich.status import Status

__all__ = ["DocumentProgress", "EpisodeProgress"]

_AFTER_A_TURN: dict[Step, str] = {
    "second_question": "asking a second time",
    "last_question": "asking for the last time",
    "zoom": "looking closer",
    "verify": "asking again from the crops alone",
    "answer": "finishing",
}
"""What goes on after a reply, by what the state says is to be done next."""


class EpisodeProgress:
    """Prints a line for every view and turn, and keeps the stage and the tokens in the spinner.

    Nothing of it is a model's or a document's text, so none of it can command the terminal.
    """

    def __init__(self, status: "Status", *, max_vision_tokens: int) -> None:
        """Begin.

        Args:
            status: The spinner; its console prints the lines.
            max_vision_tokens: What the episode may spend.
        """
        self._status = status
        self._allowed = max_vision_tokens
        self._stage = "opening the image"
        self._spent = self._views = self._turns = 0

    def show(self, state: Mapping[str, Any]) -> None:
        """Tell what is new.

        Args:
            state: The graph's whole state after a step, as its stream of `values` gives it.
        """
        for each in state.get("views", [])[self._views :]:
            self._view(View.model_validate(each))
            self._stage = "reading what is shown"
        for each in state.get("turns", [])[self._turns :]:
            self._turn(Turn.model_validate(each))
            self._stage = _AFTER_A_TURN.get(state["next"]["do"], "working")
        self._status.update(f"{self._stage} ... {self._tokens()}")

    def _view(self, view: View) -> None:
        self._views += 1
        self._spent += view.tokens
        what = "the whole image" if view.number == 1 else f"pixels {view.region.as_tuple()}"
        shown = f"{view.shown.width}x{view.shown.height}"
        self._line(f"view {view.number}: {what}, shown at {shown}; {self._tokens()}")

    def _turn(self, turn: Turn) -> None:
        self._turns += 1
        said = f", {turn.output_tokens:,} reply tokens" if turn.output_tokens else ""
        self._line(f"turn {self._turns}: {move_in_words(turn)} ({turn.seconds:.1f} s{said})")

    def _tokens(self) -> str:
        return f"{self._spent:,} of {self._allowed:,} vision tokens"

    def _line(self, text: str) -> None:
        self._status.console.print(Text(text, style="dim"), soft_wrap=True)


class DocumentProgress:
    """Prints a line for the survey, each page, view and turn of an episode about a document.

    Of a model's or a document's text nothing is shown, as in `EpisodeProgress`.
    """

    def __init__(self, status: "Status", *, max_vision_tokens: int) -> None:
        """Begin.

        Args:
            status: The spinner; its console prints the lines.
            max_vision_tokens: What the episode may spend over all pages.
        """
        self._status = status
        self._allowed = max_vision_tokens
        self._spent = 0
        self._surveyed = False

    def show(self, chunk: object) -> None:
        """Tell what is new.

        Args:
            chunk: What the graph's `custom` stream gave.
        """
        event = read_event(chunk)
        if isinstance(event, PagesSurveyed):
            self._survey(event)
        elif isinstance(event, PageOpened):
            self._line(f"page {event.page} of {event.of}: opened ({event.why or 'asked about'})")
            self._status.update(f"page {event.page} ... {self._tokens()}")
        elif isinstance(event, ViewMade):
            self._view(event)
        elif isinstance(event, TokensSpent):
            said = f", {event.output_tokens:,} reply tokens" if event.output_tokens else ""
            self._line(f"page {event.page}, turn {event.turn}: {event.seconds:.1f} s{said}")
        elif isinstance(event, NextDecided):
            after = _AFTER_A_TURN.get(event.next, "working")
            self._status.update(f"page {event.page}: {after} ... {self._tokens()}")

    def _survey(self, event: PagesSurveyed) -> None:
        self._status.update(f"surveying the pages: {event.done:,} of {event.of:,}")
        if event.done == event.of and not self._surveyed:
            self._surveyed = True
            self._line(f"surveyed {event.of:,} pages")

    def _view(self, view: ViewMade) -> None:
        self._spent += view.tokens
        what = "the whole page" if view.number == 1 else f"pixels {view.region.as_tuple()}"
        shown = f"{view.shown.width}x{view.shown.height}"
        self._line(
            f"page {view.page}, view {view.number}: {what}, shown at {shown}; {self._tokens()}"
        )

    def _tokens(self) -> str:
        return f"{self._spent:,} of {self._allowed:,} vision tokens"

    def _line(self, text: str) -> None:
        self._status.console.print(Text(text, style="dim"), soft_wrap=True)
