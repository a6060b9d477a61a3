"""Which model runs where the caller names none, and what must be installed to run it."""

import importlib.util
import os
from pathlib import Path

from ergo_agent.errors import MissingExtraError, PolicyError

__all__ = ["DEFAULT_MODEL", "NANO", "cannot_load", "default_model", "located", "require"]

DEFAULT_MODEL = "nota-ai/ERGO-7B"
"""The policy this package is made for."""

NANO = "nano"
"""The policy that comes with this package: it knows `ergo_agent.training.scenes` and nothing else,
and runs wherever the real one does, without a hub and in seconds."""

_NANO = Path(__file__).with_name("nano")


def default_model() -> str:
    """The model that `ERGO_MODEL` names, else `DEFAULT_MODEL`."""
    return os.environ.get("ERGO_MODEL") or DEFAULT_MODEL


def located(model: str) -> str:
    """Where a model's checkpoint is: `NANO`'s folder, or the folder or hub name that was given."""
    return str(_NANO) if model == NANO else model


def cannot_load(model: str, error: Exception) -> PolicyError:
    """What to raise where a checkpoint is not there, or is not one.

    Args:
        model: As it was named.
        error: What the library said.
    """
    why = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return PolicyError(
        f"the checkpoint {model!r} cannot be loaded ({why}); give the folder of an "
        f"image-text-to-text checkpoint, or its name on the hub and a network, or {NANO!r} for the "
        "small one that comes with this package and knows its training scenes alone"
    )


def require(*modules: str, feature: str, extra: str) -> None:
    """Check that modules are installed, without importing them.

    Args:
        modules: Their top-level names.
        feature: What needs them, as the subject of a sentence.
        extra: The extra that they are in.

    Raises:
        MissingExtraError: If one is not there.
    """
    if any(importlib.util.find_spec(module) is None for module in modules):
        raise MissingExtraError(feature, extra=extra)
