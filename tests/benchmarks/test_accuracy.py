"""The measures over made-up outcomes, by hand, and the command on real pages."""

from pathlib import Path

import pytest

from benchmarks.accuracy import __main__ as command
from benchmarks.accuracy import workers
from benchmarks.accuracy.outcome import Outcome, append_outcomes, load_outcomes
from benchmarks.accuracy.summary import Result, summarise
from benchmarks.accuracy.table import tables
from benchmarks.accuracy.workers import ask_all, work_on
from benchmarks.corpus.model import Document, GeneratedSource, Question
from benchmarks.corpus.packages import CorpusError

READER = "coarse to fine, 1280"


def result(
    gold: str | None,
    answer: str | None,
    *,
    page: str = "a",
    confidence: float | None = None,
    error: str | None = None,
    regions: tuple[tuple[float, float, float, float], ...] = (),
) -> Result:
    question = Question(
        document=page,
        question="q?",
        gold=() if gold is None else (gold,),
        wording="unanswerable" if gold is None else "page",
        kind="key-value",
        regions=() if gold is None else ((0, 0, 10, 10),),
    )
    outcome = Outcome(
        document=page, question="q?", reader=READER, answer=answer, confidence=confidence,
        share=0.2, seconds=1, processor=2, first=True, error=error, regions=regions,
    )  # fmt: skip
    return Result(question, outcome)


RESULTS = [
    result("24 months", "24 months", confidence=0.9, regions=((0, 0, 10, 20),)),
    result("24 months", "Warranty: 24 months", page="b", confidence=0.7, regions=((0, 0, 10, 4),)),
    result("24 months", "25 months", page="c", confidence=0.6),
    result("24 months", None, page="d"),
    result("24 months", None, page="e", error="ReadError: x"),
    result(None, None, page="f"),
    result(None, "something", page="g", confidence=0.5),
    result(None, None, page="h", error="ReadError: x"),
]


def value(estimate: object) -> float:
    assert isinstance(estimate, tuple)
    return float(estimate[0])


def test_the_measures_by_hand():
    found = summarise(RESULTS)
    assert (found.questions, found.pages) == (8, 8)
    # 1, 9 of 19 letters is below the threshold, 8 of 9, refused, error
    assert value(found.anls) == pytest.approx((1 + 0 + 8 / 9) / 5)
    assert value(found.exact) == pytest.approx(1 / 5)
    assert value(found.contained) == pytest.approx(2 / 5)
    assert value(found.wrong_but_answered) == pytest.approx(2 / 8)
    assert value(found.refused_rightly) == pytest.approx(1 / 3), "an error is no refusal"
    assert value(found.refused_wrongly) == pytest.approx(1 / 5)
    assert value(found.region_found) == pytest.approx(1 / 5), "two fifths of a place are not enough"
    assert value(found.iou) == pytest.approx((0.5 + 0.4) / 5)
    assert (value(found.letters), value(found.gold_letters)) == (9, 9)
    # .9 right, .7 right, .6 wrong, .5 wrong, each in a bin of its own
    assert value(found.calibration) == pytest.approx((0.1 + 0.3 + 0.6 + 0.5) / 4)


def test_the_table_has_a_row_a_wording_and_a_kind():
    text = tables(RESULTS)
    assert "| **all** | 8 (8) | 0.38 (" in text
    assert "| not answered by the page | 3 (3) |  |" in text
    assert "| key-value | 8 (8) |" in text
    assert "2 errors" in text
    assert "| 0.9 to 1.0 | 1 | 0.90 | 1.00 |" in text


def test_answers_without_confidence_are_said():
    assert "cannot be said" in tables([result("x", "x")])


def test_a_run_that_was_stopped_goes_on(tmp_path: Path):
    path = tmp_path / "out.jsonl"
    first, second = RESULTS[0].outcome, RESULTS[1].outcome
    append_outcomes(path, [first])
    with path.open("a", encoding="utf-8") as file:
        file.write(second.model_dump_json()[:40])
    assert load_outcomes(path, reader=READER) == [first]
    append_outcomes(path, [second])
    assert load_outcomes(path, reader=READER) == [first, second]
    with pytest.raises(ValueError, match="name another file"):
        load_outcomes(path, reader="full_page")


RECEIPT = Document(
    id="receipt-1", source=GeneratedSource(kind="generated", template="receipt", seed=1)
)
ASKED = (
    Question(
        document="receipt-1",
        question="What is the total to pay?",
        gold=("1",),
        wording="page",
        kind="key-value",
    ),
    Question(
        document="receipt-1",
        question="What is the price of a helicopter?",
        gold=(),
        wording="unanswerable",
        kind="key-value",
    ),
)


@pytest.mark.parametrize("baseline", [None, "full_page"])
def test_a_real_page_is_asked(
    baseline: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    work = work_on([RECEIPT], ASKED, baseline=baseline, budget=1280)
    total, other = (asked.outcome for asked in ask_all(work, jobs=1))
    assert total is not None
    assert other is not None
    assert (total.first, other.first) == (True, False)
    assert total.error is None
    assert total.answer is not None
    assert total.regions
    assert total.processor > 0
    assert total.share is not None
    assert (total.share > 0.9) == (baseline == "full_page")


def test_the_command_resumes_and_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    other = RECEIPT.model_copy(update={"id": "receipt-2"})
    asked = ASKED[0], ASKED[1].model_copy(update={"document": "receipt-2"})
    monkeypatch.setattr(command, "load_documents", lambda _: (RECEIPT, other))
    monkeypatch.setattr(command, "load_questions", lambda _: asked)
    written: list[tuple[str, str]] = []
    monkeypatch.setattr(command, "write_section", lambda name, text: written.append((name, text)))
    out = tmp_path / "out.jsonl"
    assert command.main(["--out", str(out), "--every", "2", "--show"]) == 0
    assert "What is the total to pay? ('1',) -> " in capsys.readouterr().out
    assert len(load_outcomes(out, reader=READER)) == 1
    assert command.main(["--out", str(out), "--limit", "1", "--jobs", "2", "--write"]) == 0
    assert len(load_outcomes(out, reader=READER)) == 2
    assert "2 of 2 questions measured" in capsys.readouterr().err
    ((name, text),) = written
    assert name == "accuracy-development-reader"
    assert "--limit 1 --jobs 2" in text


def test_held_out_results_are_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--split", "held_out", "--show"])
    assert "nobody looks at held-out results" in capsys.readouterr().err


def test_a_page_that_cannot_be_had_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> Path:
        raise CorpusError("no apt")

    monkeypatch.setattr(workers, "draw_page", refuse)
    (asked,) = ask_all(work_on([RECEIPT], ASKED, baseline=None, budget=1280), jobs=1)
    assert asked.outcome is None
    assert asked.missing == "receipt-1 (no apt)"
