"""The dialect of models with native tool calls: GPT, Claude, Gemini, and whatever else has them.

Boxes are in thousandths of the view: these providers shrink what they are sent by rules of their
own, which a relative box survives and a box in pixels does not; and whole numbers up to 1000 are
what Gemini and Qwen3-VL were trained with, shorter to write than fractions. A model that writes
fractions from 0 to 1 all the same is understood.
"""

import re
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.runnables import Runnable

from ergo_agent.dialects.base import Dialect
from ergo_agent.dialects.calls import looks_like_call
from ergo_agent.dialects.messages import is_longer, plain_json, reply_text
from ergo_agent.dialects.places import in_frame, in_pixels
from ergo_agent.dialects.registry import register_dialect
from ergo_agent.dialects.replies import last_words, parse_reply
from ergo_agent.dialects.tool_models import with_tools
from ergo_agent.dialects.tool_replies import answer_in, call_for, calls_in, is_own_form, read_calls
from ergo_agent.dialects.tool_schemas import ANSWER, ZOOM
from ergo_agent.episode.moves import Move, Stage
from ergo_agent.errors import MoveError, ReplyFormatError
from ergo_agent.views.frames import THOUSANDTHS
from ergo_agent.views.patches import PatchGrid
from ergo_agent.views.tokens import TokenRule
from ergo_agent.views.view import View

__all__ = ["PROVIDERS", "ToolCallsDialect"]

PROVIDERS = PatchGrid(factor=24, min_tokens=256, max_view_tokens=2048)
"""An estimate that is meant to be too high: one token per 24 x 24 pixels, 256 at least.

Providers count differently, and what they report is what counts. For views up to 8 : 1 the estimate
is never below Claude's count (a token per 28 x 28 pixels) or that of GPT models with 1.2 tokens per
32 x 32 pixels; those with 1.72 tokens count at most 15 % more. Providers that charge by tiles of
512 or 768 pixels (GPT-4o, Gemini 2) come out even on average and reach 2.4 times the estimate for a
view that just spills into a further tile; a flat charge per image (Gemini 3) has nothing to do with
size. Views stay below 2048 such tokens, 1.2 megapixels, about what most of them look at before they
shrink an image themselves."""

_SYSTEM = (
    "You answer questions about a large image. You first get a reduced copy of it and may ask for "
    f"parts of it at full detail. Always reply by calling one tool: {ZOOM} to see parts of an "
    f"image closer, {ANSWER} to give the answer. Give your reasoning in the call."
)
_HOW_TO_ZOOM = (
    f"call {ZOOM} with the smallest region that holds what is needed; its edges are whole numbers "
    "from 0 to 1000, where 0 is the left or top edge of the image and 1000 its right or bottom edge"
)
_HOW_TO_ANSWER = (
    f"call {ANSWER} with nothing but the answer as its text; if what was shown does not hold the "
    "answer, set found to false"
)
_SEE_NEXT = "See the next message."
_NOT_USED = f"This call could not be used. {_SEE_NEXT}"
_EMPTY = "(no reply)"
"""Stands for a reply without text and calls: providers refuse an empty message."""

_KEPT_METADATA = ("model_provider", "output_version")
"""What LangChain's model classes look at to turn their own content blocks back."""
_MOST_KEPT = 256_000
"""Characters of a reply's own blocks: Claude takes its thinking back whole or not at all, and that
may have 64,000 tokens. Of a longer reply the text alone is kept."""
_NO_NAME = re.compile(r"[^A-Za-z0-9_-]")
"""What OpenAI and Anthropic refuse in the name of a past call, wherever the model got it from."""


