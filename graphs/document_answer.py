"""The one result that the looks at a document's pages are joined into."""

from collections.abc import Mapping, Sequence
from typing import Any

from ergo_agent import errors
from ergo_agent.answer import VisionAnswer
from ergo_agent.documents.document import Document
from ergo_agent.episode.joint_record import joined
from ergo_agent.episode.ledger import Ledger
from ergo_agent.episode.pages import DocumentFacts, OpenedPage, page_ranges, ranges_in_words
from ergo_agent.episode.record import ImageFacts
from ergo_agent.episode.stopping import StopReason
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import ImageError, ImageFormatError
from ergo_agent.graphs.looks import Looks, PageLook
from ergo_agent.views.geometry import Size

__all__ = ["image_error", "joint_answer"]


def joint_answer(
    looks: Looks, state: Mapping[str, Any], *, document: Document, terms: Terms, policy: str
) -> VisionAnswer:
    """One record of all looks.

    Args:
        looks: What the pages came to.
        state: The episode's.
        document: What it is about.
        terms: What it was bound by.
        policy: Who was asked.

    Raises:
        ImageError: If no page could be opened; as the first one failed.
    """
    records = looks.records
    if not records:
        raise _error_of(looks.looks)
    given = looks.best
    chosen = given or next(look for look in looks.looks if look.record is not None)
    assert chosen.record is not None
    page, best = chosen.page, chosen.record
    answered = given is not None
    all_of = joined(records)
    stop: StopReason = best.stop_reason if answered else state.get("stop_reason") or "not_found"
    return VisionAnswer(
        question=best.question,
        answer=best.answer if answered else None,
        confidence=looks.confidence(chosen),
        reasoning=best.reasoning if answered else looks.nearest or best.reasoning,
        evidence=[e.model_copy(update={"page": page}) for e in best.evidence if answered],
        stop_reason=stop,
        verified=best.verified if answered else None,
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
        ledger=_ledger(looks, state, all_of.entries, terms),
        timings={**state["timings"], **all_of.timings},
        document=_facts(looks, state, document),
    )


def _ledger(looks: Looks, state: Mapping[str, Any], entries: Any, terms: Terms) -> Ledger:  # noqa: ANN401
    ledgers = [record.ledger for _, record in looks.records]
    texts = [ledger.text_tokens for ledger in ledgers if ledger.text_tokens is not None]
    return Ledger(
        max_vision_tokens=terms.settings.document_budget,
        full_resolution=_full_resolution(looks, state, terms),
        entries=entries,
        finder_tokens=looks.finder_tokens,
        prompt_tokens=sum(ledger.prompt_tokens for ledger in ledgers),
        completion_tokens=sum(ledger.completion_tokens for ledger in ledgers),
        cached_tokens=sum(ledger.cached_tokens for ledger in ledgers),
        text_tokens=sum(texts) if texts else None,
    )


def _full_resolution(looks: Looks, state: Mapping[str, Any], terms: Terms) -> int:
    """Vision tokens of every page at full resolution, of those whose size is known."""
    sizes = (state.get("surveyed") or {}).get("sizes") or []
    if not sizes:
        sizes = [[r.image.width, r.image.height, 1] for _, r in looks.records]
    rule = terms.rule
    return sum(
        count * rule.full_resolution_tokens(Size(width, height)) for width, height, count in sizes
    )


def _facts(looks: Looks, state: Mapping[str, Any], document: Document) -> DocumentFacts:
    known = state.get("surveyed") or {}
    opened = {look.page for look in looks.looks if look.record is not None}
    left = (page for page in document.pages if page not in opened)
    return DocumentFacts(
        page_count=document.page_count,
        parts=document.parts,
        asked=ranges_in_words(document.asked),
        finder=str(state.get("finder") or ""),
        text_layer=known.get("text_layer", ""),
        quick_look=known.get("quick_look", ""),
        unread=known.get("unread", ""),
        opened=tuple(_opened(look) for look in looks.looks),
        not_opened=ranges_in_words(page_ranges(left)),
        notes=tuple(known.get("notes", ())),
    )


def _opened(look: PageLook) -> OpenedPage:
    record = look.record
    return OpenedPage(
        page=look.page,
        score=look.hit.score,
        why=look.hit.why,
        place=look.hit.place,
        found=record is not None and record.answer is not None,
        answer=None if record is None else record.answer,
        stop_reason=None if record is None else record.stop_reason,
        error=look.error,
        vision_tokens=0 if record is None else record.ledger.spent,
    )


def _error_of(looks: Sequence[PageLook]) -> ImageError:
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
