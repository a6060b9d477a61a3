"""The default finder: pages by the words of the question, and by its meaning."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from ergo_agent.documents.bm25 import Bm25
from ergo_agent.documents.finders import Found, Search
from ergo_agent.documents.names import missing_names
from ergo_agent.documents.page_text import PageText
from ergo_agent.documents.passages import Passage, passages_of
from ergo_agent.documents.words import terms_of
from ergo_agent.episode.pages import Hit
from ergo_agent.policies.ocr.models import shared_models

__all__ = ["TextFinder", "rank_pages"]

_RANK = 60
"""Reciprocal rank fusion: each ranking gives 1 / (60 + rank). The number is that of G. Cormack,
C. Clarke and S. Buettcher, Reciprocal Rank Fusion (2009); with 40 or 90 the same
pages are among the first three."""

_OF_A_PAGE, _MOST_ENCODED = 8, 2000
"""Passages of a page, and of all pages, whose meaning is worked out for a question: those with the
best words, so that a first question does not wait for all. Of 160 questions about documents of 30
pages (`scripts.reader_numbers pages`) the page is among the first three for 144 if all are, for 143
with 8 of a page, for 142 with 5 or 4, for 140 with 2 or without meaning; 8 are a third of all, and
the best 400 of a document, as many as 143, are two thirds."""

_BEFORE_NEIGHBOURS = 2
"""Hits that come before the neighbours of the best one. Of 80 questions about documents of 30
pages, a third of which need two pages, the page of the answer is among the first three for all;
with 3 it is for 73 (`scripts.reader_numbers pages`)."""

_WORDS_TOLD = 4
_SAYS_SOMETHING = 0.7
"""Weight of a word that half of all passages hold: ln 2."""


class TextFinder:
    """Ranks the pages of a survey by words (BM25) and by meaning (the shipped encoder), fused."""

    name = "text"
    needs_text = True

    async def find(self, search: Search) -> Found:
        """The pages, best first; those without any text last."""
        assert search.survey is not None
        return Found(await asyncio.to_thread(rank_pages, search.question, search.survey.pages))


def rank_pages(question: str, pages: Mapping[int, PageText]) -> list[Hit]:
    """The pages that `TextFinder` finds, best first; blocking.

    Args:
        question: What is asked.
        pages: By their number.
    """
    hits = _ranked(question, pages)
    named = _by_names(_with_missing(question, hits, pages))
    return with_neighbours(named, pages.keys(), goes_on=_goes_on(named, pages))


def _ranked(question: str, pages: Mapping[int, PageText]) -> list[Hit]:
    """The pages by words and meaning."""
    passages = passages_of(pages)
    if not passages:
        return []
    asked = terms_of(question)
    counted = Bm25([terms_of(passage.text) for passage in passages])
    words = counted.scores(asked)
    numbers = [number for number, page in pages.items() if page.lines]
    texts = [terms_of(pages[number].text) for number in numbers]
    by_pages = Bm25(texts)
    whole = by_pages.scores(asked)
    shares = dict(zip(numbers, (by_pages.share(asked, text) for text in texts), strict=True))
    likeness = _likeness(question, passages, words)
    by_words, by_meaning = _best(passages, words), _best(passages, likeness)
    rankings = [
        {page: score for page, (score, _) in by_words.items() if score > 0},
        dict(zip(numbers, whole, strict=True)),
        {page: score for page, (score, _) in by_meaning.items()},
    ]
    fused = _fused(rankings)
    hits = []
    for page, score in sorted(fused.items(), key=lambda pair: (-pair[1], pair[0])):
        words_score, at = by_words[page]
        alike, near = by_meaning.get(page, (0.0, at))
        passage = passages[at if words_score > 0 else near]
        why = _why(question, passage, counted, alike)
        held = round(max(shares[page], shares.get(page - 1, 0.0)), 3)
        hits.append(Hit(page=page, score=round(score, 5), why=why, place=passage.place, held=held))
    return hits


def _with_missing(question: str, hits: list[Hit], pages: Mapping[int, PageText]) -> list[Hit]:
    """The hits, each with the names of the question that its page does not hold."""
    texts = {number: page.text for number, page in pages.items() if page.lines}
    missing = missing_names(question, texts)
    return [hit.model_copy(update={"missing": missing.get(hit.page, ())}) for hit in hits]


def _by_names(hits: Sequence[Hit]) -> list[Hit]:
    """Pages that hold every name of the question before those that lack one."""
    return sorted(hits, key=lambda hit: len(hit.missing))


def _likeness(question: str, passages: Sequence[Passage], words: Sequence[float]) -> list[float]:
    """The cosine of each passage and the question; -1 for those that are not worked out."""
    order = _with_best_words(passages, words)
    encoder = shared_models().encoder
    asked = encoder.encode([question])[0]
    vectors = encoder.encode([passages[at].text for at in order])
    found = [-1.0] * len(passages)
    for at, cosine in zip(order, np.asarray(vectors @ asked).tolist(), strict=True):
        found[at] = cosine
    return found


def _with_best_words(passages: Sequence[Passage], words: Sequence[float]) -> list[int]:
    """Which passages are worth working out, those with the best words first."""
    taken: Counter[int] = Counter()
    order: list[int] = []
    for at in sorted(range(len(passages)), key=lambda at: -words[at]):
        page = passages[at].page
        if taken[page] < _OF_A_PAGE and len(order) < _MOST_ENCODED:
            taken[page] += 1
            order.append(at)
    return order


def _best(passages: Sequence[Passage], scores: Sequence[float]) -> dict[int, tuple[float, int]]:
    """Each page's best score, and which passage has it."""
    best: dict[int, tuple[float, int]] = {}
    for at, (passage, score) in enumerate(zip(passages, scores, strict=True)):
        if passage.page not in best or score > best[passage.page][0]:
            best[passage.page] = score, at
    return best


