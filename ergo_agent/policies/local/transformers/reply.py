"""One reply while it is written: token by token into text, up to where it ends.

Tokens become text by `tokenizers`' own `DecodeStream`, not by transformers' `TextIteratorStreamer`:
that one takes a single row, and lets text go only up to the last space, so that a stop text without
a space after it would be noticed many tokens late.
"""

from collections.abc import Sequence
from typing import Literal

from tokenizers import Tokenizer
from tokenizers.decoders import DecodeStream

from ergo_agent.policies.local.generation import OnText

__all__ = ["ReplyWriter", "StopCutter"]


class StopCutter:
    """Lets text through up to the first stop text, and holds back what may become one."""

    def __init__(self, stops: Sequence[str], *, on_text: OnText) -> None:
        """Say what ends the text.

        Args:
            stops: The stop texts; none lets everything through.
            on_text: Takes what is let through.
        """
        self._stops = [stop for stop in stops if stop]
        self._on_text = on_text
        self._held = ""
        self.stopped = False
        """Whether a stop text came."""

    def put(self, text: str) -> None:
        """Take the next piece of text."""
        if self.stopped:
            return
        self._held += text
        found = [at for stop in self._stops if (at := self._held.find(stop)) >= 0]
        self.stopped = bool(found)
        self._let_go(min(found) if found else len(self._held) - self._unsure())

    def end(self) -> None:
        """Let go of what was held back: no more text comes."""
        if not self.stopped:
            self._let_go(len(self._held))

    def _let_go(self, size: int) -> None:
        if size:
            self._on_text(self._held[:size])
        self._held = self._held[size:]

    def _unsure(self) -> int:
        """How many characters at the end may be the beginning of a stop text."""
        longest = max(map(len, self._stops), default=1) - 1
        for size in range(min(longest, len(self._held)), 0, -1):
            if any(stop.startswith(self._held[-size:]) for stop in self._stops):
                return size
        return 0


class ReplyWriter:
    """The reply of one row of a batch."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        *,
        ends: frozenset[int],
        max_tokens: int,
        stops: Sequence[str],
        on_text: OnText | None,
    ) -> None:
        """Begin an empty reply.

        Args:
            tokenizer: Turns tokens into text.
            ends: Ids of the tokens that end a reply.
            max_tokens: Longest reply in tokens, its end mark included.
            stops: Texts that end the reply and are not part of it.
            on_text: Takes the text as it comes.
        """
        self._tokenizer = tokenizer
        self._decoding = DecodeStream(skip_special_tokens=True)
        self._ends = ends
        self._max_tokens = max_tokens
        self._on_text = on_text
        self._pieces: list[str] = []
        self._cutter = StopCutter(stops, on_text=self._take)
        self.tokens = 0
        """Tokens of the reply so far, its end mark included."""

        self.finish_reason: Literal["stop", "length"] | None = None
        """Why it ended; None while it is written."""

    @property
    def text(self) -> str:
        """The reply so far."""
        return "".join(self._pieces)

    def put(self, token: int) -> None:
        """Take the next token; after the end of the reply, none has an effect."""
        if self.finish_reason is not None:
            return
        self.tokens += 1
        if token in self._ends:
            self.finish_reason = "stop"
        elif text := self._decoding.step(self._tokenizer, token):
            self._cutter.put(text)
        if self._cutter.stopped:
            self.finish_reason = "stop"
        elif self.finish_reason is None and self.tokens >= self._max_tokens:
            self.finish_reason = "length"
        if self.finish_reason is not None:
            self._cutter.end()

    def _take(self, text: str) -> None:
        self._pieces.append(text)
        if self._on_text is not None:
            self._on_text(text)
