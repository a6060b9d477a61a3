"""What is asked of an engine, and what comes back."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Literal, Protocol, Self, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ergo_agent.errors import ContextOverflowError, SettingsError
from ergo_agent.policies.local.messages import Conversation

__all__ = ["Completion", "Engine", "OnText", "Sampling", "context_error"]

OnText = Callable[[str], None]
"""Takes the next piece of a reply; called in a thread of the engine, so it must not block."""


class Sampling(BaseModel):
    """How a reply is drawn, and when it ends.

    What is not said here (a repetition penalty, say) is as the checkpoint's own generation
    configuration has it, which is also what `vllm serve` goes by.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float = Field(default=0.0, ge=0)
    """0 takes the most likely token every time."""

    top_p: float = Field(default=1.0, gt=0, le=1)
    """Share of the probability that tokens are drawn from; has no effect at temperature 0."""

    max_tokens: int | None = Field(default=None, ge=1)
    """Longest reply in tokens; None for what the context still holds."""

    stop: tuple[str, ...] = ()
    """Texts that end the reply; they are not part of it."""

    seed: int | None = None
    """Makes drawing repeatable; has no effect at temperature 0."""

    pattern: str | None = None
    """Regular expression that the whole reply must match, where the engine can enforce it."""

    def with_options(self, options: Mapping[str, Any]) -> Self:
        """Change what one call asks for.

        Args:
            options: Fields of this class; `structured_outputs={"regex": ...}`, as vLLM's server
                has it, is `pattern`.

        Raises:
            SettingsError: If an option is unknown or outside its range.
        """
        known = {name: value for name, value in options.items() if value is not None}
        structured = known.pop("structured_outputs", None)
        if structured is not None:
            if not isinstance(structured, Mapping) or set(structured) != {"regex"}:
                raise SettingsError(
                    f"structured_outputs={structured!r} is not supported; "
                    'give {"regex": "..."}, which is what the box grammar needs'
                )
            known["pattern"] = structured["regex"]
        try:
            return type(self)(**{**self.model_dump(), **known})
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            raise SettingsError(
                f"the option {problem['loc'][0]!r} of the call cannot be used "
                f"({problem['msg'].lower()}); the options are "
                f"{', '.join(type(self).model_fields)} and structured_outputs"
            ) from None


class Completion(BaseModel):
    """A reply and what it cost."""

    model_config = ConfigDict(frozen=True)

    text: str
    finish_reason: Literal["stop", "length"]
    """Whether the model ended the reply, or `max_tokens` or the context did."""

    input_tokens: int
    """Tokens of the prompt, text and images."""

    image_tokens: int
    """Those of them that stand for images."""

    cached_tokens: int | None = None
    """Those of them that a prefix cache held; None where there is no such cache."""

    output_tokens: int
    """Tokens of the reply, its end mark included."""


@runtime_checkable
class Engine(Protocol):
    """A loaded model that several callers share."""

    def submit(
        self, conversation: Conversation, *, sampling: Sampling, on_text: OnText | None = None
    ) -> "Future[Completion]":
        """Ask for a reply; returns at once.

        Cancelling the future ends the generation, whether it waits or runs.

        Args:
            conversation: What was said and shown.
            sampling: How the reply is drawn.
            on_text: Takes the reply piece by piece while it is written. All pieces come before the
                future is done, and together they are the completion's text.
        """

    def close(self) -> None:
        """End what still runs and give memory, threads and processes back."""


def context_error(*, prompt: int, context: int) -> ContextOverflowError:
    """The error for a prompt that leaves no room for a reply.

    Args:
        prompt: Tokens of the prompt.
        context: Most tokens of prompt and reply together.
    """
    return ContextOverflowError(
        f"the conversation takes {prompt:,} tokens and the model's context holds {context:,}, "
        "reply included; lower view_budget or max_zooms, or raise the context length"
    )
