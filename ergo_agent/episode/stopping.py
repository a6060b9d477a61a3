"""Why an episode ends, when, and in which words: every reason stands here, and nowhere else.

What a reply came to is judged by `of_answer` and `of_region`, what may still be
asked for by `of_limits`; the graph carries out what they say.
"""

from collections.abc import Iterable
from typing import Literal

from ergo_agent.episode.budget import Budget
from ergo_agent.views.geometry import Region
from ergo_agent.views.view import View

__all__ = [
    "NO_ANSWER",
    "OUT_OF_CONTEXT",
    "OUT_OF_PAGES",
    "OUT_OF_TIME",
    "OUT_OF_TOKENS",
    "REJECTED",
    "UNUSABLE",
    "StopReason",
    "ended_in_words",
    "not_shown_in_words",
    "nothing_in_words",
    "of_answer",
    "of_limits",
    "of_region",
    "reason_in_words",
]

StopReason = Literal[
    "answered",
    "not_found",
    "full_resolution",
    "repeated_region",
    "max_zooms",
    "max_pages",
    "token_budget",
    "deadline",
    "context_length",
    "unusable_reply",
    "cut_off",
    "refused",
    "no_reply",
    "rejected",
]
"""Why the zooming ended. `answered` and `not_found`: the policy ended it. Every other reason is
what made the graph ask a last time, for an answer from what had been seen:

- `full_resolution`: the policy wanted a closer look at what it saw at full resolution already;
- `repeated_region`: it wanted to see again what it had been shown;
- `max_zooms`, `token_budget`, `deadline`: the setting of that name was used up;
- `max_pages`: so many pages of the document were looked at and gave no answer, and there are more;
- `context_length`: the conversation was longer than the model's context, and the answer is asked
  for from the newest views alone;
- `unusable_reply`: two replies in a row held neither a usable box nor an answer;
- `cut_off`, `refused`, `no_reply`: likewise, and the last of them ended at the limit of tokens, was
  refused by the model or a filter, or was empty;
- `rejected`: a person who was asked about the zoom rejected it.
"""

_WORDS = {
    "answered": "the answer was found",
    "not_found": "the answer was not found in what was looked at",
    "full_resolution": "what was to be seen closer was at full resolution already",
    "repeated_region": "what was to be seen closer had been shown already",
    "max_zooms": "the zooms allowed were used up",
    "max_pages": "the pages allowed to be opened gave no answer, and there are more",
    "token_budget": "the vision tokens allowed were used up",
    "deadline": "the time allowed was used up",
    "context_length": "the conversation was longer than the model's context",
    "rejected": "a person who was asked about a zoom rejected it",
    "unusable_reply": "two replies in a row held neither a usable box nor an answer",
    "cut_off": "the reply was cut off at the limit of tokens",
    "refused": "the model, or a filter, refused to reply",
    "no_reply": "the model gave an empty reply",
}

NO_ANSWER = frozenset({"unusable_reply", "cut_off", "refused", "no_reply"})
"""Reasons for which an episode without an answer does not say that the image holds none."""


_NOT_SHOWN = {
    "full_resolution": "it was shown at full resolution already",
    "repeated_region": "it was shown already",
    "token_budget": "too few vision tokens are left",
}

OUT_OF_TIME: StopReason = "deadline"
"""For a reply that the deadline came before."""
OUT_OF_TOKENS: StopReason = "token_budget"
"""For new regions of which none can be paid for."""
OUT_OF_PAGES: StopReason = "max_pages"
"""For a document of which no more pages may be opened."""
OUT_OF_CONTEXT: StopReason = "context_length"
"""For a conversation that the model has no room for."""
UNUSABLE: StopReason = "unusable_reply"
"""For a second reply in a row that cannot be used, and for an episode without any usable one."""
REJECTED: StopReason = "rejected"
"""For a zoom that a person turned down without giving another."""


def of_answer(text: str | None, *, earlier: StopReason | None) -> StopReason:
    """Why an episode ends with an answer.

    Args:
        text: The answer; None where the policy says that there is none.
        earlier: What ended the zooming before, and so is the reason.
    """
    return earlier or ("not_found" if text is None else "answered")


def of_limits(
    views: Iterable[View],
    *,
    zooms: int,
    budget: Budget,
    seconds_left: float | None,
    slowest: float,
) -> StopReason | None:
    """The limit that leaves no zoom after the next question; None where one may follow.

    Args:
        views: All views shown so far.
        zooms: How many times the policy has zoomed (`max_zooms`).
        budget: What is left to spend (`max_vision_tokens`).
        seconds_left: To the `deadline`; None without one.
        slowest: Seconds that the slowest reply so far took.
    """
    if seconds_left is not None and seconds_left < slowest:
        return OUT_OF_TIME  # there is time for one more reply, if at all
    if all(view.is_coarse and view.full_resolution for view in views):
        return None  # nothing can be gained by zooming, so no limit takes anything away
    if zooms >= budget.settings.max_zooms:
        return "max_zooms"
    return None if budget.affords_crop else OUT_OF_TOKENS


def of_region(
    asked: Region, shown: Region, *, known: Iterable[View], repeat_iou: float
) -> StopReason | None:
    """Why a region is not worth a crop; None where it shows something new.

    Args:
        asked: What was asked for, in original pixels.
        shown: What would be shown of it: that and its surroundings.
        known: The views of the same page so far.
        repeat_iou: From which overlap with a view it is a repeat.
    """
    views = list(known)
    if any(view.full_resolution and view.region.contains(asked) for view in views):
        return "full_resolution"
    overlap = (max(view.region.iou(asked), view.region.iou(shown)) for view in views)
    return "repeated_region" if any(each >= repeat_iou for each in overlap) else None


def reason_in_words(stop_reason: str) -> str:
    """A stop reason as the end of a sentence; one that is not known, by its name."""
    return _WORDS.get(stop_reason, stop_reason.replace("_", " "))


def ended_in_words(stop_reason: str) -> str:
    """Why an episode ended, as the end of a sentence; empty where what it came to says so."""
    if stop_reason in {"answered", "not_found"}:
        return ""
    return f"; it ended because {reason_in_words(stop_reason)}"


def not_shown_in_words(stop_reason: StopReason | None) -> str:
    """Why boxes that a person gave are not shown; without a reason, too few tokens are left."""
    return _NOT_SHOWN.get(stop_reason or OUT_OF_TOKENS, "it shows nothing new")


def nothing_in_words(stop_reason: str) -> str:
    """What is shown in place of an answer: a policy that gave none has not looked in vain."""
    return "no answer" if stop_reason in NO_ANSWER else "not found"
