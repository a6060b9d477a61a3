"""Which pages of a document the default finder puts first, and what it takes to know."""

import re
from collections import Counter
from collections.abc import Sequence

import pytest

from ergo_agent.documents.page_text import PageText, TextSpan
from ergo_agent.documents.text_finder import rank_pages
from ergo_agent.policies.ocr.models import SentenceEncoder, Vectors
from ergo_agent.views.geometry import Size

QUESTION = "Who looks after the boiler?"
CROWDED = [f"Entry {n}: the boiler was looked at, and nothing was found." for n in range(120)]
ELSEWHERE = ["The heating is the janitor's responsibility, Ms Petra Holm's."]
OTHER = [f"Chairs of row {n} are green." for n in range(120)]


def _page(lines: Sequence[str]) -> PageText:
    spans = tuple(TextSpan(text, 100, 20 * at, 900, 20 * at + 16) for at, text in enumerate(lines))
    return PageText("text_layer", Size(1000, 3000), spans, "")


def _found(pages: dict[int, PageText]) -> list[int]:
    return [hit.page for hit in rank_pages(QUESTION, pages)]


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts whose meaning is worked out, as the encoder is handed them."""
    handed: list[str] = []
    encode = SentenceEncoder.encode

    def spy(self: SentenceEncoder, texts: Sequence[str]) -> Vectors:
        handed.extend(texts)
        return encode(self, texts)

    monkeypatch.setattr(SentenceEncoder, "encode", spy)
    return handed


def test_the_meaning_of_few_passages_of_a_page_is_worked_out_and_of_some_of_each(
    worked_out: list[str],
):
    pages = {1: _page(CROWDED), 2: _page(ELSEWHERE), 3: _page(OTHER)}
    assert sorted(_found(pages)) == [1, 2, 3]
    of = Counter(
        "crowded" if "boiler" in text else "elsewhere" if "janitor" in text else "other"
        for text in worked_out
        if text != QUESTION
    )
    assert 0 < of["crowded"] <= 10
    assert 0 < of["other"] <= 10
    assert any("janitor" in text for text in worked_out)


def test_a_page_that_says_it_in_other_words_comes_before_those_that_say_something_else():
    pages = {1: _page(OTHER), 2: _page(OTHER[:60]), 3: _page(ELSEWHERE), 4: _page(OTHER)}
    assert _found(pages)[0] == 3


def test_why_a_page_is_opened_is_said_in_words():
    pages = {1: _page(["The boiler needs service every year."]), 2: _page(OTHER), 3: _page(OTHER)}
    first, *others = rank_pages("Which boiler needs service?", pages)
    assert first.why == "holds the words: boiler, needs, service"
    assert not any(re.search(r"\d\.\d", hit.why) for hit in others)
    (other,) = rank_pages("Whose bill must be paid?", {1: _page(["Amount due: settle it soon."])})
    assert other.why == "close in meaning to the question"