@register_dialect("tool_calls")
class ToolCallsDialect(Dialect):
    """Native tool calls `zoom(regions=[...])` and `answer(text=...)`."""

    name = "tool_calls"
    frame = THOUSANDTHS

    def __init__(
        self, *, token_rule: TokenRule = PROVIDERS, tool_choice: str | None = None
    ) -> None:
        """Set the token rule, and whether a call is enforced.

        Args:
            token_rule: What a view costs; an estimate on the high side when left out.
            tool_choice: `"any"` where the provider is to enforce a call; not all can, and some not
                together with thinking. The model is only asked to when left out.
        """
        self.token_rule = token_rule
        self._tool_choice = tool_choice

    def system_prompt(self) -> str:
        """The system message."""
        return _SYSTEM

    def ask(self, question: str, views: Sequence[View], *, stage: Stage) -> str:
        """The text of a user turn; see `Dialect.ask`."""
        shown = "This is image 1, the whole." if len(views) == 1 else _described(views)
        asked = f"{shown}\nQuestion: {question}\n"
        if stage == "last":
            return f"{asked}No further part can be shown: {_HOW_TO_ANSWER}."
        if stage == "zoomed":
            return (
                f"{asked}Now {_HOW_TO_ANSWER}. Only if something is still unreadable or missing, "
                f"{_HOW_TO_ZOOM}."
            )
        if views[-1].full_resolution:
            return f"{asked}Nothing was lost by showing it: {_HOW_TO_ANSWER}."
        return f"{asked}Which part of it has to be seen in full detail to answer? {_capital()}."

    def second_question(self, error: MoveError, views: Sequence[View]) -> str:
        """The one second question after an unusable reply."""
        return (
            f"That reply could not be used: {error}. The last image shown is image "
            f"{views[-1].number}. Either {_HOW_TO_ZOOM}; or {_HOW_TO_ANSWER}."
        )

    def read(self, reply: AIMessage, views: Sequence[View]) -> Move:
        """Read a reply; see `Dialect.read`."""
        return in_pixels(self._read(reply, views), frame=self.frame, views=views)

    def _read(self, reply: AIMessage, views: Sequence[View]) -> Move:
        """The move in a reply, in thousandths; in its text where the server found no call in it."""
        calls, text = calls_in(reply), reply_text(reply).strip()
        if calls:
            return read_calls(calls, views, reasoning=text)
        try:
            return parse_reply(text, views, frame=self.frame)
        except ReplyFormatError as error:
            if looks_like_call(text):
                raise
            raise ReplyFormatError(f"the reply calls no tool; call {ZOOM} or {ANSWER}") from error

    def write(self, move: Move, views: Sequence[View]) -> AIMessage:
        """The strict form of a move: a message with one call; every box names its view."""
        name, call = call_for(in_frame(move, frame=self.frame, views=views))
        made = {"type": "tool_call", "id": "call_1", "name": name, "args": call.model_dump()}
        return AIMessage("", tool_calls=[made])

    def last_words(self, reply: AIMessage) -> str | None:
        """The answer that came with a zoom, or the plain text of a reply without any call."""
        calls = calls_in(reply)
        return answer_in(calls) if calls else last_words(reply_text(reply))

    def is_strict(self, reply: AIMessage, move: Move, views: Sequence[View]) -> bool:
        """Whether a reply is one call with valid arguments."""
        return is_own_form(reply, in_frame(move, frame=self.frame, views=views), views)

    def bind(self, model: BaseChatModel) -> Runnable[LanguageModelInput, AIMessage]:
        """The model with the two tools.

        Raises:
            SettingsError: If it takes no tools.
        """
        return with_tools(model, tool_choice=self._tool_choice)

    def record(self, reply: AIMessage) -> dict[str, Any]:
        """The reply as plain JSON, its calls made such that any server takes them back.

        Each has an id of its own, a name of allowed characters, and an object as arguments.
        """
        metadata = reply.response_metadata
        extra = {
            key: value
            for key, value in reply.additional_kwargs.items()
            # the raw form of the same calls, and what is sent to no model again
            if key not in {"tool_calls", "function_call", "reasoning_content", "refusal"}
        }
        whole = {
            "content": reply_text(reply) if isinstance(reply.content, str) else reply.content,
            "additional_kwargs": extra,
            "response_metadata": {k: metadata[k] for k in _KEPT_METADATA if k in metadata},
        }
        if is_longer(whole, than=_MOST_KEPT):
            whole = {"content": reply_text(reply), "additional_kwargs": {}, "response_metadata": {}}
        kept: dict[str, Any] = plain_json(whole, at_most=_MOST_KEPT)
        given = [call["id"] for call in (*reply.tool_calls, *reply.invalid_tool_calls)]
        kept["tool_calls"] = [
            {
                "type": "tool_call",
                "id": given[at] if given[at] and given[at] not in given[:at] else _new_id(),
                "name": _NO_NAME.sub("_", call.name)[:64] or "unknown",
                "args": {"unreadable": call.arguments}
                if isinstance(call.arguments, str)
                else call.arguments,
            }
            for at, call in enumerate(calls_in(reply))
        ]
        return kept

    def replay(
        self, text: str, *, record: dict[str, Any] | None, error: str | None
    ) -> list[BaseMessage]:
        """The reply, and a tool message for each of its calls; see `Dialect.replay`."""
        if record is None:
            return [AIMessage(text or _EMPTY)]
        if not record["tool_calls"]:
            return [AIMessage(**{**record, "content": record["content"] or _EMPTY})]
        outcome = {"content": _SEE_NEXT, "status": "success"}
        if error is not None:
            outcome = {"content": _NOT_USED, "status": "error"}
        results = (
            ToolMessage(tool_call_id=call["id"], name=call["name"], **outcome)
            for call in record["tool_calls"]
        )
        return [AIMessage(**record), *results]


def _described(views: Sequence[View]) -> str:
    """What the images are, by their numbers."""
    numbers = ", ".join(str(view.number) for view in views if not view.is_coarse)
    return f"Image 1 is the whole; parts shown closer so far: {numbers}."


def _capital() -> str:
    return _HOW_TO_ZOOM[:1].upper() + _HOW_TO_ZOOM[1:]


def _new_id() -> str:
    return f"call_{uuid4().hex}"
