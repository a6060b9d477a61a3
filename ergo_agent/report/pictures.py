"""Pictures inside a page, each within a number of bytes."""

from typing import NamedTuple

from PIL import Image

from ergo_agent.images import Original, open_original
from ergo_agent.images.data_urls import decode_data_url, encode_data_url
from ergo_agent.images.reduction import Step, shrink_to_bytes
from ergo_agent.views.geometry import Region, Size

__all__ = ["Picture", "grey_of", "picture_of", "picture_of_view"]

_WHAT_BROWSERS_SHOW = frozenset({"image/png", "image/jpeg", "image/webp"})

_STEPS = (
    Step(1568, 80),
    Step(1120, 75),
    Step(800, 70),
    Step(560, 65),
    Step(400, 55),
    Step(280, 40),
    Step(140, 20),
)
"""Longest side in pixels and quality of the WebP that are tried, in this order, until one is small
enough. 1,568 pixels are what a large screen shows of a page; the last takes 4 kB of pure noise."""


class Picture(NamedTuple):
    """A picture as a page holds it."""

    url: str
    """A `data:` URL."""

    size: Size
    """In its own pixels."""

    exact: bool
    """Whether it is what the policy was sent, byte for byte; otherwise it is smaller."""


def picture_of_view(data: bytes, *, max_bytes: int) -> Picture:
    """An encoded view: as it is where it is small enough, else shrunk; blocking.

    Args:
        data: The encoded view.
        max_bytes: Most bytes of the picture.

    Raises:
        ImageError: If it is no image, or too large.
    """
    view = open_original(data)
    if len(data) <= max_bytes and view.media_type in _WHAT_BROWSERS_SHOW:
        return Picture(encode_data_url(data, media_type=view.media_type), view.size, exact=True)
    return picture_of(view, max_bytes=max_bytes)


def picture_of(original: Original, *, max_bytes: int) -> Picture:
    """An original, shrunk until it takes at most so many bytes; blocking.

    Args:
        original: What to show.
        max_bytes: Most bytes of the picture; the smallest step is taken where none is enough.

    Raises:
        ImageError: If its pixels cannot be decoded.
    """
    shrunk = shrink_to_bytes(original, max_bytes=max_bytes, steps=_STEPS, form="WEBP")
    return Picture(shrunk.url, shrunk.size, exact=False)


def grey_of(picture: Picture | None) -> Image.Image | None:
    """What is printed in a picture, in its own pixels; blocking. None of none."""
    if picture is None:
        return None
    original = open_original(decode_data_url(picture.url))
    return original.shown(Region.whole(picture.size), picture.size).convert("L")
