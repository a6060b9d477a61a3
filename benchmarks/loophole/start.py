"""A policy that cannot locate: it knows the protocol and the answer, and looks anywhere.

Demonstrations are episodes in which the crop was drawn by chance, of any size from a quarter of the
view's sides to nearly the whole view. Supervised on them, a policy draws boxes of every size,
wherever the square is, so that a reward can teach it to prefer one.
"""

import base64
import io
import json
import random
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from PIL import Image

from ergo_agent import ask
from ergo_agent.dialects import ErgoDialect
from ergo_agent.policies.base import Policy
from ergo_agent.training.demonstrations import export_demonstrations
from ergo_agent.training.examples import read_examples
from ergo_agent.views.geometry import Size, ViewBox
from scripts.tiny_checkpoint import replies

__all__ = ["SETTINGS", "BlindLooks", "write_demonstrations"]

SETTINGS: dict[str, Any] = {
    "view_budget": 16,
    "min_crop_tokens": 4,
    "max_zooms": 1,
    "max_regions": 1,
}
"""Those of the config `nano`, so that views are what the rollouts will hold."""

_STEP = 14
"""Edges of boxes are multiples of so many view pixels, as the tiny checkpoint was taught them."""

_LEAST = 2
"""Sides of the smallest boxes, in steps: a quarter of a view of 112 pixels."""


class BlindLooks(BaseChatModel):
    """Zooms into a box drawn by chance, then gives the answer that it was told."""

    colour: str
    seed: int

    @property
    def _llm_type(self) -> str:
        return "blind-looks"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: Any = None,  # noqa: ANN401, ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:
        if any(isinstance(each, AIMessage) for each in messages):
            said = replies.answer(self.colour)
        else:
            chance = random.Random(self.seed)  # noqa: S311  # boxes, not secrets
            said = replies.zoom(_box(chance, _shown(messages)), view=1, colour=self.colour)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(said))])


def write_demonstrations(examples: Path, folder: Path, *, each: int = 3) -> Path:
    """Ask about every example so many times, and export what was said.

    Args:
        examples: As `ergo_agent.training.examples` reads them.
        folder: Where the run and the demonstrations go.
        each: How many boxes are drawn for an example.

    Returns:
        The file of the demonstrations.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run = folder / "records.jsonl"
    with run.open("w", encoding="utf-8") as lines:
        for number, example in enumerate(read_examples(examples)):
            for turn in range(each):
                model = BlindLooks(colour=example.answers[0], seed=number * each + turn)
                record = ask(
                    example.image,
                    example.question,
                    policy=Policy(model, ErgoDialect()),
                    **SETTINGS,
                )
                line = {
                    "record": record.model_dump(mode="json"),
                    "answers": example.answers,
                    "image": str(Path(example.image).resolve()),
                }
                lines.write(json.dumps(line) + "\n")
    to = folder / "demonstrations.jsonl"
    exported = export_demonstrations(run, to)
    print(f"{exported.kept} demonstrations; left out: {exported.dropped}", flush=True)
    return to


def _box(chance: random.Random, shown: Size) -> ViewBox:
    """A box of any size in a view, as wide as it is high; in view pixels."""
    steps = min(shown) // _STEP
    side = chance.randint(_LEAST, steps - 1)  # the whole view would be no crop
    left, top = (chance.randint(0, steps - side) for _ in shown)
    return ViewBox(left * _STEP, top * _STEP, (left + side) * _STEP, (top + side) * _STEP)


def _shown(messages: list[BaseMessage]) -> Size:
    """The size of the last view among some messages, in pixels."""
    urls = [
        block["image_url"]["url"]
        for message in messages
        if isinstance(message.content, list)
        for block in message.content
        if isinstance(block, dict) and block.get("type") == "image_url"
    ]
    with Image.open(io.BytesIO(base64.b64decode(urls[-1].partition(",")[2]))) as view:
        return Size(*view.size)
