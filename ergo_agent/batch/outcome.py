"""What came of one item, as plain data: what is kept in the workspace and told in the results."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from ergo_agent.errors import (
    ErgoError,
    ImageAccessError,
    ImageFetchError,
    ImageNotFoundError,
    MissingExtraError,
    PolicyAccessError,
    PolicyBusyError,
    PolicyError,
    PolicyTimeoutError,
    PolicyUnreachableError,
    ServingError,
    StoreFullError,
    UnknownModelError,
)

if TYPE_CHECKING:
    from ergo_agent.answer import VisionAnswer
    from ergo_agent.extraction.result import Extraction

__all__ = ["Outcome"]

_DOWN = (
    MissingExtraError,
    PolicyAccessError,
    PolicyBusyError,
    PolicyUnreachableError,
    ServingError,
    UnknownModelError,
)
"""Failures that are the policy's, whatever it is asked: the next item would fail as well. So may be
a bare `PolicyError`, which is whatever a chat model of others raised."""

_PASSING = (
    *_DOWN,
    ImageAccessError,
    ImageFetchError,
    ImageNotFoundError,
    PolicyTimeoutError,
    StoreFullError,
)
"""Failures that may be over when the batch is run again."""

_ORDINARY = frozenset({"answered", "not_found"})


class Outcome(BaseModel):
    """What came of one item."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    answer: str | None = None
    """The answer to a question; None where it was not found."""

    value: dict[str, Any] | None = None
    """The filled model as JSON; None where a field that it needs was not located."""

    missing: tuple[str, ...] = ()
    """Paths of the model's fields that have no value."""

    confidence: float | None = None
    evidence: list[dict[str, Any]] = Field(default_factory=list)
    """Where the answer was read: `page`, `region` (left, top, right, bottom in original pixels)
    and `quote`; of a model's fields also the `field`."""

    stop_reason: str | None = None
    verified: bool | str | None = None
    fallbacks: tuple[str, ...] = ()
    """What was done another way than usual to come to this: why an episode ended before its policy
    had done, views that were made smaller, pages that could not be opened. Empty for most."""

    vision_tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """Tokens as the server reported them; 0 where it reported none."""

    views: int = 0
    turns: int = 0
    seconds: float = 0.0
    policy: str | None = None
    error: str = ""
    """Why there is nothing; empty where the item was worked through."""

    error_kind: str = ""
    """The name of the error's class."""

    passing: bool = False
    """Whether the failure may be over when the batch is run again, which then tries once more."""

    down: bool = False
    """Whether the failure is the policy's own, whatever it is asked."""

    begun: int = 1
    """How many times the item was begun: more than once where a run was killed in the middle of it,
    or it failed before."""

    @classmethod
    def of_answer(cls, answer: "VisionAnswer") -> "Outcome":
        """What came of a question."""
        ledger = answer.ledger
        return cls(
            answer=answer.answer,
            confidence=answer.confidence,
            evidence=[
                {"page": each.page, "region": list(each.region.as_tuple()), "quote": each.text}
                for each in answer.evidence
            ],
            stop_reason=answer.stop_reason,
            verified=answer.verified,
            fallbacks=tuple(dict.fromkeys(_fallbacks(answer))),
            vision_tokens=ledger.spent,
            input_tokens=ledger.prompt_tokens,
            output_tokens=ledger.completion_tokens,
            cached_tokens=ledger.cached_tokens,
            views=len(answer.views),
            turns=len(answer.turns),
            policy=answer.policy,
        )

    @classmethod
    def of_extraction(cls, found: "Extraction[Any]") -> "Outcome":
        """What came of a model that was to be filled."""
        return cls(
            value=None if found.value is None else found.value.model_dump(mode="json"),
            missing=found.missing,
            evidence=[
                {
                    "field": name,
                    "page": each.page,
                    "region": None if each.region is None else list(each.region.as_tuple()),
                    "quote": each.quote or each.read,
                    "problem": each.problem,
                }
                for name, each in found.fields.items()
                if each.read is not None
            ],
            fallbacks=found.notes,
            vision_tokens=found.vision_tokens,
            policy=found.policy,
        )

    @classmethod
    def of_error(cls, error: Exception) -> "Outcome":
        """What came of an item that failed; an error that is none of ours is a bug, and told."""
        ours = isinstance(error, ErgoError)
        foreign = type(error) is PolicyError
        return cls(
            error=str(error) if ours else f"{type(error).__name__}: {error}"[:1000],
            error_kind=type(error).__name__,
            passing=isinstance(error, _PASSING) or foreign or not ours,
            down=isinstance(error, _DOWN) or foreign,
        )


def _fallbacks(answer: "VisionAnswer") -> Iterator[str]:
    if answer.stop_reason not in _ORDINARY:
        yield answer.stop_reason
    if answer.verified is False:
        yield "not_verified"
    for turn in answer.turns:
        if turn.fewer_views:
            yield "fewer_views"
        yield from (each for each in turn.repairs if each in {"smaller_view", "plain_text", "cut"})
    if answer.document is not None:
        yield from answer.document.notes
