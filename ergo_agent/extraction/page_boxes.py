"""Where values were read, drawn on their pages."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ergo_agent._common.sync import run_sync
from ergo_agent.episode.pages import DocumentPart, place_of
from ergo_agent.errors import SettingsError
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.maker import ViewMaker
from ergo_agent.images.stores import ImageStore
from ergo_agent.layout.text import Box
from ergo_agent.report.drawing import EVIDENCE_COLOUR
from ergo_agent.report.labels import beside, least_covering
from ergo_agent.views.geometry import Region, Size

__all__ = ["draw_fields", "save_boxes"]

_MANY = (".pdf", ".tif", ".tiff")
"""Endings of files that hold several pages."""

Places = Mapping[int, Sequence[tuple[str, Region]]]


def draw_fields(page: Image.Image, places: Sequence[tuple[str, Region]]) -> Image.Image:
    """A copy of a page with a frame around each value, and the field's name beside it.

    A name stands where it covers no value, no other name, and the least of what is printed.

    Args:
        page: The original, at full resolution.
        places: Names of fields, and where they were read, in original pixels.
    """
    drawn = page.convert("RGB")
    if drawn is page:
        drawn = page.copy()
    pen = ImageDraw.Draw(drawn)
    width = max(2, round(max(page.size) / 1000))
    font = ImageFont.load_default(max(10, round(max(page.size) / 120)))
    frames = [_around(region, width) for _, region in places]
    for left, top, right, bottom in frames:
        pen.rectangle((left, top, right - 1, bottom - 1), outline=EVIDENCE_COLOUR, width=width)
    taken, printed = list(frames), page.convert("L")
    for (name, _), frame in zip(places, frames, strict=True):
        across, down = pen.textbbox((0, 0), name, font=font, anchor="lt")[2:]
        labels = list(beside(frame, (across, down), width).values())
        best = least_covering(
            [[label] for label in labels], taken=taken, picture=Size(*page.size), printed=printed
        )
        pen.text(labels[best][:2], name, fill=EVIDENCE_COLOUR, font=font, anchor="lt")
        taken.append(labels[best])
    return drawn


def _around(region: Region, width: int) -> Box:
    """A value with the frame around it, in original pixels."""
    return Box(*region.as_tuple()).padded(width, width)


def save_boxes(
    path: str | os.PathLike[str],
    places: Places,
    *,
    parts: Sequence[DocumentPart],
    store: ImageStore | None,
    limits: ImageLimits,
) -> list[str]:
    """Draw values on their pages and save these; blocking.

    Args:
        path: Where; see `Extraction.save_boxes`.
        places: Names and regions by page; the first page is saved where there are none.
        parts: The files of the document.
        store: Where they are kept.
        limits: What is too large to be opened.

    Raises:
        ImageError: If a page cannot be opened any more.
        SettingsError: If a file cannot be written.
    """
    maker, target = ViewMaker(store=store, limits=limits), Path(path)
    numbers = sorted(places) or [1]
    pages = [draw_fields(_page(number, parts, maker), places.get(number, ())) for number in numbers]
    try:
        if target.suffix.lower() in _MANY:
            pages[0].save(target, save_all=True, append_images=pages[1:])
            return [str(target)]
        names = [target]
        if len(pages) > 1:
            names = [target.with_stem(f"{target.stem}-{number}") for number in numbers]
        for page, name in zip(pages, names, strict=True):
            page.save(name)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{target} cannot be written ({error})") from error
    return [str(name) for name in names]


def _page(number: int, parts: Sequence[DocumentPart], maker: ViewMaker) -> Image.Image:
    place = place_of(parts, number)
    part = place.part
    original = run_sync(maker.original(part.digest, page=place.page, source=part.source))
    return original.shown(Region.whole(original.size), original.size)
