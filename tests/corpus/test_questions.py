"""The question files of the corpus are well-formed, large enough and varied."""

from collections import Counter
from itertools import combinations

import pytest

from benchmarks.corpus.model import (
    DebianSource,
    GeneratedSource,
    LaidOutSource,
    Split,
    load_documents,
    load_questions,
)

MEASURED = pytest.mark.parametrize("split", [Split.DEVELOPMENT, Split.HELD_OUT])
SPLITS = pytest.mark.parametrize("split", list(Split))


@SPLITS
def test_every_question_is_about_a_known_document(split: Split) -> None:
    known = {document.id for document in load_documents(split)}
    asked = {question.document for question in load_questions(split)}
    assert asked <= known
    assert known == asked, "a document that nothing is asked about is drawn for nothing"


@SPLITS
def test_documents_and_questions_are_there_once(split: Split) -> None:
    documents = [document.id for document in load_documents(split)]
    questions = [(question.document, question.question) for question in load_questions(split)]
    assert len(set(documents)) == len(documents)
    assert len(set(questions)) == len(questions)


@SPLITS
def test_gold_is_there_just_when_the_page_answers(split: Split) -> None:
    for question in load_questions(split):
        assert bool(question.gold) == (question.wording != "unanswerable"), question
        assert all(text == text.strip() != "" for text in question.gold), question
        assert all(len(text) <= 120 for text in question.gold), question
        assert question.question.strip().endswith("?"), question


@MEASURED
def test_a_measured_split_is_large_and_varied(split: Split) -> None:
    questions = load_questions(split)
    wordings = Counter(question.wording for question in questions)
    kinds = Counter(question.kind for question in questions)
    assert len(questions) >= 300
    assert wordings["page"] >= 100
    assert wordings["paraphrase"] >= 100
    assert 0.15 <= wordings["unanswerable"] / len(questions) <= 0.35
    wanted = {
        "cell", "merged", "reverse", "columns", "line-end", "receipt", "form", "drawing", "skewed",
        "turned", "long", "small-print", "beyond-reading",
    }  # fmt: skip
    assert {kind for kind in wanted if kinds[kind] < 6} == set()


@MEASURED
def test_gold_is_short_and_has_its_place(split: Split) -> None:
    questions = [question for question in load_questions(split) if question.gold]
    assert all(question.regions for question in questions)
    lengths = sorted(len(question.gold[0]) for question in questions)
    assert lengths[len(lengths) // 2] <= 12
    assert lengths[-1] <= 60


@MEASURED
def test_a_measured_split_comes_from_many_places(split: Split) -> None:
    sources = [document.source for document in load_documents(split)]
    packages = {source.package for source in sources if isinstance(source, DebianSource)}
    layouts = {source.layout for source in sources if isinstance(source, LaidOutSource)}
    assert len(sources) >= 40
    assert len(packages) >= 6
    assert len(layouts) >= 10


def test_the_splits_share_no_page() -> None:
    pages = [document.source for split in Split for document in load_documents(split)]
    assert len(set(pages)) == len(pages)


def test_the_splits_share_no_package_and_no_layout() -> None:
    for one, other in combinations(Split, 2):
        assert not _places(one) & _places(other)


def _places(split: Split) -> set[tuple[str, str]]:
    """Packages, layouts and templates of a split."""
    names = set()
    for document in load_documents(split):
        source = document.source
        if isinstance(source, DebianSource):
            names.add(("package", source.package))
        elif isinstance(source, LaidOutSource):
            names.add(("layout", source.layout))
        elif isinstance(source, GeneratedSource):
            names.add(("template", source.template))
    return names


def test_an_unknown_split_is_refused() -> None:
    with pytest.raises(ValueError, match="everything"):
        load_questions("everything")
