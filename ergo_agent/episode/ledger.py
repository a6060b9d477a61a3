"""The ledger of one episode: what each view was predicted to cost and what the server reported."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from langchain_core.messages import AIMessage
from pydantic import BaseModel, ConfigDict, Field, computed_field

from ergo_agent.episode.turn import Turn
from ergo_agent.episode.usage import Usage
from ergo_agent.errors import ViewCostError
from ergo_agent.views.view import View

__all__ = [
    "Ledger",
    "LedgerEntry",
    "check_view_costs",
    "ledger_entries",
    "reported_tokens",
    "text_tokens",
]


class LedgerEntry(BaseModel):
    """What one view cost."""

    model_config = ConfigDict(frozen=True)

    view: int = Field(ge=1)
    """Number of the view within the episode; 1 is the coarse view."""

    predicted: int = Field(ge=0)
    """Vision tokens by the dialect's token rule, counted before the view was sent; those of both
    where it was sent again smaller."""

    reported: int | None = Field(default=None, ge=0)
    """Vision tokens as the server counted them; None where it did not say. Views that were sent
    together share what was reported for them in proportion to what was predicted."""

    @property
    def cost(self) -> int:
        """The larger of what was predicted and what was reported.

        A server that reports too little must not lift the cap.
        """
        return max(self.predicted, self.reported or 0)


class Ledger(BaseModel):
    """What an episode may spend on vision tokens, and what it spent."""

    model_config = ConfigDict(frozen=True)

    max_vision_tokens: int = Field(gt=0)
    """Hard cap over all views of the episode."""

    full_resolution: int = Field(gt=0)
    """Vision tokens of one pass over the whole original at full resolution, for comparison."""

    entries: tuple[LedgerEntry, ...] = ()
    """One entry per view, in the order in which they were shown."""

    finder_tokens: int = Field(default=0, ge=0)
    """Vision tokens of contact sheets, by which a policy said which pages of a document to open."""

    prompt_tokens: int = Field(default=0, ge=0)
    """Input tokens (text and vision) as the server reported them, summed over all turns; 0 if it
    reported none. Later turns repeat earlier views, which a prefix cache makes cheap."""

    completion_tokens: int = Field(default=0, ge=0)
    """Output tokens as the server reported them, summed over all turns; 0 if it reported none."""

    cached_tokens: int = Field(default=0, ge=0)
    """Input tokens that the server reported as read from its prefix cache."""

    text_tokens: int | None = Field(default=None, ge=0)
    """Input tokens that were no vision tokens, summed over all turns; None where the server did not
    say."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def spent(self) -> int:
        """Vision tokens of all views and contact sheets, each counted once."""
        return self.finder_tokens + sum(entry.cost for entry in self.entries)

    @property
    def remaining(self) -> int:
        """Vision tokens that may still be spent."""
        return max(0, self.max_vision_tokens - self.spent)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def share(self) -> float:
        """`spent` as a fraction of `full_resolution`."""
        return self.spent / self.full_resolution


def reported_tokens(reply: AIMessage | None) -> dict[str, Any]:
    """Tokens as the server reported them, under the names of `Turn`'s fields."""
    usage = Usage.of_message(None if reply is None else reply.usage_metadata)
    return {
        "input_tokens": usage.input or 0,
        "output_tokens": usage.output or 0,
        "cached_tokens": usage.cached or 0,
        "image_tokens": usage.image,
    }


def check_view_costs(
    reply: AIMessage, *, views: Sequence[View], turns: Sequence[Turn], relative: bool
) -> None:
    """Refuse to go on where a server resized what it was shown.

    Args:
        reply: The newest reply.
        views: The views in its prompt.
        turns: The turns before it in its prompt; views that none of them showed are new.
        relative: Whether boxes are written relative to the view's sides. Then they hold at any
            size, and only a view that costs more than predicted is refused.

    Raises:
        ViewCostError: If the server counted other vision tokens than predicted.
    """
    reported = reported_tokens(reply).get("image_tokens")
    if reported is None:
        return
    sent = {number for turn in turns for number in turn.views}
    new = [view for view in views if view.number not in sent]
    known = sum(_Costs.of(views, turns).standing[number] for number in sent)
    cost, predicted = reported - known, sum(view.tokens for view in new)
    if cost == predicted or (relative and cost < predicted):
        return
    shown = ", ".join(f"{v.number} ({v.shown.width}x{v.shown.height} pixels)" for v in new)
    raise ViewCostError(
        f"view {shown} should cost {predicted} vision tokens, but the server counts {cost}: it "
        "resizes what it is shown, so the budget does not hold and boxes may lie elsewhere. Serve "
        "the model with pixel bounds that leave views alone, choose the dialect of its family, or "
        "set allow_resized=True"
    )


def ledger_entries(views: Sequence[View], turns: Sequence[Turn]) -> tuple[LedgerEntry, ...]:
    """One entry per view, with what the server reported where it did."""
    costs = _Costs.of(views, turns)
    return tuple(
        LedgerEntry(
            view=view.number,
            predicted=costs.predicted.get(view.number, view.tokens),
            reported=costs.reported.get(view.number),
        )
        for view in views
    )


class _Costs(NamedTuple):
    """Vision tokens of views by their numbers."""

    predicted: dict[int, int]
    reported: dict[int, int]
    """Summed over all sizes that the view was sent at."""

    standing: dict[int, int]
    """What the view costs a prompt that holds it now; reported, or else predicted."""

    @classmethod
    def of(cls, views: Sequence[View], turns: Sequence[Turn]) -> "_Costs":
        """The costs of what was sent with some turns."""
        costs = cls({}, {}, {})
        tokens = {view.number: view.tokens for view in views}
        for turn in turns:
            costs._add(turn, turn.paid or {number: tokens[number] for number in turn.views})
        return costs

    def _add(self, turn: Turn, new: Mapping[int, int]) -> None:
        """Count a turn's views, which share what was reported in proportion."""
        predicted = sum(new.values())
        shares: Mapping[int, int] = {}
        if turn.image_tokens is not None and predicted:
            alone = turn.fewer_views or turn.check
            known = 0 if alone else sum(c for n, c in self.standing.items() if n not in new)
            total = max(0, turn.image_tokens - known)
            shares = {number: -(-total * cost // predicted) for number, cost in new.items()}
        for number, cost in new.items():
            self.predicted[number] = self.predicted.get(number, 0) + cost
            if number in shares:
                before = self.reported.get(number, self.standing.get(number, 0))
                self.reported[number] = before + shares[number]
            elif number in self.reported:  # not told this time: at least what was predicted
                self.reported[number] += cost
        self.standing.update({**new, **shares})


def text_tokens(turns: Sequence[Turn]) -> int | None:
    """Input tokens that were no vision tokens; None where the server never told them apart."""
    told = [max(0, t.input_tokens - t.image_tokens) for t in turns if t.image_tokens]
    return sum(told) if told else None
