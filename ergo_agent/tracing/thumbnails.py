"""Small JPEGs that stand for images in traces, each made once."""

from typing import NamedTuple

from ergo_agent._common.caches import Recent
from ergo_agent.images import GUARDED_LIMITS, decode_data_url, open_original
from ergo_agent.images.reduction import Step, shrink_to_bytes

__all__ = ["SIDE", "Thumbnail", "thumbnail"]

SIDE = 256
"""Longest side, in pixels. A view of text or of noise then takes 3 to 5 kB, at 384 pixels it would
take 7 to 14 kB, and an episode repeats its views with every call of the model."""

_STEPS = (Step(SIDE, 60), Step(SIDE, 30), Step(SIDE, 10))
"""Tried in this order, until the JPEG is small enough."""

_MOST_BYTES = 6000
"""Text takes 4 kB at the first quality; only noise needs another, and takes 4 kB at the last."""

_made: Recent[str] = Recent(most=4 * 1024 * 1024)
"""About 700 thumbnails. A view comes back with every later call of its episode."""


class Thumbnail(NamedTuple):
    """What stands for an image."""

    url: str
    """A `data:` URL."""

    of: str
    """What it stands for, in words."""


def thumbnail(url: str) -> Thumbnail | None:
    """The thumbnail of an image; blocking, about 10 ms the first time.

    Args:
        url: The image's `data:` URL.

    Returns:
        None where no thumbnail can be made: the image is damaged, hostile, or none at all.
    """
    # Python keeps a text's hash with it. Two images that share it and their length would share a
    # thumbnail; with 64 bits that does not happen by chance.
    key = f"{hash(url):x}/{len(url)}"
    known = _made.get(key)
    if known is None:
        try:
            known = "\n".join(_make(url))
        except Exception:  # a trace must not end an episode, whatever it holds
            known = ""
        _made.put(key, known, weight=len(known))
    return Thumbnail(*known.split("\n", 1)) if known else None


def _make(url: str) -> Thumbnail:
    """Make one.

    Raises:
        ImageError: If it is no image, or too large.
    """
    data = decode_data_url(url)
    original = open_original(data, limits=GUARDED_LIMITS)  # a user of the agent may have sent it
    size = original.size
    small = shrink_to_bytes(original, max_bytes=_MOST_BYTES, steps=_STEPS, form="JPEG")
    what = f"{original.media_type}, {size.width}x{size.height} pixels, {len(data):,} bytes"
    return Thumbnail(small.url, what)
