"""The report: one HTML file with the pictures, the words and the price of an episode."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from ergo_agent.episode.record import Record
from ergo_agent.episode.stopping import nothing_in_words, reason_in_words
from ergo_agent.errors import SettingsError
from ergo_agent.images import DEFAULT_LIMITS, ImageLimits, ImageSource, ImageStore
from ergo_agent.images.sources import kind_of_source
from ergo_agent.report.boxes import page_boxes
from ergo_agent.report.certainty import certainty_of
from ergo_agent.report.costs import cost_bars
from ergo_agent.report.coverage import seen_pages
from ergo_agent.report.gallery import gather
from ergo_agent.report.jinja import template_text, templates
from ergo_agent.report.turns import answering_turn, turn_parts

__all__ = ["report_html", "save_report"]

_MOST_CHARS = 200_000
"""Of the question, reasoning, reply and tool calls of all turns together. A character takes at most
five bytes."""


def save_report(
    result: Record,
    path: str | os.PathLike[str],
    *,
    image: ImageSource | None = None,
    store: ImageStore | None = None,
    limits: ImageLimits = DEFAULT_LIMITS,
) -> None:
    """Write the report to a file; blocking. See `VisionAnswer.save_report`."""
    text = report_html(result, image=image, store=store, limits=limits)
    try:
        Path(path).write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise SettingsError(
            f"the report {os.fspath(path)} cannot be written ({error.strerror}); "
            "name a file in a folder that is there"
        ) from error


def report_html(
    result: Record,
    *,
    image: ImageSource | None = None,
    store: ImageStore | None = None,
    limits: ImageLimits = DEFAULT_LIMITS,
    name: str | None = None,
) -> str:
    """The report as text; blocking.

    Args:
        result: What the episode left behind.
        image: The image it was about, for where the store has forgotten it; its name is shown.
        store: Where its pictures are kept by digest; memory shared by the process when left out.
        limits: What is too large to be opened, as the question was asked with: then what was
            decoded for it is used again, where it was kept in the memory of the process.
        name: What the image is called, where that is not the name of `image`.

    Raises:
        ImageError: If `image` cannot be read, or is another one than the episode was about.
    """
    style, style_hash = template_text("report.css")
    script, script_hash = template_text("report.js")
    gallery = gather(result, image=image, store=store, limits=limits)
    turns = turn_parts(result, gallery)
    return (
        templates()
        .get_template("report.html")
        .render(
            result=result,
            gallery=gallery,
            turns=turns,
            opens_on=answering_turn(result, turns),
            certainty=certainty_of(result),
            boxes=page_boxes(result, gallery.page),
            pages=seen_pages(result),
            bars=cost_bars(result.ledger),
            name=name or _name(image),
            stopped=reason_in_words(result.stop_reason),
            nothing=nothing_in_words(result.stop_reason),
            most_chars=_MOST_CHARS // (4 * len(result.turns) + 2),
            style=style,
            style_hash=style_hash,
            script=script,
            script_hash=script_hash,
        )
    )


def _name(image: ImageSource | None) -> str | None:
    """The file's name, without its folder, host or query: a report is given to others."""
    kind = None if image is None else kind_of_source(image)
    if kind == "remote":
        return Path(urlsplit(str(image)).path).name
    return Path(os.fsdecode(image)).name if kind == "path" else None  # type: ignore[arg-type]
