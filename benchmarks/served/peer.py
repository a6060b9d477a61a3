"""ERGO's own two calls, after its public inference code (`src/ergo/eval.py` of nota-github/ERGO).

Rebuilt in words of our own, with what decides its speed as it is there:

- Everything runs in the event loop: the whole image is decoded where it is first resized.
- The coarse view is resized from all pixels (bicubic), the crop with Lanczos; each to its rounding,
  which may exceed the budget by some tokens.
- Both are PNG at Pillow's default level, and the second call sends both.
- A crop larger than the budget is shrunk to it; one that is smaller is not enlarged.

Left out are its retries and the `except` that drops a sample: here whatever fails ends the run. Its
texts are this project's own, of about the same length, and replies are fixed.
"""

import base64
import io
import math
import re
from pathlib import Path
from typing import Any, NamedTuple

import openai
from PIL import Image

__all__ = ["Peer", "crop_of", "peer_episode", "resized"]

_SIDE = 28
"""Pixels of a view that one vision token covers, in each direction."""
_LEAST = 4 * _SIDE**2
"""Fewest pixels of a view."""
_BOX = re.compile(r"<zoom>\s*\[(\d+),\s*(\d+),\s*(\d+),\s*(\d+)\]\s*</zoom>")


class Peer(NamedTuple):
    """What every episode uses."""

    client: openai.AsyncOpenAI
    model: str
    view_budget: int
    """Vision tokens of a view, as it is asked for."""

    system: str
    observe: str
    zoomed: str
    zoom_pattern: str
    answer_pattern: str


async def peer_episode(peer: Peer, path: Path) -> int:
    """Ask one question about one image.

    Returns:
        Vision tokens of both views, as the server counted them.
    """
    with Image.open(path) as image:
        size = resized(image.width, image.height, peer.view_budget)
        coarse = image.resize(size, Image.Resampling.BICUBIC)
        messages: list[dict[str, Any]] = [
            {"role": "system", "content": peer.system},
            _turn(coarse, peer.observe),
        ]
        reply = await _call(peer, messages, peer.zoom_pattern)
        said = reply.choices[0].message.content or ""
        crop = crop_of(image, said, coarse=size, view_budget=peer.view_budget)
    messages += ({"role": "assistant", "content": said}, _turn(crop, peer.zoomed))
    reply = await _call(peer, messages, peer.answer_pattern)
    assert "nothing" in (reply.choices[0].message.content or "")
    tokens: int = reply.usage.prompt_tokens_details.multimodal_tokens["image"]
    return tokens


def resized(width: int, height: int, view_budget: int) -> tuple[int, int]:
    """The size at which something is shown: sides are rounded to the nearest whole tokens.

    Args:
        width: In original pixels.
        height: In original pixels.
        view_budget: Vision tokens; rounding may exceed them.
    """
    most = view_budget * _SIDE**2
    rounded = [max(_SIDE, round(side / _SIDE) * _SIDE) for side in (width, height)]
    pixels = rounded[0] * rounded[1]
    if pixels > most:
        shrink = math.sqrt(width * height / most)
        rounded = [round(side / shrink / _SIDE) * _SIDE for side in (width, height)]
    elif pixels < _LEAST:
        grow = math.sqrt(_LEAST / (width * height))
        rounded = [math.ceil(side * grow / _SIDE) * _SIDE for side in (width, height)]
    return rounded[0], rounded[1]


def crop_of(
    image: Image.Image, reply: str, *, coarse: tuple[int, int], view_budget: int
) -> Image.Image:
    """The part of the original that a reply asks for, as it is shown.

    Args:
        image: The original.
        reply: Holds a box in pixels of the coarse view.
        coarse: Size of that view.
        view_budget: Vision tokens of the crop.
    """
    found = _BOX.search(reply)
    assert found is not None, reply
    scales = [side / shown for side, shown in zip(image.size, coarse, strict=True)] * 2
    box = [
        int(min(max(int(place) * scale, 0), side))
        for place, scale, side in zip(found.groups(), scales, image.size * 2, strict=True)
    ]
    left, top, right, bottom = box
    size = resized(right - left, bottom - top, view_budget)
    return image.crop((left, top, right, bottom)).resize(size, Image.Resampling.LANCZOS)


def _turn(image: Image.Image, text: str) -> dict[str, Any]:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    url = f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
    blocks = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": text}]
    return {"role": "user", "content": blocks}


async def _call(peer: Peer, messages: list[dict[str, Any]], pattern: str) -> Any:  # noqa: ANN401
    return await peer.client.chat.completions.create(
        model=peer.model,
        messages=messages,  # type: ignore[arg-type]
        temperature=0.0,
        max_tokens=1024,
        stop=["<|im_end|>"],
        seed=42,
        extra_body={"structured_outputs": {"regex": pattern}},
    )
