"""Batches of real questions and extractions: one row of results for each row, whatever happens."""

import json
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import BaseModel

from ergo_agent import VisionAnswer, aask
from ergo_agent.batch import BatchSummary, Cluster, Prices, Tally, run_batch
from ergo_agent.errors import (
    BatchError,
    PolicyBusyError,
    PolicyError,
    PolicyUnreachableError,
    SettingsError,
)
from ergo_agent.policies.base import Policy
from tests.support.scripted import received, scripted

ANSWER = "<think>t</think><answer>A. red</answer>"


class Bill(BaseModel):
    number: str


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, colour in (("a.png", "red"), ("b.png", "blue"), ("same.png", "red")):
        Image.new("RGB", (300, 200), colour).save(tmp_path / name)
    (tmp_path / "c.png").write_bytes(b"no image")
    return tmp_path


def run(folder: Path, policy: Policy, *rows: dict[str, Any] | str, **given: Any) -> BatchSummary:
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    (folder / "in.jsonl").write_text("".join(f"{line}\n" for line in lines))
    given.setdefault("workspace", folder / "ws")
    return run_batch(inputs=folder / "in.jsonl", policy=policy, **given)


def results(folder: Path) -> list[dict[str, Any]]:
    text = (folder / "ws" / "results.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_each_row_has_its_result_in_order(folder: Path):
    policy = scripted(ANSWER)
    told: list[tuple[int, int]] = []

    def tell(tally: Tally) -> None:
        told.append((tally.rows, tally.total))

    summary = run(
        folder,
        policy,
        {"document": "a.png", "id": "one", "gold": "red"},
        "nonsense",
        {"document": "same.png", "question": "q?"},  # the same content, and the same question
        {"document": "c.png"},
        {"document": "b.png", "question": "other?", "page": 1},
        questions=["q?"],
        prices=Prices(1.0, 10.0, 0.1),
        tell=tell,
        concurrency=1,
    )
    found = results(folder)
    assert [row["row"] for row in found] == [1, 2, 3, 4, 5]
    assert [row["answer"] for row in found] == ["A. red", None, "A. red", None, "A. red"]
    kinds = ["", "RowError", "", "ImageFormatError", ""]
    assert [row["error_kind"] for row in found] == kinds
    assert found[0]["item"] == found[2]["item"]
    assert (found[0]["id"], found[0]["extra"]) == ("one", {"gold": "red"})
    assert found[4]["evidence"][0]["region"] == [0, 0, 300, 200]
    assert len(received(policy)) == 2
    assert (summary.rows, summary.kept, summary.failed, summary.repeated) == (5, 1, 2, 0)
    assert (summary.input_tokens, summary.output_tokens, summary.cached_tokens) == (200, 20, 80)
    assert summary.cost == pytest.approx((120 * 1 + 80 * 0.1 + 20 * 10) / 1e6)
    assert told == [(number, 5) for number in range(1, 6)]


def test_a_second_run_asks_nothing_and_gives_the_same(folder: Path):
    rows = [{"document": name} for name in ("a.png", "b.png")]
    run(folder, scripted(ANSWER), *rows, questions="q?")
    before = results(folder)
    policy = scripted("never asked")
    summary = run(folder, policy, *rows, questions="q?")
    assert (summary.kept, received(policy)) == (2, [])
    assert results(folder) == before


def test_other_settings_are_other_items(folder: Path):
    row = {"document": "a.png", "question": "q?"}
    run(folder, scripted(ANSWER), row)
    policy = scripted("<think>t</think><answer>B</answer>")
    run(folder, policy, row, view_budget=64)
    assert results(folder)[0]["answer"] == "B"


def test_a_failure_that_may_be_over_is_tried_again_and_others_when_asked(folder: Path):
    rows = [{"document": "a.png", "question": "q?"}, {"document": "c.png", "question": "q?"}]
    down = PolicyUnreachableError("it is down; start it")
    assert run(folder, scripted(down), *rows).by_error == {
        "PolicyUnreachableError": 1,
        "ImageFormatError": 1,
    }
    again = run(folder, scripted(ANSWER), *rows)
    assert (again.kept, again.failed, again.repeated) == (1, 1, 0)
    retried = run(folder, scripted(ANSWER), *rows, retry=True)
    assert (retried.kept, retried.failed, retried.repeated) == (1, 1, 0)
    assert [row["begun"] for row in results(folder)] == [2, 2]


def test_a_policy_that_is_down_ends_the_batch_and_keeps_what_is_done(folder: Path):
    rows = [{"document": "a.png", "question": f"q{number}?"} for number in range(100)]
    down = PolicyError("whatever a foreign model raised")
    with pytest.raises(
        BatchError, match=r"the last 20 items failed alike.*whatever a foreign model raised"
    ):
        run(folder, scripted(ANSWER, ANSWER, down), *rows, concurrency=2)
    summary = run(folder, scripted(ANSWER), *rows)
    assert (summary.rows, summary.kept, summary.failed) == (100, 2, 0)


def test_a_busy_policy_is_asked_again(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ergo_agent.batch.worker._FIRST_PAUSE", 0.001)
    busy = PolicyBusyError("it is busy; wait")
    policy = scripted(busy, busy, ANSWER)
    summary = run(folder, policy, {"document": "a.png", "question": "q?"})
    assert (summary.failed, len(received(policy))) == (0, 3)


def test_a_bug_that_one_document_meets_is_a_row(folder: Path, monkeypatch: pytest.MonkeyPatch):
    module = sys.modules["ergo_agent.ask"]

    async def broken(document: str, question: str, **given: Any) -> VisionAnswer:
        if document.endswith("a.png"):
            raise ZeroDivisionError("a bug")
        return await aask(document, question, **given)

    monkeypatch.setattr(module, "aask", broken)
    rows = [{"document": "a.png", "question": "q?"}, {"document": "b.png", "question": "q?"}]
    summary = run(folder, scripted(ANSWER), *rows)
    assert summary.by_error == {"ZeroDivisionError": 1}
    assert "a bug" in results(folder)[0]["error"]


def test_what_came_another_way_is_marked(folder: Path):
    zoom = "<think>t</think><zoom>[10, 10, 20, 20]</zoom>"
    row = {"document": "a.png", "question": "q?"}
    summary = run(folder, scripted(zoom, ANSWER), row)
    assert summary.fallbacks == 1
    assert results(folder)[0]["fallbacks"] == ["full_resolution"]


def test_a_model_is_filled_from_each_document(folder: Path):
    reply = json.dumps({"number": None})
    (row,) = [{"document": "a.png", "question": "only a column"}]
    summary = run(folder, scripted(reply), row, schema=Bill)
    (found,) = results(folder)
    assert (found["value"], found["missing"]) == (None, ["number"])
    assert found["extra"] == {"question": "only a column"}
    assert (summary.failed, found["vision_tokens"] > 0) == (0, True)
    other = {"type": "object", "properties": {"total": {"type": "number"}}}
    assert run(folder, scripted(reply), row, schema=other).kept == 0


def test_a_workspace_at_a_url(folder: Path):
    place = f"memory://{uuid.uuid4().hex}"
    row = {"document": "a.png", "question": "q?"}
    assert run(folder, scripted(ANSWER), row, workspace=place).kept == 0
    summary = run(folder, scripted("never asked"), row, workspace=place)
    assert (summary.kept, summary.results) == (1, (f"{place}/results.jsonl",))


def test_what_cannot_be_run_is_refused_before_anything_is(folder: Path):
    row, policy = {"document": "a.png", "question": "q?"}, scripted(ANSWER)
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: run(folder, policy, row, schema=Bill, questions=["q"]), "give one of them"),
        (lambda: run(folder, policy, row, concurrency=0), "concurrency=0 is out of range"),
        (lambda: run(folder, policy, row, cluster=Cluster()), "a policy is given by its name"),
        (lambda: Prices.read("1"), "the prices '1' are none"),
        (lambda: Prices.read("1,inf"), "are none"),
    ]
    for call, why in refused:
        with pytest.raises(SettingsError, match=why):
            call()
    with pytest.raises(TypeError, match=r"run_batch\(\) got an unexpected keyword argument"):
        run(folder, policy, row, nonsense=1)
    assert received(policy) == []
