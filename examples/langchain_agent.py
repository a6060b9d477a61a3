"""An agent that answers a question about a large image which the user sent it.

    python examples/langchain_agent.py
    python examples/langchain_agent.py --model openai:gpt-5-mini --image photo.jpg "What is ...?"

It needs the extra "langchain". Without `--model` no key and no network is needed: a scripted chat
model stands in for the agent's model. It really calls the tool, and the embedded reader really
reads the page. With `--model` it is any model that `init_chat_model` knows; install its package,
and set its key. The agent's model is only shown the image small: the tool sees all of it.
"""

import argparse
import base64
import mimetypes
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel, GenericFakeChatModel
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from langchain_core.tools import BaseTool

from ergo_agent import ErgoError, ErgoVisionTool, MissingExtraError
from ergo_agent.report import visible

try:
    from langchain.agents import create_agent
    from langchain.chat_models import init_chat_model

    from ergo_agent import VisionMiddleware
except ImportError:
    sys.exit(f"error: {MissingExtraError('this example', extra='langchain')}")

PAGE = Path(__file__).with_name("page.png")
QUESTION = "What is the invoice number?"
INSTRUCTIONS = (
    "You answer questions about images. You see them reduced: for anything that is too small to "
    "read, call look_at_image with the image's name."
)


class ScriptedModel(GenericFakeChatModel):
    """Says what it was told to; tools may be bound to it."""

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],  # noqa: ARG002
        **_: Any,
    ) -> "ScriptedModel":
        """Itself: its script knows the tools."""
        return self


def main() -> int:
    """Ask, and print what was said; the exit status is 1 when something could not be used."""
    options = _options()
    try:
        model = init_chat_model(options.model) if options.model else _scripted(options.question)
        agent = create_agent(
            model,
            tools=[ErgoVisionTool(allowed_roots=[])],  # images of the conversation, and no others
            middleware=[VisionMiddleware()],
            system_prompt=INSTRUCTIONS,
        )
        sent = HumanMessage([{"type": "text", "text": options.question}, _block(options.image)])
        _print(agent.invoke({"messages": [sent]})["messages"])
    except (ErgoError, OSError, ImportError, ValueError) as error:
        print(visible(f"error: {error}"), file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ask an agent about an image.")
    parser.add_argument("question", nargs="?", default=QUESTION, help="what to answer")
    parser.add_argument("--image", type=Path, default=PAGE, help="the example's page if left out")
    parser.add_argument("--model", help="provider:model, as init_chat_model takes it")
    return parser.parse_args()


def _block(path: Path) -> dict[str, str]:
    """An image as a content block, as a chat application would send it."""
    return {
        "type": "image",
        "base64": base64.b64encode(path.read_bytes()).decode(),
        "mime_type": mimetypes.guess_type(path)[0] or "image/png",
    }


def _scripted(question: str) -> BaseChatModel:
    """A model that asks the tool, and then says that it has the answer."""
    arguments = {"image": "image 1", "question": question}
    call = {"type": "tool_call", "id": "call_1", "name": "look_at_image", "args": arguments}
    script = [AIMessage("", tool_calls=[call]), AIMessage("That is what the image says.")]
    return ScriptedModel(messages=iter(script))


def _print(messages: Iterable[AnyMessage]) -> None:
    """The conversation, without its pixels."""
    for message in messages:
        for call in message.tool_calls if isinstance(message, AIMessage) else ():
            print(visible(f"agent calls {call['name']}({call['args']})"))
        if message.text:
            speaker = "tool" if isinstance(message, ToolMessage) else message.type
            print(visible(f"{speaker}: {message.text}"))


if __name__ == "__main__":
    sys.exit(main())
