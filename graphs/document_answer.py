"""What the looks at a document's pages came to, and the one result that they are joined into."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ergo_agent import errors
from ergo_agent.answer import VisionAnswer
from ergo_agent.documents.document import Document
from ergo_agent.episode.episode import refuse_state
from ergo_agent.episode.joint_record import joined
from ergo_agent.episode.ledger import Ledger
from ergo_agent.episode.pages import DocumentFacts, Hit, OpenedPage, page_ranges, ranges_in_words
from ergo_agent.episode.record import ImageFacts, Record
from ergo_agent.episode.stopping import NO_ANSWER, StopReason
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import ImageError, ImageFormatError
from ergo_agent.views.geometry import Size

__all__ = ["Looks", "image_error"]


class _Look(NamedTuple):
    page: int
    hit: Hit
    record: Record | None
    batch: int
    error: str
    kind: str


class Looks(NamedTuple):
    """The looks of an episode, in the order of their hits."""

    looks: list[_Look]
    before: float
    """Seconds of the survey and the finder."""

    finder_tokens: int

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
        return cls(looks, before, tokens)

    @property
    def records(self) -> list[tuple[int, Record]]:
        """The records of pages that could be opened, each with its page."""
        return [(look.page, look.record) for look in self.looks if look.record is not None]

    @property
    def found(self) -> bool:
        """Whether a page has answered."""
        return any(record.answer is not None for _, record in self.records)

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

    def result(
        self, state: Mapping[str, Any], *, document: Document, terms: Terms, policy: str
    ) -> VisionAnswer:
        """One record of all looks.

        Args:
            state: The episode's.
            document: What it is about.
            terms: What it was bound by.
            policy: Who was asked.

        Raises:
            ImageError: If no page could be opened; as the first one failed.
        """
        records = self.records
        if not records:
            raise _error_of(self.looks)
        page, best = _best(records)
        all_of = joined(records)
        stop: StopReason = (
            best.stop_reason if self.found else state.get("stop_reason") or "not_found"
        )
        return VisionAnswer(
            question=best.question,
            answer=best.answer,
            confidence=best.confidence,
            reasoning=best.reasoning,
            evidence=[e.model_copy(update={"page": page}) for e in best.evidence],
            stop_reason=stop,
            verified=best.verified,
            policy=policy,
            image=ImageFacts(
                digest=best.image.digest,
                width=best.image.width,
                height=best.image.height,
                page=page,
                page_count=document.page_count,
            ),
            views=all_of.views,
            turns=all_of.turns,
            reviews=all_of.reviews,
            ledger=self._ledger(state, all_of.entries, terms),
            timings={**state["timings"], **all_of.timings},
            document=self._facts(state, document),
        )

    def _ledger(self, state: Mapping[str, Any], entries: Any, terms: Terms) -> Ledger:  # noqa: ANN401
        ledgers = [record.ledger for _, record in self.records]
        texts = [ledger.text_tokens for ledger in ledgers if ledger.text_tokens is not None]
        return Ledger(
            max_vision_tokens=terms.settings.document_budget,
            full_resolution=self._full_resolution(state, terms),
            entries=entries,
            finder_tokens=self.finder_tokens,
            prompt_tokens=sum(ledger.prompt_tokens for ledger in ledgers),
            completion_tokens=sum(ledger.completion_tokens for ledger in ledgers),
            cached_tokens=sum(ledger.cached_tokens for ledger in ledgers),
            text_tokens=sum(texts) if texts else None,
        )

    def _full_resolution(self, state: Mapping[str, Any], terms: Terms) -> int:
        """Vision tokens of every page at full resolution, of those whose size is known."""
        sizes = (state.get("surveyed") or {}).get("sizes") or []
        if not sizes:
            sizes = [[r.image.width, r.image.height, 1] for _, r in self.records]
        rule = terms.rule
        return sum(
            count * rule.full_resolution_tokens(Size(width, height))
            for width, height, count in sizes
        )

    def _facts(self, state: Mapping[str, Any], document: Document) -> DocumentFacts:
        known = state.get("surveyed") or {}
        opened = {look.page for look in self.looks if look.record is not None}
        left = (page for page in document.pages if page not in opened)
        return DocumentFacts(
            page_count=document.page_count,
            parts=document.parts,
            asked=ranges_in_words(document.asked),
            finder=str(state.get("finder") or ""),
            text_layer=known.get("text_layer", ""),
            quick_look=known.get("quick_look", ""),
            unread=known.get("unread", ""),
            opened=tuple(_opened(look) for look in self.looks),
            not_opened=ranges_in_words(page_ranges(left)),
            notes=tuple(known.get("notes", ())),
        )


def _best(records: Sequence[tuple[int, Record]]) -> tuple[int, Record]:
    """The first page that has answered and was confirmed; else the first that has answered."""
    answered = [each for each in records if each[1].answer is not None]
    confirmed = [each for each in answered if each[1].verified]
    return (confirmed or answered or records)[0]


def _look(look: Mapping[str, Any], hits: Sequence[Hit]) -> _Look:
    result = look["result"]
    return _Look(
        page=int(look["page"]),
        hit=hits[int(look["rank"])],
        record=None if result is None else Record.model_validate(result),
        batch=int(look["batch"]),
        error=str(look["error"]),
        kind=str(look["kind"]),
    )


def _opened(look: _Look) -> OpenedPage:
    record = look.record
    return OpenedPage(
        page=look.page,
        score=look.hit.score,
        why=look.hit.why,
        found=record is not None and record.answer is not None,
        answer=None if record is None else record.answer,
        stop_reason=None if record is None else record.stop_reason,
        error=look.error,
        vision_tokens=0 if record is None else record.ledger.spent,
    )


def _error_of(looks: Sequence[_Look]) -> ImageError:
    """What is raised where no page could be opened."""
    if not looks:
        return ImageFormatError("the document has no page that could be opened")
    which = ranges_in_words(page_ranges(look.page for look in looks))
    return image_error(looks[0].kind, f"page {which} could not be opened: {looks[0].error}")


def image_error(kind: str, text: str) -> ImageError:
    """An `ImageError` of the class of that name; an `ImageFormatError` where it names none."""
    known = getattr(errors, kind, None)
    if isinstance(known, type) and issubclass(known, ImageError):
        return known(text)
    return ImageFormatError(text)
