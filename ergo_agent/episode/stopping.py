"""Why an episode ended: every reason, and its words."""

from typing import Literal

__all__ = ["NO_ANSWER", "StopReason", "nothing_in_words", "reason_in_words"]

StopReason = Literal[
    "answered",
    "not_found",
    "full_resolution",
    "repeated_region",
    "max_zooms",
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
- `context_length`: the conversation was longer than the model's context, and the answer is asked
  for from the newest views alone;
- `unusable_reply`: two replies in a row held neither a usable box nor an answer;
- `cut_off`, `refused`, `no_reply`: likewise, and the last of them ended at the limit of tokens, was
  refused by the model or a filter, or was empty;
- `rejected`: a person who was asked about the zoom rejected it.
"""

_WORDS = {
    "answered": "the policy answered",
    "not_found": "the policy says that the image does not hold the answer",
    "full_resolution": "what the policy wanted to see closer was at full resolution already",
    "repeated_region": "the policy wanted to see again what it had been shown",
    "max_zooms": "the zooms allowed were used up",
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


def reason_in_words(stop_reason: str) -> str:
    """A stop reason as the end of a sentence; one that is not known, by its name."""
    return _WORDS.get(stop_reason, stop_reason.replace("_", " "))


def nothing_in_words(stop_reason: str) -> str:
    """What is shown in place of an answer: a policy that gave none has not looked in vain."""
    return "no answer" if stop_reason in NO_ANSWER else "not found"
