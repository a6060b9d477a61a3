"""Which model runs where the caller names none, and what must be installed to run it."""

import importlib.util
import os

from ergo_agent.errors import MissingExtraError

__all__ = ["DEFAULT_MODEL", "default_model", "require"]

DEFAULT_MODEL = "nota-ai/ERGO-7B"
"""The policy this package is made for."""


def default_model() -> str:
    """The model that `ERGO_MODEL` names, else `DEFAULT_MODEL`."""
    return os.environ.get("ERGO_MODEL") or DEFAULT_MODEL


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
