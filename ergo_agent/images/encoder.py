"""Views as bytes, the form in which a model is sent them."""

import io

from PIL import Image
from pydantic import BaseModel, ConfigDict

from ergo_agent.images.colours import to_rgb
from ergo_agent.images.data_urls import encode_data_url
from ergo_agent.images.stores import digest_of
from ergo_agent.views.view import Form

__all__ = ["EncodedView", "data_url", "encode_view", "encoded_view", "known_view", "view_type"]

# Measured on views of 1008 x 1008 pixels (1,296 vision tokens), one core:
#
#                          text page          noisy scan          photograph
#   PNG, level 1         558 KiB  39 ms    1129 KiB   50 ms    1977 KiB   83 ms
#   PNG, level 6         794 KiB  59 ms    1377 KiB  177 ms    1762 KiB  140 ms
#   JPEG, 95, 4:4:4      581 KiB   5 ms     676 KiB    5 ms     689 KiB    5 ms
#
# and on others of the same kinds, beside other work:
#
#   PNG, level 1         301 KiB  24 ms    1352 KiB   63 ms    1335 KiB   59 ms
#   WebP, lossless, 0    189 KiB  16 ms     812 KiB   42 ms    1844 KiB   39 ms
#
# A crop of fine print is sent as it is. A JPEG that is shrunk has lost its finest detail twice
# already: of the words of eight pages shown in 1280 vision tokens the embedded reader finds 98.2 %
# from PNG and 98.1 % from JPEG. Higher PNG levels cost time and do not reliably save bytes.
_COMPRESS_LEVEL = 1
_JPEG_QUALITY = 95
_JPEG_START = b"\xff\xd8"
_WEBP_START = b"RIFF"


class EncodedView(BaseModel):
    """An encoded view; equal pixels give equal bytes."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    data: bytes
    """The encoded image."""

    media_type: str
    """What `data` is."""

    digest: str
    """`sha256:<hex>` of `data`."""


def encode_view(image: Image.Image, *, lossy: bool = False, form: Form = "png") -> EncodedView:
    """Encode a view without metadata.

    Args:
        image: An RGB image, as `Original.shown` returns it; any other is made RGB first.
        lossy: As JPEG of quality 95 with full colour resolution, for a view that was shrunk from a
            JPEG.
        form: What it is encoded as where it is not lossy.
    """
    return known_view(encoded_view(image, lossy=lossy, form=form))


def encoded_view(image: Image.Image, *, lossy: bool = False, form: Form = "png") -> bytes:
    """The encoded bytes alone, which a store digests itself; as `encode_view` makes them."""
    bare = to_rgb(image).copy()
    bare.info.clear()
    buffer = io.BytesIO()
    if lossy:
        bare.save(buffer, format="JPEG", quality=_JPEG_QUALITY, subsampling="4:4:4")
    elif form == "webp":
        bare.save(buffer, format="WEBP", lossless=True, quality=0, method=0)
    else:
        bare.save(buffer, format="PNG", compress_level=_COMPRESS_LEVEL)
    return buffer.getvalue()


def known_view(data: bytes, *, digest: str | None = None) -> EncodedView:
    """A view that `encode_view` made, from its bytes.

    Args:
        data: The encoded view.
        digest: Of `data`; computed when left out.
    """
    return EncodedView(data=data, media_type=view_type(data), digest=digest or digest_of(data))


def view_type(data: bytes) -> str:
    """The media type of a view that `encode_view` made."""
    if data.startswith(_JPEG_START):
        return "image/jpeg"
    return "image/webp" if data.startswith(_WEBP_START) else "image/png"


def data_url(view: EncodedView) -> str:
    """The `data:` URL under which a chat model is given the view."""
    return encode_data_url(view.data, media_type=view.media_type)
