"""The pages of the headline: of no split, each question with its place."""

from pathlib import Path

import pytest

from benchmarks import headline
from benchmarks.corpus.model import Split, load_documents
from ergo_agent.evaluation import load_benchmark
from tests.evaluation.layouts import picture


def test_generated_pages_are_of_no_split():
    documents = list(headline.generated_documents(28))
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
    monkeypatch.setattr(headline, "draw_page", lambda _: page)
    real = headline.write_data(tmp_path / "data", seeds=1)
    samples = load_benchmark("jsonl", tmp_path / "data")
    generated = [sample for sample in samples if sample.category == "generated"]
    assert len(generated) == 11
    assert all(sample.gold and sample.places for sample in generated)
    assert real == sum(sample.category == "real" for sample in samples) >= 100
    assert any(not sample.gold for sample in samples), "some cannot be answered"
