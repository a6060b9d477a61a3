"""The images that policies in this process are sent: by their bytes, since none uses a network."""

from collections.abc import Mapping
from typing import Any

from ergo_agent.errors import ImageFormatError, PolicyError
from ergo_agent.images.blocks import IMAGE_TYPES, read_image
from ergo_agent.images.urls import quoted

__all__ = ["image_bytes"]


def image_bytes(block: Mapping[str, Any], *, to: str) -> bytes | None:
    """The encoded image of a content block, in whatever form.

    Args:
        block: Any content block.
        to: Who is sent it, as the subject of a sentence.

    Returns:
        The bytes, which need not be an image; None for a block that holds no image.

    Raises:
        PolicyError: If the image would have to be fetched, or its base64 is damaged.
    """
    sent = read_image(block)
    if sent is None and block.get("type") not in IMAGE_TYPES:
        return None
    if sent is None or sent.kind != "bytes":
        given = "nothing" if sent is None else quoted(sent.source)
        raise PolicyError(
            f"{to} was given {given} as an image, which is not its bytes, and uses no network: "
            "send the image as a data URL"
        )
    if sent.is_file:
        return None
    try:
        return sent.data()
    except ImageFormatError as error:
        raise PolicyError(f"{to} was sent an image that cannot be decoded: {error}") from error
