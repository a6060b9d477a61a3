"""Documents that are written for questions: each answer stands where it is said to, and once drawn
is still there.
"""

from random import Random

import pypdfium2
import pytest

from benchmarks.documents.book import Asked, Book, Made
from benchmarks.documents.cost import Cost, in_words
from benchmarks.documents.kinds import KINDS
from benchmarks.documents.outcomes import Outcome
from benchmarks.documents.plot import draw
from benchmarks.documents.real import REAL
from benchmarks.documents.scans import garbled, scanned
from benchmarks.documents.table import tables


def made(kind: str, pages: int, *, questions: int = 6) -> Made:
    random = Random(f"{kind}/1")
    return KINDS[kind](random, pages).done(questions=questions, two_pages=1)


def texts(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as opened:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in opened]


@pytest.mark.parametrize("kind", KINDS)
def test_answers_stand_where_they_are_said_to(kind: str):
    document = made(kind, 14, questions=9)
    said = texts(document.pdf)
    assert len(said) == document.pages
    assert abs(document.pages - 14) <= 3
    assert len({asked.question for asked in document.asked}) == 9
    for asked in document.asked:
        if asked.task == "unanswerable":
            assert asked.gold == asked.pages == ()
            continue
        assert asked.gold[0] in said[asked.pages[0] - 1]
        if asked.task == "two pages":
            assert len(set(asked.pages)) == 2
    assert sum(asked.task == "unanswerable" for asked in document.asked) == 3


def test_the_same_seed_writes_the_same_document():
    assert made("contract", 6) == made("contract", 6)


def test_a_scan_has_no_text_and_a_lying_layer_says_something_else():
    book = Book("A title", random=Random(1))
    book.fact("The deposit is 400 euros.", "How high is the deposit?", "400 euros")
    book.without("Who pays?", "Who sings?")
    book.fact("It is blue.", "Which colour?", "blue")
    document = book.done(questions=3, two_pages=0)
    assert "deposit" in texts(document.pdf)[0]
    assert texts(scanned(document.pdf, random=Random(1), dpi=50)) == [""]
    (lying,) = texts(garbled(document.pdf, random=Random(1), dpi=50))
    assert "deposit" not in lying
    assert "ghsrvlw" in lying


def test_the_two_splits_share_no_manual():
    names = [{name for name, _ in some} for some in REAL.values()]
    assert names[0].isdisjoint(names[1])
    assert all(
        isinstance(one, Asked) for some in REAL.values() for _, asked in some for one in asked
    )


def outcome(**changed: object) -> Outcome:
    given = {
        "document": "a", "form": "scanned", "task": "prose", "question": "q", "gold": ("x",),
        "pages": (4,), "hits": (9, 8, 4), "opened": (9, 4), "answer": "x", "vision_tokens": 10,
        "full_resolution": 100,
    }  # fmt: skip
    return Outcome.model_validate({**given, **changed})


def test_what_is_counted():
    some = [
        outcome(),
        outcome(document="b", hits=(1, 2, 3, 4), opened=(1,), answer="wrong"),
        outcome(document="c", task="unanswerable", gold=(), pages=(), answer=None),
    ]
    row = tables(some).splitlines()[2]
    cells = [cell.split(" ")[0] for cell in row.strip("| ").split(" | ")[1:]]
    assert cells == ["3", "50%", "50%", "50%", "50%", "33%", "100%"]
    assert not outcome(answer=None, error="ImageError: x", gold=(), pages=()).right


def test_the_plot_and_the_table_show_every_document():
    found = [
        Cost("born digital", 10, 2.0, 1.0, 2000, 50.0, 110_000),
        Cost("born digital", 100, 3.0, 1.5, 2500, 500.0, 1_100_000),
        Cost("scanned", 10, 9.0, 1.0, 2000, 50.0, 110_000),
        Cost("scanned", 100, 80.0, 1.0, 2000, 500.0, 1_100_000),
    ]
    assert draw(found).count("<polyline") == 8
    assert len(in_words(found).splitlines()) == 6
    assert "55 x" in in_words(found)
