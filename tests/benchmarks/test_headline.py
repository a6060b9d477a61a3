"""The pages of the headline: of no split, each question with its place."""

from pathlib import Path

import pytest

from benchmarks.corpus.model import Split, load_documents
from benchmarks.headline import questions
from benchmarks.headline.section import headline_section
from ergo_agent.evaluation import load_benchmark
from ergo_agent.evaluation.outcome import Outcome, Tokens
from tests.evaluation.layouts import picture


def test_generated_pages_are_of_no_split():
    documents = list(questions.generated_documents(28))
    assert len(documents) == 308
    made = {(one.source.layout, one.source.seed) for one in documents}  # type: ignore[union-attr]
    assert len(made) == 308
    for split in (Split.DEVELOPMENT, Split.HELD_OUT):
        sources = [one.source for one in load_documents(split)]
        known = {(getattr(one, "layout", ""), getattr(one, "seed", 0)) for one in sources}
        assert not made & known


def test_the_data_are_questions_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    page = tmp_path / "page.png"
    page.write_bytes(picture())
    monkeypatch.setattr(questions, "draw_page", lambda _: page)
    real = questions.write_data(tmp_path / "data", seeds=1)
    samples = load_benchmark("jsonl", tmp_path / "data")
    generated = [sample for sample in samples if sample.category == "generated"]
    assert len(generated) == 11
    assert all(sample.gold and sample.places for sample in generated)
    assert real == sum(sample.category == "real" for sample in samples) >= 100
    assert any(not sample.gold for sample in samples), "some cannot be answered"


def _outcome(sample: str, mode: str, *, answer: str | None, seconds: float) -> Outcome:
    return Outcome(
        sample=sample,
        mode=mode,
        question="How many?",
        gold=("12",),
        cluster=sample[:1],
        category="real" if sample < "b" else "generated",
        answer=answer,
        right=answer == "12",
        seconds=seconds,
        tokens=Tokens(predicted=200 if mode == "auto" else 1000, full_resolution=1000),
    )


def test_the_table_compares_each_way_with_one_pass_question_by_question():
    outcomes = []
    for sample, once, zoomed in (("a1", "12", "12"), ("a2", None, "12"), ("b1", "13", "13")):
        outcomes.append(_outcome(sample, "full", answer=once, seconds=6.0))
        outcomes.append(_outcome(sample, "auto", answer=zoomed, seconds=1.5))
        outcomes.append(_outcome(sample, "random", answer=once, seconds=1.5))
    whole, _, parts = headline_section(outcomes).partition("1 questions about 1 pages")
    assert "3 questions about 2 pages: all questions." in whole
    (once,) = [line for line in whole.splitlines() if line.startswith("| one full")]
    (auto,) = [line for line in whole.splitlines() if line.startswith("| as it is used")]
    assert "| 33% (" in once
    assert "| 67% (" in auto
    assert "| +33% (" in auto
    assert "| 20% (" in auto
    assert "| 4.0 (4.0 to 4.0) |" in auto
    assert "has +33.3 points" in whole
    assert "p 1.00) more than with a random crop." in whole
    assert "generated pages" in parts
    assert "2 questions about 1 pages: real pages" in parts
