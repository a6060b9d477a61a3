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
    image_format: str = "PNG"


async def bare_episode(bare: Bare, path: Path, question: str) -> str:
    """Ask one question about one image."""
    dialect, budget = bare.dialect, _budget(bare)
    image = Image.open(path).convert("RGB")
    size = Size(*image.size)
    coarse = plan_coarse(size, page=1, terms=budget.terms)
    shown = coarse.shown
    messages = [{"role": "system", "content": dialect.system_prompt()}]
    text = dialect.ask(question, [coarse], stage="observe")
    messages.append(_turn(image.resize(shown, Image.Resampling.BICUBIC), text, bare))
    reply = await _call(bare, messages, dialect.reply_pattern("observe", [coarse]))

    move = dialect.read(AIMessage(reply), [coarse])
    assert isinstance(move, Zoom)
    left = budget._replace(remaining=budget.remaining - coarse.tokens)
    (planned,) = plan_crops(move.boxes, [coarse], budget=left).crops
    views = [coarse, planned]
    crop = image.crop(planned.region.as_tuple()).resize(planned.shown, Image.Resampling.LANCZOS)
    messages.append({"role": "assistant", "content": reply})
    messages.append(_turn(crop, dialect.ask(question, views, stage="zoomed"), bare))
    return await _call(bare, messages, dialect.reply_pattern("zoomed", views))


def _budget(bare: Bare) -> Budget:
    return Budget.whole(Terms(bare.settings, bare.dialect.token_rule))


def _turn(image: Image.Image, text: str, bare: Bare) -> dict[str, Any]:
    buffer = io.BytesIO()
    image.save(buffer, format=bare.image_format)
    data = base64.b64encode(buffer.getvalue()).decode()
    url = f"data:image/{bare.image_format.lower()};base64,{data}"
    blocks = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": text}]
    return {"role": "user", "content": blocks}


async def _call(bare: Bare, messages: list[dict[str, Any]], pattern: str | None) -> str:
    completion = await bare.client.chat.completions.create(
        model=bare.model,
        messages=messages,  # type: ignore[arg-type]
        temperature=0,
        max_completion_tokens=1024,
        stop=["<|im_end|>"],
        seed=0,
        extra_body={"structured_outputs": {"regex": pattern}},
    )
    return completion.choices[0].message.content or ""
