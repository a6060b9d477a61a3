"""How many questions about recorded pages get a right answer, and how many another one."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.corpus.model import Question
from benchmarks.corpus.pages import load_documents, load_questions
from ergo_agent.layout.page import understand
from ergo_agent.layout.text import Box, TextLine
from ergo_agent.policies.ocr.finder import finder
from ergo_agent.policies.ocr.finder.units import Unit, units_of
from ergo_agent.policies.ocr.models import Models, PassageReader, SentenceEncoder
from ergo_agent.policies.ocr.models.word_pieces import Encoded
from scripts.reader_model.measure import anls, recorded

__all__ = ["Answers", "Told", "figures", "recorded_pages"]

_Outputs = tuple[NDArray[np.float32], ...]
_NEAR = 0.5
"""DocVQA's threshold: from this ANLS on an answer counts."""


class Told(NamedTuple):
    """What a question was answered, never refused."""

    text: str
    places: tuple[Box, ...]
    confidence: float
    near: float
    """Its ANLS."""
    given: bool
    """Whether it is sure enough to be given."""


class Answers:
    """The questions of a split about some pages, asked again and again."""

    def __init__(
        self,
        pages: Callable[[], Mapping[str, Sequence[TextLine]]],
        *,
        split: str = "development",
        layout_only: bool = False,
        afresh: bool = False,
    ) -> None:
        """Read the questions.

        Args:
            pages: Gives the lines of each page, by its name in the corpus.
            split: Whose questions are asked.
            layout_only: Whether nothing but the layout changes, so that a page is asked about again
                only if its passages have changed.
            afresh: Whether the models change, so that nothing they made is kept.
        """
        self._pages, self._layout_only, self._afresh = pages, layout_only, afresh
        self.models = Models(SentenceEncoder(remembered=10**6), _Remembering(remembered=10**7))
        self._asked: dict[str, list[Question]] = defaultdict(list)
        for question in load_questions(split):
            self._asked[question.document].append(question)
        self._known: dict[tuple[str, tuple[Unit, ...]], list[Told | None]] = {}
        self._first: list[Told | None] = []

    def score(self) -> dict[str, float]:
        """What `figures` says of the answers, beside the first time's."""
        finder._units.cache_clear()  # they follow from the numbers that change
        if self._afresh:
            self.models.encoder.forget()
            self.models.reader.forget()
        told = [each for page, lines in self._pages().items() for each in self._page(page, lines)]
        self._first = self._first or told
        return figures(told, self._first)

    def _page(self, page: str, lines: Sequence[TextLine]) -> list[Told | None]:
        if not self._layout_only:
            return [self._told(question, lines) for question in self._asked[page]]
        units = tuple(units_of(understand(lines)))
        if (page, units) not in self._known:
            told = [self._told(question, lines) for question in self._asked[page]]
            self._known[page, units] = told
        return self._known[page, units]

    def _told(self, question: Question, lines: Sequence[TextLine]) -> Told | None:
        found = finder.find(question.question, lines, models=self.models)
        if found is None:
            return None
        places = tuple(line.box for line in found.lines)
        near = anls(found.text, question.gold)
        return Told(found.text, places, found.confidence, near, found.found)


class _Remembering(PassageReader):
    """Runs no passage twice, whatever becomes of what is made of it."""

    _ran: ClassVar[dict[bytes, _Outputs]] = {}

    def _run(self, encoded: Sequence[Encoded]) -> list[_Outputs]:
        keys = [np.array([each.ids, each.type_ids], np.int32).tobytes() for each in encoded]
        new = {key: each for key, each in zip(keys, encoded, strict=True) if key not in self._ran}
        self._ran.update(zip(new, super()._run([*new.values()]), strict=True))
        return [self._ran[key] for key in keys]


def figures(told: Sequence[Told | None], first: Sequence[Told | None]) -> dict[str, float]:
    """Right answers, how many would be given, and wrong ones that would be; the sum of ANLS.

    And answers with another text, place or confidence.
    """
    near = [each.near if each else 0.0 for each in told]
    given = [each.near >= _NEAR for each in told if each and each.given]
    return {
        "right": sum(each >= _NEAR for each in near),
        "given": sum(given),
        "wrong": len(given) - sum(given),
        "ANLS": sum(near),
        "others": sum(one != other for one, other in zip(told, first, strict=True)),
        "questions": len(told),
    }


def recorded_pages(
    folder: Path, *, split: str = "development", every: int = 1
) -> dict[str, tuple[TextLine, ...]]:
    """The lines of a split's pages, of every so manieth, that were recorded in a folder."""
    documents = load_documents(split)[::every]
    found = {document.id: recorded(folder, document.id) for document in documents}
    return {page: tuple(lines) for page, lines in found.items() if lines is not None}
