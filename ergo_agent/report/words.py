"""What a policy did, and what came of it, in words."""

from ergo_agent.episode.record import Verified
from ergo_agent.episode.turn import Turn

__all__ = ["move_in_words", "verified_in_words"]

_ENDED = {
    "cut_off": "no usable reply: it was cut off",
    "refused": "refuses to reply",
    "no_reply": "an empty reply",
}


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
