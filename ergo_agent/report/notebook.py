"""A result in a notebook: small, and readable on a light and on a dark page."""

from ergo_agent.episode.record import Record
from ergo_agent.episode.stopping import nothing_in_words, reason_in_words
from ergo_agent.errors import ErgoError
from ergo_agent.images.maker import ViewMaker
from ergo_agent.report.boxes import page_boxes
from ergo_agent.report.certainty import certainty_of
from ergo_agent.report.costs import cost_bars
from ergo_agent.report.jinja import templates
from ergo_agent.report.pictures import Picture, picture_of_view

__all__ = ["notebook_html"]

_PICTURE_BYTES = 36_000
"""A notebook keeps what it shows: with the most boxes and long texts this, written in base64, is
less than 100,000 characters whatever the picture holds; of fifty answers it stays below 3 MB."""

_MOST_BOXES = 40
_MOST_CHARS = 2000


def notebook_html(result: Record) -> str:
    """A fragment of HTML without script or style sheet; blocking.

    The coarse view is in it where memory still has it, with the boxes drawn on it.
    """
    picture = _coarse(result)
    return (
        templates()
        .get_template("notebook.html")
        .render(
            result=result,
            certainty=certainty_of(result),
            picture=picture,
            boxes=page_boxes(result, picture)[-_MOST_BOXES:],
            bars=cost_bars(result.ledger),
            stopped=reason_in_words(result.stop_reason),
            nothing=nothing_in_words(result.stop_reason),
            most_chars=_MOST_CHARS,
        )
    )


def _coarse(result: Record) -> Picture | None:
    """The coarse view; None where memory has forgotten it: a notebook asks for no image again."""
    coarse = [view.digest for view in result.views if view.is_coarse]
    try:
        data = ViewMaker().store.get(coarse[0])
        return picture_of_view(data, max_bytes=_PICTURE_BYTES)
    except (ErgoError, IndexError):
        return None
