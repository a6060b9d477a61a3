"""Invented pages, and what the reader's model learns from a page."""

from pathlib import Path
from random import Random

import pytest

from scripts.reader_model.examples import occurrences, read_pages, write_pages
from scripts.reader_model.invented.noise import misread
from scripts.reader_model.invented.pages import invented_page, invented_pages
from scripts.reader_model.invented.values import value_of
from scripts.reader_model.invented.vocabulary import concepts, rows_of, sentences, some, tables

PAGES = tuple(invented_pages(40, seed=7))
ASKED = [(page, asked) for page in PAGES for asked in page.asked]


def test_a_seed_gives_the_same_pages_and_another_gives_others():
    assert tuple(invented_pages(3, seed=7)) == PAGES[:3]
    assert tuple(invented_pages(3, seed=8)) != PAGES[:3]


def test_answers_are_short_pieces_of_their_passages():
    spans = [(page, span) for page, asked in ASKED for span in asked.spans]
    assert len(spans) > 300
    for page, span in spans:
        text = page.passages[span.passage][span.start : span.end]
        assert text
        assert text == text.strip()
        assert len(text) < 120


def test_what_does_not_answer_is_no_answer():
    for _, asked in ASKED:
        assert not {span.passage for span in asked.spans} & set(asked.likely)


def test_some_questions_are_not_answered_by_their_page():
    without = [asked for _, asked in ASKED if not asked.spans]
    assert 0.1 < len(without) / len(ASKED) < 0.35


def test_near_misses_stand_on_the_page_of_a_question_without_an_answer():
    without = [(page, asked) for page, asked in ASKED if not asked.spans and page.passages]
    assert without
    assert all(asked.likely for _, asked in without)


def test_pages_come_back_from_their_file(tmp_path: Path):
    path = tmp_path / "pages.jsonl"
    count = write_pages(path, PAGES)
    assert count == len(ASKED)
    assert tuple(read_pages(path)) == PAGES


@pytest.mark.parametrize(
    ("text", "passage", "found"),
    [
        ("20", "2020, 20 pages, 200", ["20"]),
        ("net  45", "Terms : Net 45", ["Net 45"]),
        ("-v", "use -v or --verbose", ["-v"]),
        ("(x)", "f(x) and (x)", ["(x)", "(x)"]),
        ("", "anything", []),
    ],
)
def test_an_answer_is_found_as_words_of_its_own(text: str, passage: str, found: list[str]):
    assert [passage[a:b] for a, b in occurrences(text, passage)] == found


def test_misreading_keeps_most_letters():
    text = "The quick brown fox pays 12,450.00 EUR on 14 March" * 4
    read = misread(text, Random(1), rate=0.02)
    assert read != text
    assert abs(len(read) - len(text)) < 0.1 * len(text)
    assert misread(text, Random(1), rate=0.0) == text


@pytest.mark.parametrize("kind", sorted({each.kind for each in concepts()}))
def test_every_kind_of_field_has_values(kind: str):
    assert some(kind, Random(1)).strip()


def test_an_unknown_kind_is_an_error():
    with pytest.raises(KeyError, match="no such kind"):
        value_of("no such kind", Random(1))


def test_every_table_has_rows_columns_and_questions():
    for table in tables():
        assert len(rows_of(table.rows, 5, Random(2))) == 5
        for column in table.columns:
            assert some(column.kind, Random(3)).strip()
        assert all("{row}" in words for _, words in table.asks)
        assert all(number < len(table.columns) for number, _ in (*table.asks, *table.reverse))


def test_sentences_ask_for_slots_that_they_have():
    for sentence in sentences():
        assert sentence.asks
        assert all(f"[{name}:" in sentence.text for name in sentence.asks)


def test_a_page_needs_nothing_but_its_random_numbers():
    assert invented_page("a", Random("x")) == invented_page("a", Random("x"))
