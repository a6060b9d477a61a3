"""How many questions whole episodes answer right, coarse view and crops, and in how many tokens."""

import random
from collections.abc import Sequence

from benchmarks.corpus.model import Question
from benchmarks.corpus.pages import draw_page, load_documents, load_questions
from ergo_agent import ask
from ergo_agent.answer import VisionAnswer
from ergo_agent.dialects.reader import ReadingDialect
from ergo_agent.policies.base import Policy
from ergo_agent.policies.ocr.chat import ChatOcr
from ergo_agent.policies.ocr.reader import ViewReader
from scripts.reader_model.measure import anls

__all__ = ["Episodes"]

_Said = tuple[str | None, float | None, tuple[tuple[int, int, int, int], ...]]
"""An answer, its confidence and its places."""


class Episodes:
    """Questions about drawn pages."""

    def __init__(
        self, *, split: str = "development", count: int = 48, seed: int = 0, afresh: bool = False
    ) -> None:
        """Draw the questions and their pages.

        Args:
            split: Whose questions.
            count: How many.
            seed: Of the drawing.
            afresh: Whether it is the reading of views that changes, so that none is remembered.
        """
        documents = {document.id: document for document in load_documents(split)}
        drawn = random.Random(seed)  # noqa: S311  # no secret
        self._questions: Sequence[Question] = drawn.sample(load_questions(split), count)
        self._pages = {q.document: str(draw_page(documents[q.document])) for q in self._questions}
        self._first: list[_Said] = []
        self._reader, self._afresh = ViewReader(remembered=10**6), afresh
        self._policy = Policy(ChatOcr(reader=self._reader), ReadingDialect())

    def score(self) -> dict[str, float]:
        """Right and wrong answers, those unlike the first time's, tokens and views a question."""
        if self._afresh:
            self._reader.forget()
        found = [(q, self._ask(q)) for q in self._questions]
        near = [anls(answer.answer, question.gold) >= 0.5 for question, answer in found]
        given = sum(answer.answer is not None for _, answer in found)
        count = len(found)
        said = [_said(answer) for _, answer in found]
        self._first = self._first or said
        return {
            "right": sum(near),
            "wrong": given - sum(near),
            "others": sum(one != other for one, other in zip(said, self._first, strict=True)),
            "tokens": sum(answer.ledger.spent for _, answer in found) / count,
            "views": sum(len(answer.views) for _, answer in found) / count,
            "questions": count,
        }

    def _ask(self, question: Question) -> VisionAnswer:
        return ask(self._pages[question.document], question.question, policy=self._policy)


def _said(answer: VisionAnswer) -> _Said:
    places = tuple(evidence.region.as_tuple() for evidence in answer.evidence)
    return answer.answer, answer.confidence, places
