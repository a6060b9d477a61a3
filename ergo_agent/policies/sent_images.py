"""The images that chat messages carry, for models that read them without a network."""

from collections.abc import Mapping
from typing import Any

from ergo_agent.errors import ImageFormatError, PolicyError
from ergo_agent.imaging import decode_data_url

__all__ = ["sent_image"]


def sent_image(block: Mapping[str, Any], *, to: str) -> bytes | None:
    """The encoded image of a content block, in OpenAI's or in LangChain's standard form.

    Args:
        block: Any content block.
        to: Who is sent it, as the subject of a sentence.

    Returns:
        The bytes, which need not be an image; None for a block of another type.

    Raises:
        PolicyError: If the image would have to be fetched, or its base64 is damaged.
    """
    kind = block.get("type")
    if kind == "image_url":
        source = block.get("image_url")
        url = source.get("url") if isinstance(source, Mapping) else source
    elif kind == "image":
        data = block.get("base64") or block.get("data")
        url = f"data:;base64,{data}" if data else block.get("url")
    else:
        return None
    if not isinstance(url, str) or url[:5].lower() != "data:":
        raise PolicyError(
            f"{to} was given the image {str(url)[:80]!r}, which is not its bytes, and uses no "
            "network: send the image as a data URL"
        )
    try:
        return decode_data_url(url)
    except ImageFormatError as error:
        raise PolicyError(f"{to} was sent an image that cannot be decoded: {error}") from error
