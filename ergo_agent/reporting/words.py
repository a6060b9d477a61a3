"""What a policy did and why an episode ended, in words."""

from ergo_agent.result import Turn

__all__ = ["move_in_words", "reason_in_words"]

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
}


def reason_in_words(stop_reason: str) -> str:
    """A stop reason as the end of a sentence; one that is not known, by its name."""
    return _WORDS.get(stop_reason, stop_reason.replace("_", " "))


def move_in_words(turn: Turn) -> str:
    """What the policy did in a turn, as what follows its name."""
    if turn.move is None:
        return "no reply in time" if turn.reply is None else "no usable reply"
    if turn.move.kind == "zoom":
        count = len(turn.move.boxes)
        what = "a region" if count == 1 else f"{count} regions"
        return f"asks to see {what} closer"
    return "says that it is not there" if turn.move.text is None else "answers"
