"""Views as bytes, the form in which a model is sent them."""

import io

from PIL import Image
from pydantic import BaseModel, ConfigDict

from ergo_agent.imaging.colours import to_rgb
from ergo_agent.imaging.data_urls import encode_data_url
from ergo_agent.imaging.stores import digest_of

__all__ = ["EncodedView", "data_url", "encode_view"]

# Measured on views of 1008 x 1008 pixels (1,296 vision tokens), one core:
#
#                          text page          noisy scan          photograph
#   PNG, level 1         558 KiB  39 ms    1129 KiB   50 ms    1977 KiB   83 ms
#   PNG, level 6         794 KiB  59 ms    1377 KiB  177 ms    1762 KiB  140 ms
#   JPEG, 95, 4:4:4      581 KiB   5 ms     676 KiB    5 ms     689 KiB    5 ms
#
# A model's turn takes seconds, so what JPEG saves does not show, while its artefacts fall on the
# fine print that the zoom was for. Higher PNG levels cost time and do not reliably save bytes.
_COMPRESS_LEVEL = 1


class EncodedView(BaseModel):
    """An encoded view; equal pixels give equal bytes."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    data: bytes
    """The encoded image."""

    media_type: str
    """What `data` is."""

    digest: str
    """`sha256:<hex>` of `data`."""


def encode_view(image: Image.Image) -> EncodedView:
    """Encode a view without loss, as PNG without metadata.

    Args:
        image: An RGB image, as `Original.shown` returns it; any other is made RGB first.
    """
    bare = to_rgb(image).copy()
    bare.info.clear()
    buffer = io.BytesIO()
    bare.save(buffer, format="PNG", compress_level=_COMPRESS_LEVEL)
    data = buffer.getvalue()
    return EncodedView(data=data, media_type="image/png", digest=digest_of(data))


def data_url(view: EncodedView) -> str:
    """The `data:` URL under which a chat model is given the view."""
    return encode_data_url(view.data, media_type=view.media_type)
