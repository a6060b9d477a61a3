"""One question to the policy and its reply."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, model_validator

from ergo_agent.episode.moves import Answer, Stage, Zoom

__all__ = ["Ended", "Turn"]

Ended = Literal["cut_off", "refused", "no_reply"]
"""Why a model gave less than a whole reply: it reached the limit of tokens, it or a filter
refused, or it said nothing at all."""


class Turn(BaseModel):
    """One question to the policy and its reply."""

    model_config = ConfigDict(frozen=True)

    stage: Stage
    question: str
    """The text of the question, as sent."""

    second_question: bool = False
    """Whether it is the one second question, after a reply that could not be used."""

    views: tuple[int, ...]
    """Numbers of the views that were sent with it."""

    check: bool = False
    """Whether it asks for the answer again, in a conversation of its own in which nothing is shown
    but its views."""

    fewer_views: bool = False
    """Whether only the newest views were in the prompt, for all were too much for the model."""

    reply: str | None
    """The reply, verbatim; None where the deadline came first."""

    record: dict[str, Any] | None = None
    """What of the reply is no text, tool calls above all, as plain JSON; None where it is text."""

    move: Zoom | Answer | None
    """What the reply was read as; None where it could not be used."""

    repairs: tuple[str, ...] = ()
    """What had to be done to use the reply: `tolerant_parse`, `swapped`, `clamped`, `merged`,
    `dropped`, `grown`, `enlarged`, `shrunk_to_budget`, `second_question`, `last_question`,
    `plain_text`, `from_reasoning`, `smaller_view`, `fewer_views`, `cut`. The last three: the views
    were made smaller or only the newest sent, because the conversation was too long for the model;
    the reply was longer than is kept (`MAX_REPLY_CHARS`). A log: nothing is decided by it."""

    error: str | None = None
    """Why the reply could not be used, as the policy was told."""

    ended: Ended | None = None
    """Why the model gave less than a whole reply, where it did; the move may be usable all the
    same."""

    seconds: float = 0.0
    """How long the model took."""

    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    cached_tokens: int = Field(default=0, ge=0)
    """Tokens as the server reported them; 0 where it reported none."""

    paid: dict[int, NonNegativeInt] = Field(default_factory=dict)
    """Vision tokens, as predicted, of each view that was new to the server with this question, by
    its number: also of one sent again smaller. Empty in episodes of older versions."""

    image_tokens: int | None = None
    """How many of the input tokens were vision tokens, of all views in the prompt; None where the
    server did not say."""

    @model_validator(mode="before")
    @classmethod
    def _read_old(cls, given: object) -> object:
        """States of before these fields were there said it in the log."""
        if not isinstance(given, dict) or "second_question" in given:
            return given
        log = given.get("repairs") or ()
        return {**given, **{name: name in log for name in ("second_question", "fewer_views")}}
