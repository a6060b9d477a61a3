"""One question to the policy and its reply."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ergo_agent.episode.moves import Answer, Stage, Zoom

__all__ = ["Turn"]


class Turn(BaseModel):
    """One question to the policy and its reply."""

    model_config = ConfigDict(frozen=True)

    stage: Stage
    question: str
    """The text of the question, as sent."""

    views: tuple[int, ...]
    """Numbers of the views that were sent with it."""

    reply: str | None
    """The reply, verbatim; None where the deadline came first."""

    record: dict[str, Any] | None = None
    """What of the reply is no text, tool calls above all, as plain JSON; None where it is text."""

    move: Zoom | Answer | None
    """What the reply was read as; None where it could not be used."""

    repairs: tuple[str, ...] = ()
    """What had to be done to use the reply: `tolerant_parse`, `swapped`, `clamped`, `merged`,
    `dropped`, `grown`, `enlarged`, `shrunk_to_budget`, `second_question`, `last_question`,
    `plain_text`, `smaller_view`, `fewer_views`. The last two: the views were made smaller, or
    only the newest views were sent, because the conversation was too long for the model."""

    error: str | None = None
    """Why the reply could not be used, as the policy was told."""

    seconds: float = 0.0
    """How long the model took."""

    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    cached_tokens: int = Field(default=0, ge=0)
    """Tokens as the server reported them; 0 where it reported none."""

    image_tokens: int | None = None
    """How many of the input tokens were vision tokens, of all views in the prompt; None where the
    server did not say."""
