"""Questions with the passages of their page, of which some hold the answer."""

import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2

from benchmarks.corpus.model import Document, Question
from benchmarks.corpus.pages import (
    CorpusError,
    default_cache,
    load_documents,
    load_pdf,
    load_questions,
)
from ergo_agent.policies.ocr.finder.terms import stems_in, terms_of
from ergo_agent.policies.ocr.finder.units import Unit, units_of
from ergo_agent.policies.ocr.layout.page import understand
from scripts.reader_model.text_layer import lines_of_page

__all__ = ["Example", "load_examples"]


@dataclass(frozen=True)
class Example:
    """One question about one page."""

    document: str
    question: Question
    passages: tuple[str, ...]
    holding: tuple[int, ...]
    """Which passages hold the answer; none where the page does not answer."""
    likely: tuple[int, ...]
    """All others, those that share most words with the question first."""


def load_examples(split: str) -> list[Example]:
    """The questions of a split; pages that cannot be fetched are named on standard error.

    Questions whose answer no passage holds are left out: the layout has lost it.
    """
    asked = defaultdict(list)
    for question in load_questions(split):
        asked[question.document].append(question)
    examples: list[Example] = []
    for document in load_documents(split):
        try:
            units = _units(document)
        except CorpusError as error:
            print(f"left out: {document.id} ({error})", file=sys.stderr)
            continue
        examples += _examples(document.id, asked[document.id], units)
    return examples


def _units(document: Document) -> list[Unit]:
    pdf, index = load_pdf(document, cache=default_cache())
    with pypdfium2.PdfDocument(pdf) as opened:
        return units_of(understand(lines_of_page(opened[index])))


def _examples(
    document: str, questions: Sequence[Question], units: Sequence[Unit]
) -> Iterator[Example]:
    passages = tuple(unit.passage for unit in units)
    said = [stems_in(passage) for passage in passages]
    spread = Counter(stem for stems in said for stem in stems)
    for question in questions:
        holding = _holding(question, units)
        if not units or bool(question.gold) != bool(holding):
            continue
        asked = [term.stem for term in terms_of(question.question)]
        rarity = {stem: math.log(1 + len(units) / spread[stem]) for stem in asked if spread[stem]}
        shared = [sum(rarity.get(stem, 0.0) for stem in stems) for stems in said]
        others = [at for at in range(len(units)) if at not in holding]
        likely = sorted(others, key=lambda at: -shared[at])
        yield Example(document, question, passages, tuple(holding), tuple(likely))


def _holding(question: Question, units: Sequence[Unit]) -> list[int]:
    """Units whose text holds an accepted string; where none does, those whose key does."""
    gold = [_bare(text) for text in question.gold]
    in_text = [at for at, u in enumerate(units) if any(g in _bare(u.text) for g in gold)]
    return in_text or [at for at, u in enumerate(units) if any(g in _bare(u.key) for g in gold)]


def _bare(text: str) -> str:
    """Letters and digits alone, unless there are hardly any."""
    folded = text.casefold()
    letters = re.sub(r"\W", "", folded)
    return letters if re.search(r"\w{2}", folded) else "".join(folded.split())
