"""Which dialect a model is spoken to in: dialects by name, and names by model.

A dialect of somebody else's is registered like those of this package, by `register_dialect` in a
module that the entry-point group `ergo_agent.dialects` names.
"""

import json
import logging
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

from langchain_core.language_models import BaseChatModel

from ergo_agent._common.registry import Registry
from ergo_agent.dialects.base import Dialect
from ergo_agent.errors import SettingsError

__all__ = ["choose_dialect", "dialect_names", "register_dialect"]

_logger = logging.getLogger(__name__)
_Maker = TypeVar("_Maker", bound=Callable[[], Dialect])


class _Family(NamedTuple):
    """How a dialect is made, and which models speak it."""

    make: Callable[[], Dialect]
    models: tuple[re.Pattern[str], ...]
    """What their names hold, in lower case with `_` as `-`."""


_families: Registry[_Family] = Registry("dialect", group="ergo_agent.dialects")


def register_dialect(name: str, *, models: Iterable[str] = ()) -> Callable[[_Maker], _Maker]:
    """Register a dialect: a decorator for its class, or for a function that makes it.

    Args:
        name: What it is chosen by; the same name again replaces it.
        models: Regular expressions that are searched for in the names of models, in lower case with
            `_` as `-`. Of dialects that know a name the one that was registered last counts.

    Raises:
        SettingsError: If the name cannot be one.
    """

    def register(make: _Maker) -> _Maker:
        _families.add(name, _Family(make, tuple(re.compile(pattern) for pattern in models)))
        return make

    return register


def dialect_names() -> tuple[str, ...]:
    """Every name that `choose_dialect` takes."""
    return ("auto", *_families.all())


def choose_dialect(name: str | Dialect = "auto", *, model: str | BaseChatModel | None) -> Dialect:
    """The dialect that is meant.

    `"auto"` goes by the model's name: `ergo` for ERGO and Qwen2.5-VL, `qwen3_vl` for Qwen3-VL,
    Qwen3.5 and later, and so on, wherever they are served under such a name; for a checkpoint in a
    folder that is called otherwise, by what its `config.json` says it is. Any other model is spoken
    to with `tool_calls`; one that takes no tools, with `ergo`, whose tags are plain text. What was
    picked is logged, and stands in `VisionAnswer.policy`.

    Args:
        name: One of `dialect_names()`, or a dialect, which is returned as it is.
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
    family = _families.get(name)
    if family is None:
        raise SettingsError(
            f"dialect={name!r} is unknown; give one of {', '.join(dialect_names())}, or a Dialect"
        )
    return family.make()


def _by_model(model: str | BaseChatModel | None) -> str:
    """The name of the dialect that a model's own name suggests."""
    if model is None:
        return "ergo"
    called = _called(model) or ""
    # what a checkpoint's folder lies in says less than its name, and its name more than its type
    parts = [*reversed(called.split("/")), _model_type(called)]
    families = [*reversed(_families.all().items())]
    for part in (part.lower().replace("_", "-") for part in parts):
        for name, family in families:
            if any(pattern.search(part) for pattern in family.models):
                return name
    return "tool_calls" if isinstance(model, str) or _takes_tools(model) else "ergo"


def _model_type(called: str) -> str:
    """The `model_type` of a checkpoint in a folder; empty where there is none to be read."""
    try:
        config = json.loads((Path(called) / "config.json").read_text(encoding="utf-8"))
        return str(config.get("model_type") or "")
    except (OSError, ValueError, AttributeError):
        return ""


def _called(model: str | BaseChatModel | None) -> str | None:
    """What a model is called; LangChain's classes disagree on the name of that field."""
    if model is None or isinstance(model, str):
        return model
    named = (getattr(model, field, None) for field in ("model_name", "model", "model_id"))
    return next((name for name in named if isinstance(name, str) and name), None)


def _takes_tools(model: BaseChatModel) -> bool:
    return type(model).bind_tools is not BaseChatModel.bind_tools
