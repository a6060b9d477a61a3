"""What `print` says of an answer."""

from collections.abc import Iterator

from ergo_agent._common.text import visible
from ergo_agent.episode.record import Record
from ergo_agent.episode.stopping import ended_in_words, nothing_in_words
from ergo_agent.report.certainty import certainty_of
from ergo_agent.report.words import verified_in_words

__all__ = ["answer_in_words"]


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
    certainty = certainty_of(record)
    unsure = certainty.standing == "unsure"
    ended = ended_in_words(record.stop_reason)
    if record.confidence is not None:
        of = "" if record.answer is not None else "what came nearest has "
        yield f"  {of}confidence {record.confidence:.2f}{': unsure' if unsure else ''}"
    elif unsure and record.verified is None:
        yield f"  unsure: {certainty.why[:1].lower()}{certainty.why[1:]}"
        ended = ""  # that was why
    views = "1 view" if len(record.views) == 1 else f"{len(record.views)} views"
    saved = f", {ledger.share:.0%} of one full-resolution pass" if ledger.share < 1 else ""
    yield f"  {ledger.spent} vision tokens in {views}{saved}{ended}"
