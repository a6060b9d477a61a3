"""Which dialect a model is spoken to in."""

import logging
import re
from collections.abc import Callable

from langchain_core.language_models import BaseChatModel

from ergo_agent.dialects.base import Dialect
from ergo_agent.dialects.ergo import ErgoDialect
from ergo_agent.dialects.qwen3_vl import Qwen2VLDialect, Qwen3VLDialect
from ergo_agent.dialects.reader import ReadingDialect
from ergo_agent.dialects.tool_calls import ToolCallsDialect
from ergo_agent.errors import SettingsError

__all__ = ["DIALECT_NAMES", "choose_dialect"]

_logger = logging.getLogger(__name__)

_DIALECTS: dict[str, Callable[[], Dialect]] = {
    "ergo": ErgoDialect,
    "qwen2_vl": Qwen2VLDialect,
    "qwen3_vl": Qwen3VLDialect,
    "tool_calls": ToolCallsDialect,
    "reading": ReadingDialect,
}
DIALECT_NAMES = ("auto", *_DIALECTS)
"""Every name that `choose_dialect` takes."""

_FAMILIES = (
    (re.compile(r"(?<![a-z])ergo(?![a-z])"), "ergo"),
    (re.compile(r"qwen-?2[.-]?5-?(vl|omni)"), "ergo"),
    (re.compile(r"qwen-?2-?vl"), "qwen2_vl"),
    (re.compile(r"qwen-?3([.-]\d+)?-?(vl|omni)|qwen-?3\.[5-9]"), "qwen3_vl"),
    (re.compile(r"^rapidocr$"), "reading"),  # `ChatOcr`
)
"""Families by what their models are called, in lower case with `_` as `-`; the first one counts.
The models called Qwen3.5 and later see images without `VL` in their names."""


def choose_dialect(name: str | Dialect = "auto", *, model: str | BaseChatModel | None) -> Dialect:
    """The dialect that is meant.

    `"auto"` goes by the model's name: `ergo` for ERGO and Qwen2.5-VL, `qwen3_vl` for Qwen3-VL,
    Qwen3.5 and later, `qwen2_vl` for Qwen2-VL, wherever they are served under such a name. Any
    other model is spoken to with `tool_calls`; one that takes no tools, with `ergo`, whose tags are
    plain text. What was picked is logged, and stands in `VisionAnswer.policy`.

    Args:
        name: One of `DIALECT_NAMES`, or a dialect, which is returned as it is.
        model: The model, or what it is called; None where nothing is known of it, which is taken
            for ERGO.

    Raises:
        SettingsError: If there is no dialect of that name.
    """
    if isinstance(name, Dialect):
        return name
    if name == "auto":
        name = _by_model(model)
        _logger.info("the dialect for %s is %s", _called(model) or "an unnamed model", name)
    make = _DIALECTS.get(name) if isinstance(name, str) else None
    if make is None:
        raise SettingsError(
            f"dialect={name!r} is unknown; give one of {', '.join(DIALECT_NAMES)}, or a Dialect"
        )
    return make()


def _by_model(model: str | BaseChatModel | None) -> str:
    """The name of the dialect that a model's own name suggests."""
    called = (_called(model) or "").lower().replace("_", "-")
    for part in reversed(called.split("/")):  # what a checkpoint's folder lies in says less
        for pattern, name in _FAMILIES:
            if pattern.search(part):
                return name
    if model is None:
        return "ergo"
    return "tool_calls" if isinstance(model, str) or _takes_tools(model) else "ergo"


def _called(model: str | BaseChatModel | None) -> str | None:
    """What a model is called; LangChain's classes disagree on the name of that field."""
    if model is None or isinstance(model, str):
        return model
    named = (getattr(model, field, None) for field in ("model_name", "model", "model_id"))
    return next((name for name in named if isinstance(name, str) and name), None)


def _takes_tools(model: BaseChatModel) -> bool:
    return type(model).bind_tools is not BaseChatModel.bind_tools
