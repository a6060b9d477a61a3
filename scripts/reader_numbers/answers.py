"""How many questions about recorded pages get a right answer."""

from collections import defaultdict
from pathlib import Path

from benchmarks.corpus.model import Question
from benchmarks.corpus.pages import load_documents, load_questions
from ergo_agent.layout.page import understand
from ergo_agent.policies.ocr.finder import finder
from ergo_agent.policies.ocr.finder.units import Unit, units_of
from ergo_agent.policies.ocr.models import Models, PassageReader, SentenceEncoder
from scripts.reader_model.measure import anls, recorded

__all__ = ["Answers"]

_NEAR = 0.5
"""DocVQA's threshold: from this ANLS on an answer counts."""


class Answers:
    """The questions with an answer."""

    def __init__(self, lines: Path, *, split: str = "development", layout_only: bool) -> None:
        """Read the recorded pages and their questions.

        Args:
            lines: Folder of recorded lines.
            split: Whose questions are asked.
            layout_only: Whether nothing but the layout changes, so that a page is asked about again
                only if its passages have changed.
        """
        self._layout_only = layout_only
        self.models = Models(SentenceEncoder(remembered=10**6), PassageReader(remembered=10**7))
        self._asked: dict[str, list[Question]] = defaultdict(list)
        for question in load_questions(split):
            if question.gold:
                self._asked[question.document].append(question)
        found = {document.id: recorded(lines, document.id) for document in load_documents(split)}
        self._pages = {page: tuple(read) for page, read in found.items() if read is not None}
        self._known: dict[tuple[str, tuple[Unit, ...]], tuple[int, float, int]] = {}

    def score(self) -> dict[str, float]:
        """Right answers, the sum of ANLS, and questions."""
        finder._units.cache_clear()  # they follow from the numbers that change
        pages = [self._page(page) for page in self._pages]
        right, near, asked = (sum(values) for values in zip(*pages, strict=True))
        return {"right": right, "ANLS": near, "questions": asked}

    def _page(self, page: str) -> tuple[int, float, int]:
        units = tuple(units_of(understand(self._pages[page])))
        if not self._layout_only or (page, units) not in self._known:
            near = [self._near(question, page) for question in self._asked[page]]
            right = sum(each >= _NEAR for each in near)
            self._known[page, units] = right, sum(near), len(near)
        return self._known[page, units]

    def _near(self, question: Question, page: str) -> float:
        best = finder.likeliest(question.question, self._pages[page], self.models)
        return anls(best.text if best else None, question.gold)
