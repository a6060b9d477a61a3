"""What a policy did, and what came of it, in words."""

from collections.abc import Iterator

from ergo_agent._common.text import visible
from ergo_agent.episode.record import Record, Verified
from ergo_agent.episode.stopping import nothing_in_words
from ergo_agent.episode.turn import Turn

__all__ = ["answer_in_words", "move_in_words", "verified_in_words"]

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


def answer_in_words(record: Record) -> str:
    """The answer on the first lines, then where it was read, how sure that is and what it cost."""
    nothing = nothing_in_words(record.stop_reason)
    lines = [nothing if record.answer is None else record.answer, *_about(record)]
    return visible("\n".join(lines))


def _about(record: Record) -> Iterator[str]:
    image, ledger = record.image, record.ledger
    for found in record.evidence:
        where = f"pixels {found.region.as_tuple()} of {image.width}x{image.height}"
        yield f"  page {found.page}, {where}"
    if record.verified is not None:
        yield f"  {verified_in_words(record.verified)}"
    if record.document is not None:
        yield f"  {record.document.in_words}"
    if record.confidence is not None:
        of = "" if record.answer is not None else "what came nearest has "
        yield f"  {of}confidence {record.confidence:.2f}"
    views = "1 view" if len(record.views) == 1 else f"{len(record.views)} views"
    saved = f", {ledger.share:.0%} of one full-resolution pass" if ledger.share < 1 else ""
    yield f"  {ledger.spent} vision tokens in {views}{saved}; {record.stop_reason}"
