"""The question files of the corpus are well-formed, large enough and varied."""

from collections import Counter

import pytest

from benchmarks.corpus.model import (
    DebianSource,
    GeneratedSource,
    Split,
    load_documents,
    load_questions,
)

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


def test_the_development_split_is_large_enough() -> None:
    questions = load_questions("development")
    wordings = Counter(question.wording for question in questions)
    assert len(questions) >= 100
    assert wordings["page"] >= 40
    assert wordings["paraphrase"] >= 40
    assert wordings["unanswerable"] >= 20
    assert len({question.kind for question in questions}) == 7


def test_the_development_split_comes_from_many_places() -> None:
    sources = [document.source for document in load_documents("development")]
    packages = {source.package for source in sources if isinstance(source, DebianSource)}
    templates = {source.template for source in sources if isinstance(source, GeneratedSource)}
    assert len(sources) >= 35
    assert len(packages) >= 15
    assert len(templates) >= 8


def test_the_splits_share_no_page() -> None:
    pages = [document.source for split in Split for document in load_documents(split)]
    assert len(set(pages)) == len(pages)


def test_the_scorer_is_trained_on_no_package_that_is_measured() -> None:
    packages = {
        split: {
            document.source.package
            for document in load_documents(split)
            if isinstance(document.source, DebianSource)
        }
        for split in Split
    }
    assert not packages[Split.TRAINING] & packages[Split.HELD_OUT]
    assert not packages[Split.TRAINING] & packages[Split.DEVELOPMENT]


def test_an_unknown_split_is_refused() -> None:
    with pytest.raises(ValueError, match="everything"):
        load_questions("everything")
