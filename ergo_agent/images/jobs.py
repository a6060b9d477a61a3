"""What the decoding process does for each job: `child` calls it, and `guard` asks for it.

The readers here are those of trusted images. What they may take is bounded by the process.
"""

import json
from collections.abc import Iterable, Iterator
from mmap import mmap
from typing import Any

from PIL import AvifImagePlugin, Image

from ergo_agent.errors import ImageError
from ergo_agent.images.buffers import rgb_over
from ergo_agent.images.colours import rgb_conversion, to_rgb
from ergo_agent.images.decoder import PageReader, typed_errors
from ergo_agent.images.heif import register_heif
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.pdf_text import read_pdf_text
from ergo_agent.images.readers import make_reader
from ergo_agent.images.regions import load_alone
from ergo_agent.images.resampler import resampled
from ergo_agent.views.geometry import Region, Size

__all__ = ["prepare", "reply_to"]

_STRIP_PIXELS = 65_536
"""Pixels converted and sent at once: what lies in a core's cache. An A4 page takes 16 ms in strips
of this size, and 72 ms as a whole."""

AvifImagePlugin.DEFAULT_MAX_THREADS = 1
"""Each thread reserves address space, of which the process has little."""

register_heif()  # now: loaded by a job, its address space would be missing to those that follow

_Reply = tuple[dict[str, Any], Iterable[bytes]]


def prepare(asked: dict[str, Any]) -> bool:
    """Load what a job needs and was not loaded yet, before it is bounded; whether there was any.

    What it takes stays, and would be missing to the jobs that follow.
    """
    fresh = asked["job"] == "cut" and not _prepared
    if fresh:
        _prepared.append(load_alone(block_others=True))
    return fresh


_prepared: list[object] = []


def reply_to(asked: dict[str, Any], data: bytes, room: mmap | None = None) -> _Reply:
    """What a job comes to: facts in JSON, and pixels as RGBX in strips.

    Args:
        asked: `job`, `page` and `limits`; `wanted` for a draft; `box`, `at` and `how` for a cut,
            and whether it is to be made `alone` or not at all; `first` and `last` for the text of
            a PDF's pages.
        data: The encoded image or document.
        room: Where the pixels of a whole page are put, instead of into the reply.
    """
    try:
        if asked["job"] == "text":
            return _text(asked, data)
        reader = _opened(asked, data)
        del data
        with typed_errors("the image"):
            if room is not None:
                return _put(reader, room)
            return _JOBS[asked["job"]](reader, asked)
    except ImageError as error:
        told = {"error": type(error).__name__, "text": error.for_model, "owner": error.owner}
        return told, ()


_kept: dict[int, PageReader] = {}
"""What was opened last, by the number of the one who asked: a photograph's header and its bytes
take 12 ms, and its pixels are mostly asked for next."""


def _opened(asked: dict[str, Any], data: bytes) -> PageReader:
    reader = _kept.get(asked["key"])
    _kept.clear()
    if reader is None:
        limits = ImageLimits(**asked["limits"])
        Image.MAX_IMAGE_PIXELS = limits.max_pixels
        reader = make_reader(data, page=asked["page"], limits=limits)
    if asked["keep"]:
        _kept[asked["key"]] = reader
    return reader


def _text(asked: dict[str, Any], data: bytes) -> _Reply:
    """The text layers of some pages, as JSON in place of pixels."""
    limits = ImageLimits(**asked["limits"])
    read = read_pdf_text(data, first=asked["first"], last=asked["last"], limits=limits)
    said = json.dumps(read, separators=(",", ":")).encode()
    return {"bytes": len(said)}, [said]


def _facts(reader: PageReader, _: dict[str, Any]) -> _Reply:
    facts = {
        "size": reader.stored_size,
        "orientation": reader.orientation,
        "page_count": reader.page_count,
        "media_type": reader.media_type,
        "per_pixel": reader.per_pixel,
        "comes_whole": reader.comes_whole,
        "parts": reader.parts,
    }
    return facts, ()


def _decoded(reader: PageReader, _: dict[str, Any]) -> _Reply:
    return _sent(reader.raw())


def _put(reader: PageReader, room: mmap) -> _Reply:
    """Decoded into the room, or there copied strip by strip."""
    target = rgb_over(room, reader.stored_size)
    image = reader.raw(target)
    if image.im is not target.im:
        at = 0
        for strip in _strips(image):
            room[at : at + len(strip)] = strip
            at += len(strip)
    return {"size": image.size}, ()


def _draft(reader: PageReader, asked: dict[str, Any]) -> _Reply:
    draft = reader.draft(Size(*asked["wanted"]))
    if draft is None:
        return {}, ()
    told, pixels = _sent(draft.image)
    return {**told, "box": draft.box}, pixels


def _cut(reader: PageReader, asked: dict[str, Any]) -> _Reply:
    left, top, right, bottom = asked["box"]
    region = Region(left=left, top=top, right=right, bottom=bottom)
    at, how = Size(*asked["at"]), Image.Resampling(asked["how"])
    view = reader.cut(region, at, how)
    if view is None and asked["alone"]:
        return {}, ()
    if view is None:
        image = reader.raw()
        if image.mode != "L":  # a grey scan becomes RGB once it is small: the same, in a fifth
            image = to_rgb(image)
        view = resampled(image, region, at, how)
    return _sent(view)


_JOBS = {"open": _facts, "decode": _decoded, "draft": _draft, "cut": _cut}


def _sent(image: Image.Image) -> _Reply:
    return {"size": image.size, "bytes": 4 * image.width * image.height}, _strips(image)


def _strips(image: Image.Image) -> Iterator[bytes]:
    """So many rows at a time, so that only a part is ever there twice."""
    convert = rgb_conversion(image)
    rows = max(1, _STRIP_PIXELS // image.width)
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        yield convert(strip).tobytes("raw", "RGBX")
