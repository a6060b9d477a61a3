"""How far an answer is to be relied on, and why: found, unsure, not found, or no answer."""

from typing import Literal, NamedTuple

from ergo_agent.episode.record import Record
from ergo_agent.episode.stopping import NO_ANSWER, reason_in_words
from ergo_agent.report.words import verified_in_words

__all__ = ["Certainty", "Standing", "certainty_of", "confidence_in_words"]

Standing = Literal["found", "unsure", "not_found", "no_answer"]

_UNSURE_BELOW = 0.7
"""Of the embedded reader's answers on the held-out pages with a confidence of 0.5 to 0.7, 69 % were
right (74 answers), of those from 0.8 on 90 % (121); docs/performance.md has the table."""

_FORCED: frozenset[str] = frozenset(
    {"max_zooms", "token_budget", "deadline", "context_length", "rejected", *NO_ANSWER}
)
"""Reasons for which an answer was asked for although the policy had wanted to look closer, or was
not understood."""


class Certainty(NamedTuple):
    """How far an answer is to be relied on."""

    standing: Standing
    why: str
    """What it stands on, as a sentence without its full stop; empty where nothing is known."""

    @property
    def title(self) -> str:
        """The word that people are shown."""
        return self.standing.replace("_", " ").capitalize()


def certainty_of(result: Record) -> Certainty:
    """How far the answer of an episode is to be relied on.

    An answer is unsure where its confidence is low, where it was asked for again from its crops
    alone and not confirmed, or where a policy without a confidence was made to answer before it
    had seen what it wanted.
    """
    if result.answer is None:
        standing: Standing = "no_answer" if result.stop_reason in NO_ANSWER else "not_found"
        return Certainty(standing, "" if standing == "not_found" else _ended(result))
    if result.verified is False:
        return Certainty("unsure", _capital(verified_in_words(result.verified)))
    if result.confidence is not None:
        sure = result.confidence >= _UNSURE_BELOW
        return Certainty("found" if sure else "unsure", confidence_in_words(result.confidence))
    if result.stop_reason in _FORCED:
        return Certainty("unsure", _ended(result))
    confirmed = "" if result.verified is None else verified_in_words(result.verified)
    return Certainty("found", _capital(confirmed))


def confidence_in_words(confidence: float) -> str:
    """A calibrated probability, as people say it."""
    return f"{confidence:.0%} likely to be right"


def _ended(result: Record) -> str:
    return _capital(reason_in_words(result.stop_reason))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
