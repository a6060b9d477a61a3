"""The two calls of an episode, written as plainly as possible: Pillow and the `openai` client.

What is asked, and which box is shown, is taken from the library, so that the server does the same
work. Everything else is what one writes first: open, shrink, encode, send, crop, encode, send all.
"""

import base64
import io
from pathlib import Path
from typing import Any, NamedTuple

import openai
from langchain_core.messages import AIMessage
from PIL import Image

from benchmarks.served.replies import QUESTION
from ergo_agent.dialects import Dialect
from ergo_agent.episode.budget import Budget
from ergo_agent.episode.moves import Zoom
from ergo_agent.episode.planning import plan_coarse, plan_crops
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.views.geometry import Size

__all__ = ["Bare", "bare_episode"]


class Bare(NamedTuple):
    """What every episode uses."""

    client: openai.AsyncOpenAI
    model: str
    dialect: Dialect
    settings: VisionSettings
    image_format: str
    """`PNG` or `JPEG`, at Pillow's defaults: level 6, quality 75."""


async def bare_episode(bare: Bare, path: Path) -> int:
    """Ask one question about one image.

    Returns:
        Vision tokens of both views, as the server counted them.
    """
    dialect, budget = bare.dialect, _budget(bare)
    image = Image.open(path).convert("RGB")
    coarse = plan_coarse(Size(*image.size), page=1, terms=budget.terms)
    messages = [{"role": "system", "content": dialect.system_prompt()}]
    text = dialect.ask(QUESTION, [coarse], stage="observe")
    messages.append(_turn(image.resize(coarse.shown, Image.Resampling.BICUBIC), text, bare))
    reply = await _call(bare, messages, dialect.reply_pattern("observe", [coarse]))
    said = reply.choices[0].message.content or ""

    move = dialect.read(AIMessage(said), [coarse])
    assert isinstance(move, Zoom)
    left = budget._replace(remaining=budget.remaining - coarse.tokens)
    (planned,) = plan_crops(move.boxes, [coarse], budget=left).crops
    views = [coarse, planned]
    crop = image.crop(planned.region.as_tuple()).resize(planned.shown, Image.Resampling.LANCZOS)
    messages.append({"role": "assistant", "content": said})
    messages.append(_turn(crop, dialect.ask(QUESTION, views, stage="zoomed"), bare))
    reply = await _call(bare, messages, dialect.reply_pattern("zoomed", views))
    assert "nothing" in (reply.choices[0].message.content or "")
    tokens: int = reply.usage.prompt_tokens_details.multimodal_tokens["image"]
    return tokens


def _budget(bare: Bare) -> Budget:
    return Budget.whole(Terms(bare.settings, bare.dialect.token_rule))


def _turn(image: Image.Image, text: str, bare: Bare) -> dict[str, Any]:
    buffer = io.BytesIO()
    image.save(buffer, format=bare.image_format)
    data = base64.b64encode(buffer.getvalue()).decode()
    url = f"data:image/{bare.image_format.lower()};base64,{data}"
    blocks = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": text}]
    return {"role": "user", "content": blocks}


async def _call(bare: Bare, messages: list[dict[str, Any]], pattern: str | None) -> Any:  # noqa: ANN401  # the SDK's completion, with vLLM's additions
    return await bare.client.chat.completions.create(
        model=bare.model,
        messages=messages,  # type: ignore[arg-type]
        temperature=0,
        max_completion_tokens=1024,
        stop=["<|im_end|>"],
        seed=0,
        extra_body={"structured_outputs": {"regex": pattern}},
    )
