"""What a policy did, in words."""

from ergo_agent.episode.turn import Turn

__all__ = ["move_in_words"]

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
    return "says that it is not there" if turn.move.text is None else "answers"
