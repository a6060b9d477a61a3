"""`data:` URLs, the form in which chat models are given images."""

import base64
import binascii
from urllib.parse import unquote_to_bytes

from ergo_agent.errors import ImageFormatError

__all__ = ["decode_data_url", "encode_data_url", "is_data_url"]


def is_data_url(text: object) -> bool:
    """Whether a text begins like a `data:` URL."""
    return isinstance(text, str) and text[:5].lower() == "data:"


def encode_data_url(data: bytes, *, media_type: str) -> str:
    """The `data:` URL of some bytes, in base64."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def decode_data_url(url: str) -> bytes:
    """The bytes of a `data:` URL, in base64 or percent-encoded.

    The media type it claims is ignored: what the bytes are is decided by the bytes.

    Raises:
        ImageFormatError: If it is not a `data:` URL, or its base64 is damaged.
    """
    scheme, colon, rest = url.partition(":")
    header, comma, payload = rest.partition(",")
    if scheme.strip().lower() != "data" or not colon or not comma:
        raise ImageFormatError(
            f"{url[:40]!r} is not a data URL; expected data:<media type>;base64,<data>"
        )
    try:
        raw = unquote_to_bytes(payload)
        if not header.lower().replace(" ", "").endswith(";base64"):
            return raw
        return base64.b64decode(b"".join(raw.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImageFormatError(
            f"the data URL's base64 is damaged ({error}); encode the image's bytes anew"
        ) from error
