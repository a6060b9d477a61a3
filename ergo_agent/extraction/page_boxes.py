"""Where values were read, drawn on their pages."""

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageStat

from ergo_agent._common.sync import run_sync
from ergo_agent.episode.pages import DocumentPart, place_of
from ergo_agent.errors import SettingsError
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.maker import ViewMaker
from ergo_agent.images.stores import ImageStore
from ergo_agent.report.drawing import EVIDENCE_COLOUR
from ergo_agent.views.geometry import Region

__all__ = ["draw_fields", "save_boxes"]

_MANY = (".pdf", ".tif", ".tiff")
"""Endings of files that hold several pages."""

Rectangle = tuple[float, float, float, float]
"""Left, top, right and bottom in original pixels, the last two exclusive."""

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
        size = pen.textbbox((0, 0), name, font=font, anchor="lt")[2:]
        label = min(_beside(frame, size, width), key=partial(_covered, taken=taken, page=printed))
        pen.text(label[:2], name, fill=EVIDENCE_COLOUR, font=font, anchor="lt")
        taken.append(label)
    return drawn


def _around(region: Region, width: float) -> Rectangle:
    left, top, right, bottom = region.as_tuple()
    return left - width, top - width, right + width, bottom + width


def _beside(frame: Rectangle, size: tuple[float, float], gap: float) -> Iterator[Rectangle]:
    """Where a name of a size may stand at a frame, the usual place first."""
    (left, top, right, bottom), (across, down) = frame, size
    above, below, middle = top - gap - down, bottom + gap, (top + bottom - down) / 2
    places = [(left, above), (right - across, above), (left - gap - across, middle)]
    places += [(right + gap, middle), (left, below), (right - across, below)]
    yield from ((x, y, x + across, y + down) for x, y in places)


def _covered(label: Rectangle, *, taken: Sequence[Rectangle], page: Image.Image) -> tuple[int, int]:
    """What a name would cover.

    Of what is drawn and of what lies beyond the page, in pixels; and how much is printed there, in
    steps of 16 grey levels, below which paper is plain.
    """
    left, top, right, bottom = label
    inside = _shared(label, (0, 0, *page.size))
    drawn = sum(_shared(label, each) for each in taken) + (right - left) * (bottom - top) - inside
    ink = ImageStat.Stat(page.crop(label)).stddev[0] if inside > 0 else 0
    return round(drawn), int(ink / 16)


def _shared(one: Rectangle, other: Rectangle) -> float:
    """The area that both cover."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(0, across) * max(0, down)


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
