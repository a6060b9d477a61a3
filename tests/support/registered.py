"""Names that are registered for one test and known to no other."""

import pytest

from ergo_agent.policies import registry

__all__ = ["forget_policies"]


def forget_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the policies that are registered from now on forgotten when the test ends."""
    monkeypatch.setattr(registry._ways, "_entries", dict(registry.ways()))