def _fused(rankings: Iterable[Mapping[int, float]]) -> dict[int, float]:
    """Reciprocal rank fusion; equal scores have the same rank."""
    fused: dict[int, float] = {}
    for ranking in rankings:
        scores = sorted(set(ranking.values()), reverse=True)
        ranks = {score: rank for rank, score in enumerate(scores, start=1)}
        for page, score in ranking.items():
            if score > 0:
                fused[page] = fused.get(page, 0.0) + 1 / (_RANK + ranks[score])
            else:
                fused.setdefault(page, 0.0)
    return fused


def _why(question: str, passage: Passage, counted: Bm25, alike: float) -> str:
    """In words: which of the question's a passage holds, the rarest first, or how near it is."""
    held = set(terms_of(passage.text))
    told = {}
    for word in question.split():
        terms = terms_of(word)
        weight = max(map(counted.weight, terms), default=0.0)
        if weight > _SAYS_SOMETHING and held.issuperset(terms):
            told[word.strip(".,;:!?\"'()")] = weight
    rarest = sorted(told, key=lambda word: -told[word])[:_WORDS_TOLD]
    if rarest:
        return f"holds the words: {', '.join(rarest)}"
    return "close in meaning to the question" if alike > 0 else "no page matches better"


def _goes_on(hits: Sequence[Hit], pages: Mapping[int, PageText]) -> bool:
    """Whether the best passage ends its page, so that it may go on over the next one."""
    place = hits[0].place if hits else None
    return place is not None and place.bottom >= max(e.bottom for e in pages[hits[0].page].lines)


def with_neighbours(
    hits: Sequence[Hit], pages: Iterable[int], *, goes_on: bool = False
) -> list[Hit]:
    """The hits, with the neighbours of the best one taken along, and every other page at the end.

    What a page begins may go on over the next one, which then need not hold a word of it.

    Args:
        hits: Best first.
        pages: All pages asked about.
        goes_on: Whether what is asked about stands at the end of the best page: then the next one
            comes second, and need not hold a name that stands on the best one.
    """
    known = set(pages)
    before = 1 if goes_on else _BEFORE_NEIGHBOURS
    order = {hit.page: hit for hit in hits[:before]}
    if goes_on and (after := _neighbour(hits, hits[0].page + 1, known)):
        order.setdefault(after.page, after.model_copy(update={"missing": ()}))
        order |= {hit.page: hit for hit in hits[:_BEFORE_NEIGHBOURS] if hit.page not in order}
    if hits:
        best = hits[0].page
        for page in (best + 1, best - 1):
            near = _neighbour(hits, page, known)
            if near is not None:
                order.setdefault(page, near)
    for hit in hits:
        order.setdefault(hit.page, hit)
    for page in sorted(known - order.keys()):
        order[page] = Hit(page=page, why="nothing is known of its text")
    return list(order.values())


def _neighbour(hits: Sequence[Hit], page: int, known: Collection[int]) -> Hit | None:
    """A page next to the best one, as a hit; None where it is not asked about."""
    if page not in known:
        return None
    own = next((hit for hit in hits if hit.page == page), Hit(page=page))
    why = f"next to page {hits[0].page}" + (f"; {own.why}" if own.why else "")
    return own.model_copy(update={"why": why})
