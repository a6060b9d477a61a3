"""No error holds what a file holds: a model may have named a file with keys in it."""

import io
import traceback

import pytest
from PIL import Image

from ergo_agent.errors import ImageError
from ergo_agent.images import GUARDED_LIMITS, ImageLimits, open_original
from ergo_agent.policies.ocr.conversation import SeenImage
from ergo_agent.views.geometry import Region

SECRET = b"sk-Zq7xWv9KpLm4TbNc"
SHORTEST = 3
"""Bytes that a message may share with the secret by chance."""

BEGINNINGS = {
    "PNG": b"\x89PNG\r\n\x1a\n",
    "JPEG": b"\xff\xd8\xff",
    "GIF": b"GIF89a",
    "BMP": b"BM",
    "TIFF": b"II*\0",
    "BigTIFF": b"II+\0",
    "WebP": b"RIFF\x20\0\0\0WEBP",
    "PPM": b"P6\n",
    "PFM": b"Pf\n1 1\n",
    "PAM": b"P7\nWIDTH ",
    "JP2": b"\0\0\0\x0cjP  \r\n\x87\n",
    "AVIF": b"\0\0\0\x1cftypavif",
    "PDF": b"%PDF-1.7\n",
}
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "JPEG2000", "AVIF", "PDF")


def said(data: bytes, limits: ImageLimits) -> str:
    """All that is told and logged of an image that cannot be used; nothing where it can."""
    try:
        original = open_original(data, limits=limits)
        original.shown(Region.whole(original.size), original.size)
    except ImageError as error:
        return str(error) + "".join(traceback.format_exception(error))
    return ""


def quoted(told: str) -> list[str]:
    secret = SECRET.decode()
    parts = [secret[at : at + SHORTEST + 1] for at in range(len(secret) - SHORTEST)]
    return [part for part in parts if part in told]


@pytest.mark.parametrize("limits", [ImageLimits(), GUARDED_LIMITS], ids=["ask", "guarded"])
@pytest.mark.parametrize("kind", BEGINNINGS)
def test_a_file_that_only_begins_like_an_image(kind: str, limits: ImageLimits):
    beginning, refused = BEGINNINGS[kind], 0
    for between in (b"", b"\0", b"1", b"1 ", b"1 1\n", b"\0\0\0\x0d", b"\0" * 9, b"\xe1\0\x20"):
        told = said(beginning + between + SECRET * 4, limits)
        refused += bool(told)
        assert not quoted(told), told
    assert refused >= 6  # of eight: behind a whole header, anything is a pixel


@pytest.mark.parametrize("kind", FORMATS)
def test_an_image_with_a_secret_anywhere_in_it(kind: str):
    buffer = io.BytesIO()
    Image.effect_noise((24, 24), 90).convert("RGB").save(buffer, kind)
    data = buffer.getvalue()
    refused = 0
    for at in range(0, min(len(data), 400), 3 if kind == "PDF" else 1):
        told = said(data[:at] + SECRET + data[at + len(SECRET) :], ImageLimits())
        refused += bool(told)
        assert not quoted(told), told
    assert refused  # it was looked at


def test_nor_does_the_embedded_reader_quote():
    seen = SeenImage(b"P6\n" + SECRET, key="", note=None)
    with pytest.raises(Exception, match="no image") as caught:
        seen.open()
    assert not quoted("".join(traceback.format_exception(caught.value)))
