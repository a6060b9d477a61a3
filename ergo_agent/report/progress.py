"""What goes on in an episode, in words: its events as the lines of a terminal or of a client.

The one source for all that tells of a run in lines while it goes on: the command line, the MCP
server, and whoever listens to `ask` with `episode.events.listening`. Nothing of it is a model's or
a document's text but why a page was opened, whose controls are escaped.
"""

from ergo_agent._common.text import visible
from ergo_agent.episode.events import (
    NextDecided,
    PageOpened,
    PagesSurveyed,
    TokensSpent,
    ViewMade,
    read_event,
)
from ergo_agent.episode.moves import Step
from ergo_agent.episode.stopping import NO_ANSWER, reason_in_words

__all__ = ["Progress"]

_STAGES: dict[Step, str] = {
    "second_question": "asking a second time",
    "last_question": "asking for the last time",
    "review": "waiting for a person",
    "zoom": "looking closer",
    "verify": "asking again from the crops alone",
    "answer": "finishing",
}
"""What goes on after a reply, by what comes next."""


class Progress:
    """What an episode's events come to, as they are taken in."""

    def __init__(self, *, max_vision_tokens: int | None = None) -> None:
        """Begin.

        Args:
            max_vision_tokens: What may be spent, over all pages; None where it is not told.
        """
        self._allowed = max_vision_tokens
        self._spent = 0
        self._paged = False
        self._surveyed = False
        self._turn: TokensSpent | None = None
        self._checking = False
        self._stage = "opening the image"

    @property
    def stage(self) -> str:
        """What goes on now, and what was spent."""
        return f"{self._stage} ... {self.tokens}"

    @property
    def tokens(self) -> str:
        """What the views have cost so far."""
        allowed = "" if self._allowed is None else f" of {self._allowed:,}"
        return f"{self._spent:,}{allowed} vision tokens"

    def take(self, chunk: object) -> str | None:
        """Take one event in.

        Args:
            chunk: The event, or what the graph's `custom` stream gave.

        Returns:
            A line that tells of it; None where it only changes the stage, or is another's.
        """
        event = read_event(chunk)
        if isinstance(event, PagesSurveyed):
            return self._survey(event)
        if isinstance(event, PageOpened):
            return self._page(event)
        if isinstance(event, ViewMade):
            return self._view(event)
        if isinstance(event, NextDecided):
            return self._next(event)
        if isinstance(event, TokensSpent):
            self._turn = event
        return None

    def _survey(self, event: PagesSurveyed) -> str | None:
        self._paged = True
        self._stage = f"surveying the pages: {event.done:,} of {event.of:,}"
        if event.done < event.of or self._surveyed:
            return None
        self._surveyed = True
        return f"surveyed {event.of:,} pages"

    def _page(self, event: PageOpened) -> str:
        self._paged = True
        self._stage = f"page {event.page}: opening it"
        return f"page {event.page} of {event.of}: opened ({visible(event.why) or 'asked about'})"

    def _view(self, view: ViewMade) -> str:
        self._spent += view.tokens
        self._stage = self._at(view.page, "reading what is shown", ": ")
        whole = "the whole page" if self._paged else "the whole image"
        what = whole if view.number == 1 else f"pixels {view.region.as_tuple()}"
        shown = f"shown at {view.shown.width}x{view.shown.height}"
        return self._at(view.page, f"view {view.number}: {what}, {shown}; {self.tokens}")

    def _next(self, event: NextDecided) -> str | None:
        self._stage = self._at(event.page, _STAGES.get(event.next, "working"), ": ")
        turn, self._turn = self._turn, None
        checked, self._checking = self._checking, event.next == "verify"
        if turn is None:  # no reply stands behind it
            return self._at(event.page, _decided(event)) if event.by == "person" else None
        said = f", {turn.output_tokens:,} reply tokens" if turn.output_tokens else ""
        did = f"{'asked again from a crop alone, ' if checked else ''}{_decided(event)}"
        return self._at(event.page, f"turn {turn.turn}: {did} ({turn.seconds:.1f} s{said})")

    def _at(self, page: int, text: str, between: str = ", ") -> str:
        return f"page {page}{between}{text}" if self._paged else text


def _decided(event: NextDecided) -> str:
    """What was decided, as what follows who did."""
    count = len(event.regions)
    what = "a region" if count == 1 else f"{count} regions"
    if event.by == "person":
        return f"a person chose {what}" if event.regions else "a person rejected the zoom"
    if event.next in {"zoom", "review"}:
        return f"asks to see {what} closer"
    if event.next == "answer" and event.stop_reason not in NO_ANSWER:
        return "says that it is not there" if event.answer is None else "answers"
    if event.next == "verify":
        return "answers"
    if event.next == "last_question" and event.stop_reason is not None:
        return f"has to answer, because {reason_in_words(event.stop_reason)}"
    return "no usable reply"
