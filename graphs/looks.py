"""The looks at a document's pages: what each came to, and which answer holds."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ergo_agent.documents.page_confidence import PageFacts, page_confidence, thresholds
from ergo_agent.episode.episode import refuse_state
from ergo_agent.episode.pages import Hit
from ergo_agent.episode.record import Record
from ergo_agent.episode.stopping import NO_ANSWER, StopReason

__all__ = ["Looks", "PageLook"]

_COMPARED = 3
"""Pages after which the surest answer is given, where none was sure. A guess."""


class PageLook(NamedTuple):
    """What one page came to."""

    page: int
    hit: Hit
    record: Record | None
    batch: int
    error: str
    kind: str

    def sure_of(self, most_held: float) -> float | None:
        """The probability that its answer is that of the document; None where nobody knows.

        Args:
            most_held: Share of the question's words that the page holds which holds most.
        """
        record = self.record
        if record is None or record.confidence is None:
            return None
        held = most_held if self.hit.held is None else self.hit.held
        return page_confidence(
            PageFacts(record.confidence, held, most_held, lacks_name=bool(self.hit.missing))
        )


class Looks(NamedTuple):
    """The looks of an episode, in the order of their hits."""

    looks: list[PageLook]
    before: float
    """Seconds of the survey and the finder."""

    finder_tokens: int
    choice: bool
    """Whether there were several pages to choose from."""

    most_held: float
    """Share of the question's words that the page holds which holds most."""

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> "Looks":
        """Those in a state.

        Raises:
            StateError: If they are none.
        """
        try:
            hits = [Hit.model_validate(hit) for hit in state["hits"]]
            looks = [_look(look, hits) for look in state.get("looks") or []]
            before = sum(map(float, state["timings"].values()))
            tokens = int(state.get("finder_tokens") or 0)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            refuse_state("hits, looks or timings", state.get("looks"), "they are none")
        most_held = max((hit.held for hit in hits if hit.held is not None), default=1.0)
        return cls(looks, before, tokens, len(hits) > 1, most_held)

    @property
    def records(self) -> list[tuple[int, Record]]:
        """The records of pages that could be opened, each with its page."""
        return [(look.page, look.record) for look in self.looks if look.record is not None]

    def confidence(self, look: PageLook) -> float | None:
        """How sure a page's answer is to be that of the document; None where nobody says so."""
        if look.record is None:
            return None
        return look.sure_of(self.most_held) if self.choice else look.record.confidence

    def believed(self, look: PageLook) -> float:
        """The same, 0 where there is no answer, and 1 where a policy does not say how sure it is.

        An answer that its own crops do not confirm never ends the search.
        """
        if look.record is None or look.record.answer is None:
            return 0.0
        sure = self.confidence(look)
        believed = 1.0 if sure is None else sure
        return min(believed, thresholds().given) if look.record.verified is False else believed

    @property
    def best(self) -> PageLook | None:
        """The look whose answer is given; None where none is sure enough."""
        least = thresholds().given if self.choice else 0.0
        given = [look for look in self.looks if 0 < self.believed(look) >= least]
        return max(given, key=self._rank, default=None)

    @property
    def found(self) -> bool:
        """Whether there is an answer to give."""
        return self.best is not None

    @property
    def settled(self) -> bool:
        """Whether no other page has to be looked at: an answer is sure, or enough were compared."""
        sure = any(self.believed(look) >= thresholds().sure for look in self.looks)
        return sure or (self.found and len(self.looks) >= _COMPARED)

    @property
    def spent(self) -> int:
        """Vision tokens so far."""
        return self.finder_tokens + sum(record.ledger.spent for _, record in self.records)

    @property
    def batches(self) -> int:
        """How many times pages were opened."""
        return 1 + max((look.batch for look in self.looks), default=-1)

    @property
    def seconds(self) -> float:
        """Seconds of work; of pages that were looked at side by side those of the slowest."""
        slowest: dict[int, float] = {}
        for look in self.looks:
            took = sum(look.record.timings.values()) if look.record else 0.0
            slowest[look.batch] = max(slowest.get(look.batch, 0.0), took)
        return self.before + sum(slowest.values())

    @property
    def nothing(self) -> StopReason:
        """Why an episode ends in which every page was looked at, and none has answered.

        The last look's reason: where each policy's reply was of no use, that is no "not found".
        """
        reasons: Sequence[StopReason] = [record.stop_reason for _, record in self.records]
        useless = [reason for reason in reasons if reason in NO_ANSWER]
        return useless[0] if useless and len(useless) == len(reasons) else "not_found"

    @property
    def nearest(self) -> str:
        """Why no answer is given though pages gave one; empty where none did."""
        looks = [look for look in self.looks if look.record and look.record.answer is not None]
        if not looks:
            return ""
        near = max(looks, key=lambda look: self.confidence(look) or 0.0)
        assert near.record is not None
        lacks = f", which does not hold {', '.join(near.hit.missing)}" if near.hit.missing else ""
        return (
            "No page answers the question surely enough. What comes nearest is "
            f'"{near.record.answer}" on page {near.page}{lacks} '
            f"(confidence {self.confidence(near) or 0.0:.2f})."
        )

    def _rank(self, look: PageLook) -> tuple[bool, float]:
        """What was confirmed comes first, then what is surest; of these the first."""
        return bool(look.record and look.record.verified), self.believed(look)


def _look(look: Mapping[str, Any], hits: Sequence[Hit]) -> PageLook:
    result = look["result"]
    return PageLook(
        page=int(look["page"]),
        hit=hits[int(look["rank"])],
        record=None if result is None else Record.model_validate(result),
        batch=int(look["batch"]),
        error=str(look["error"]),
        kind=str(look["kind"]),
    )
