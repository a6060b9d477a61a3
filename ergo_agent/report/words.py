"""Who answered, what was done, and what came of it: in the words that people are shown."""

from ergo_agent.episode.record import Verified
from ergo_agent.episode.turn import Turn

__all__ = ["move_in_words", "stage_in_words", "verified_in_words", "who_in_words"]

_ENDED = {
    "cut_off": "no usable reply: it was cut off",
    "refused": "refuses to reply",
    "no_reply": "an empty reply",
}

_WHO = {"rapidocr/reading": "the embedded reader"}
"""Policies that people know by another name than results do."""

_STAGES = {
    "survey": "looking through the pages",
    "observe": "first look",
    "policy": "reading and deciding",
    "zoom": "looking closer",
    "verify": "asking again",
    "answer": "finishing",
}


def who_in_words(policy: str) -> str:
    """Who answered, by the name of its policy: the model, without the dialect it was asked in."""
    model, slash, _ = policy.rpartition("/")
    return _WHO.get(policy, model if slash else policy)


def stage_in_words(stage: str) -> str:
    """What an episode's seconds were spent on; a stage that is not known, by its name."""
    return _STAGES.get(stage, stage.replace("_", " "))


def move_in_words(turn: Turn) -> str:
    """What the policy did in a turn, as what follows its name."""
    if turn.move is None:
        if turn.reply is None:
            return "no reply in time"
        return _ENDED.get(turn.ended or "", "no usable reply")
    if turn.move.kind == "zoom":
        count = len(turn.move.boxes)
        what = "a region" if count == 1 else f"{count} regions"
        return f"asks to see {what} closer"
    if turn.check:
        none = turn.move.text is None
        return f"asked again from a crop alone, {'finds nothing' if none else 'answers'}"
    return "says that it is not there" if turn.move.text is None else "answers"


def verified_in_words(verified: Verified) -> str:
    """What asking again from the crops alone came to, as the end of a sentence."""
    if verified == "changed":
        return "changed to what its crops alone say twice"
    return "confirmed from its crops alone" if verified else "not confirmed from its crops alone"
