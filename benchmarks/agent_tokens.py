"""Vision tokens that an agent's model is sent for a 4K image, with `VisionMiddleware` and without.

Run `python -m benchmarks.agent_tokens`. A real agent (`create_agent`) gets one image of 3840 x 2160
pixels and calls `look_at_image` some times before it answers; its model is scripted and keeps what
it was sent, so the numbers are the arithmetic of `TokenRule` over real requests. Each turn sends
the image again, as chat models are stateless. What the tool's own policy looks at is counted, too:
it is paid for once, with and without the middleware.

The exit status is 1 where a turn with the middleware costs more than 1,000 vision tokens. `--write`
puts the table into `docs/performance.md`.
"""

import argparse
import base64
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import BaseTool
from PIL import Image, ImageDraw, ImageFont
from pydantic import Field

from benchmarks.page import write_section
from ergo_agent import ErgoVisionTool, VisionAnswer, VisionMiddleware
from ergo_agent.dialects.tool_calls import PROVIDERS
from ergo_agent.views.geometry import Size
from ergo_agent.views.patches import QWEN2_5_VL
from ergo_agent.views.tokens import TokenRule

__all__ = ["LIMIT", "Spent", "draw_screen", "measure"]

LIMIT = 1000
"""Vision tokens a turn."""
SIZE = Size(3840, 2160)
RULES = {
    "Qwen2.5-VL": QWEN2_5_VL,
    "estimate for providers that shrink to 2,048 tokens": PROVIDERS,
}
QUESTION = "What is the value of part number {}?"


class Spent(NamedTuple):
    """What one conversation took."""

    turns: list[int]
    """Vision tokens of the images that the agent's model was sent, for each of its turns."""

    text_chars: int
    """Characters of text that it was sent in these turns, the middleware's own words included."""

    image_bytes: int
    """Bytes of those images, encoded, over all turns."""

    looking: int
    """Vision tokens of the tool's own policy, over all calls."""

    answers: list[str | None]


class RecordingModel(BaseChatModel):
    """Asks the tool one question a turn, then answers; keeps what it was sent."""

    questions: list[str]
    received: list[list[BaseMessage]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "recording"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],  # noqa: ARG002
        **_: Any,
    ) -> "RecordingModel":
        """Itself: it knows the tool."""
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        at = len(self.received)
        self.received.append(list(messages))
        message = AIMessage("done")
        if at < len(self.questions):
            arguments = {"image": "image 1", "question": self.questions[at]}
            call = {
                "type": "tool_call",
                "id": f"call_{at}",
                "name": "look_at_image",
                "args": arguments,
            }
            message = AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=message)])


def main() -> int:
    """Draw the image, run both agents, print what they took."""
    parser = argparse.ArgumentParser(prog="benchmarks.agent_tokens", description=__doc__)
    parser.add_argument("--calls", type=int, default=3, help="of the tool, before the answer")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    lines = ["| token rule | without | with | |", "|---|---|---|---|"]
    with TemporaryDirectory(prefix="ergo-agent-tokens-") as folder:
        page = draw_screen(Path(folder) / "screen.png")
        print(f"image of {SIZE.width} x {SIZE.height} pixels, {options.calls} calls of the tool")
        for name, rule in RULES.items():
            without = measure(page, calls=options.calls, rule=rule, middleware=False)
            with_it = measure(page, calls=options.calls, rule=rule, middleware=True)
            print(f"\nby the token rule: {name}")
            _print("without", without)
            _print("with", with_it)
            if max(with_it.turns) > LIMIT:
                return 1
            fewer = f"{sum(without.turns) / sum(with_it.turns):.1f} times fewer"
            lines.append(f"| {name} | {_told(without)} | {_told(with_it)} | {fewer} |")
    print("", *lines, sep="\n")
    if options.write:
        write_section("agent-tokens", "\n".join(lines))
    return 0


def _told(spent: Spent) -> str:
    """Vision tokens of all turns, and of one."""
    return f"{sum(spent.turns):,} ({sum(spent.turns) / len(spent.turns):,.0f} a turn)"


def measure(page: Path, *, calls: int, rule: TokenRule, middleware: bool) -> Spent:
    """Run one agent on an image in its conversation."""
    model = RecordingModel(questions=[QUESTION.format(7 + at) for at in range(calls)])
    agent = create_agent(
        model,
        tools=[ErgoVisionTool(policy="ocr", allowed_roots=[])],
        middleware=[VisionMiddleware(rule=rule)] if middleware else [],
    )
    data = base64.b64encode(page.read_bytes()).decode()
    block = {"type": "image", "base64": data, "mime_type": "image/png"}
    output = agent.invoke({"messages": [HumanMessage(["What do you see?", block])]})
    sent = [list(_images(messages)) for messages in model.received]
    found = [
        VisionAnswer.model_validate(message.artifact)
        for message in output["messages"]
        if message.type == "tool"
    ]
    return Spent(
        turns=[sum(_tokens(image, rule) for image in images) for images in sent],
        text_chars=sum(len(message.text) for messages in model.received for message in messages),
        image_bytes=sum(len(image) for images in sent for image in images),
        looking=sum(answer.ledger.spent for answer in found),
        answers=[answer.answer for answer in found],
    )


def draw_screen(path: Path) -> Path:
    """Write a PNG of `SIZE` with 20 lines of small text."""
    page = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(30)
    for row in range(20):
        text = f"Item {row}: the value of part number {row} is KX-{193 + row}"
        pen.text((200, 40 + row * 104), text, fill="black", font=font)
    page.save(path)
    return path


def _images(messages: Sequence[BaseMessage]) -> Iterator[bytes]:
    """The encoded images of a request."""
    for message in messages:
        for block in message.content_blocks:
            if block["type"] == "image":
                yield base64.b64decode(block["base64"])


def _tokens(image: bytes, rule: TokenRule) -> int:
    """What a model is charged for an image as it was sent.

    A provider shrinks what is larger than it takes, which bounds the price as well as the detail.
    """
    size = Size(*Image.open(io.BytesIO(image)).size)
    return min(rule.full_resolution_tokens(size), rule.max_view_tokens)


def _print(name: str, spent: Spent) -> None:
    turns = " + ".join(f"{tokens:,}" for tokens in spent.turns)
    print(
        f"{name:>8}: {sum(spent.turns):,} vision tokens to the agent's model ({turns}) in "
        f"{spent.image_bytes / 1e6:.2f} MB, with {spent.text_chars:,} characters of text; "
        f"the tool's own policy {spent.looking:,}; answers {', '.join(map(str, spent.answers))}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
