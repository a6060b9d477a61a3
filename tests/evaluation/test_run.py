"""A run in its folder: gone on with, summed up, shown and compared; without any runner."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage

from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import PolicyUnreachableError, SettingsError
from ergo_agent.evaluation.comparison import compared, comparison_table
from ergo_agent.evaluation.episodes import draw_episodes
from ergo_agent.evaluation.journal import Journal
from ergo_agent.evaluation.outcome import Outcome, Tokens
from ergo_agent.evaluation.report import save_results_report
from ergo_agent.evaluation.results import read_results, results_of, results_table
from ergo_agent.evaluation.run import Run, RunSettings
from ergo_agent.evaluation.summary import mode_summary
from ergo_agent.policies.base import Policy
from tests.evaluation import layouts
from tests.support.html import parsed
from tests.support.scripted import received, scripted

COUNT = 6


def _reply(messages: list[BaseMessage]) -> str:
    """Right about even questions, wrong about odd ones; the last one fails."""
    number = int(messages[-1].text.partition("number ")[2].partition("?")[0])
    if number == COUNT - 1:
        raise PolicyUnreachableError("made to fail")
    return f"<think><b>x</b></think><answer>value {number if number % 2 == 0 else 'x'}</answer>"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = [
        {
            "document": f"{number // 2}.png",
            "question": f"What is number {number}?",
            "answers": [f"value {number}"],
            "category": "even" if number % 2 == 0 else "odd",
            "boxes": [[10, 10, 40, 40]] if number == 0 else [],
        }
        for number in range(COUNT)
    ]
    return layouts.own_lines(tmp_path / "data", rows)


def _settings(data: Path, **given: Any) -> RunSettings:
    whole = {"modes": ("coarse",), "vision": VisionSettings(view_budget=64), **given}
    return RunSettings(benchmark="jsonl", data=str(data), policy="scripted", **whole)


def _asked(run: Run) -> Run:
    """A run with all of its samples asked, in the order of its modes."""

    async def ask() -> None:
        for mode in run.settings.modes:
            for sample, _, trial in run.keys(mode):
                await run.outcome(sample, mode, trial)

    asyncio.run(ask())
    return run


def _run(folder: Path, data: Path, policy: Policy | None = None, **given: Any) -> Run:
    retry = given.pop("retry_errors", False)
    settings = _settings(data, **given)
    return Run(folder, settings, policy or scripted(_reply), retry_errors=retry)


def test_a_failed_sample_is_counted_as_wrong(tmp_path: Path, data: Path):
    run = _asked(_run(tmp_path / "run", data))
    results = results_of(run, run.policy)
    (coarse,) = results.modes
    assert (coarse.samples, coarse.failed, coarse.right) == (COUNT, 1, 3)
    assert coarse.score is not None
    assert coarse.score.value == 0.5, "and not 3 of 5"
    assert coarse.errors == {"PolicyUnreachableError": 1}
    assert coarse.categories == {"even": (3, 1.0), "odd": (3, 0.0)}
    assert coarse.clusters == 3
    results.write(run.folder)
    assert read_results(run.folder) == results
    json.loads((run.folder / "summary.json").read_text(), parse_constant=pytest.fail)


def test_the_table_tells_prompts_and_pixel_bounds(tmp_path: Path, data: Path):
    run = _asked(_run(tmp_path / "run", data))
    text = results_table(results_of(run, run.policy))
    assert f"{COUNT} samples of {COUNT} questions, seed 0" in text
    assert "50.0%" in text
    assert "views of at most 64 vision tokens; shown were" in text
    assert "| system: You answer questions" in text
    assert "| Question: What is number 0?" in text


def test_an_interrupted_run_goes_on_and_comes_to_the_same(tmp_path: Path, data: Path):
    whole = _asked(_run(tmp_path / "whole", data))
    half = _run(tmp_path / "half", data)
    asyncio.run(half.outcome("2", "coarse", 1))
    asyncio.run(half.outcome("6", "coarse", 1))
    with (half.folder / "samples.jsonl").open("a") as journal:
        journal.write('{"sample": "3", "mode": "coa')  # it was killed here
    policy = scripted(_reply)
    resumed = _asked(_run(tmp_path / "half", data, policy))
    assert len(received(policy)) == COUNT - 2, "neither the answered nor the failed one again"
    came, expected = (results_of(run, run.policy).modes[0] for run in (resumed, whole))
    assert came.without_times() == expected.without_times()
    assert len((resumed.folder / "samples.jsonl").read_text().splitlines()) == COUNT


def test_failed_samples_are_asked_again_on_demand(tmp_path: Path, data: Path):
    _asked(_run(tmp_path / "run", data))
    policy = scripted("<think>x</think><answer>value 5</answer>")
    run = _asked(_run(tmp_path / "run", data, policy, retry_errors=True))
    assert len(received(policy)) == 1
    assert results_of(run, run.policy).modes[0].failed == 0
    assert Journal(run.folder / "samples.jsonl").get(("6", "coarse", 1)) is not None


def test_another_run_is_not_gone_on_with(tmp_path: Path, data: Path):
    _run(tmp_path / "run", data)
    with pytest.raises(SettingsError, match="seed=0, this one has 1"):
        _run(tmp_path / "run", data, seed=1)
    (tmp_path / "run" / "samples.jsonl").write_text("{}\n")
    with pytest.raises(
        SettingsError, match=r"samples\.jsonl, line 1: sample is missing; .*; move the folder away"
    ):
        _run(tmp_path / "run", data)


def test_a_limit_draws_the_same_questions_with_the_same_seed(tmp_path: Path, data: Path):
    def drawn(seed: int) -> list[str]:
        run = _run(tmp_path / str(seed), data, limit=3, seed=seed)
        return [sample.id for sample in run.samples]

    assert drawn(0) == drawn(0)
    assert len({tuple(drawn(seed)) for seed in range(8)}) > 1
    trials = _run(tmp_path / "trials", data, limit=2, trials=2)
    assert len(_asked(trials).outcomes("coarse")) == 4


def test_an_oracle_needs_boxes(tmp_path: Path, data: Path):
    run = _asked(_run(tmp_path / "run", data, modes=("ergo", "random", "oracle")))
    ergo, random, oracle = results_of(run, run.policy).modes
    assert oracle.without_crop == COUNT - 2, "one has a box, one failed"
    assert random.without_crop == ergo.without_crop == COUNT - 1
    bare = layouts.own_lines(
        tmp_path / "bare", [{"document": "a.png", "question": "q", "answer": "x"}]
    )
    with pytest.raises(SettingsError, match="oracle needs boxes"):
        _run(tmp_path / "other", bare, modes=("oracle",))


def test_every_failure_is_one_click_from_its_episode(tmp_path: Path, data: Path):
    run = _asked(_run(tmp_path / "run", data))
    outcomes = run.outcomes("coarse")
    failures = [one for one in outcomes if not one.right]
    pages = draw_episodes(run.folder, failures)
    save_results_report(run.folder, results_of(run, run.policy), outcomes, pages)
    text = (run.folder / "report.html").read_text()
    parsed(text)
    for failure in failures:
        if failure.error is None:
            page = pages[failure.key]
            assert f'href="{page}"' in text
            assert failure.question in (run.folder / page).read_text()
    assert "PolicyUnreachableError: made to fail" in text
    assert "Question: What is number 0?" in text
    gone = failures[0].model_copy(update={"document": "/nowhere.png", "sample": "gone"})
    assert draw_episodes(run.folder, [gone])[gone.key].startswith("not drawn: ")


def test_two_runs_are_compared_pair_by_pair(tmp_path: Path, data: Path):
    first = _asked(_run(tmp_path / "a", data))
    second = _asked(_run(tmp_path / "b", data, scripted("<think></think><answer>value 1</answer>")))
    (one,) = compared(str(first.folder), str(second.folder))
    assert (one.pairs, one.test.only_first, one.test.only_second) == (COUNT, 3, 1)
    assert one.difference.value == pytest.approx(-2 / 6)
    text = comparison_table([one])
    assert "50.0% and 16.7%: -33.3%" in text
    assert "McNemar p = 0.625" in text


def test_what_cannot_be_compared_is_said(tmp_path: Path, data: Path):
    first = _asked(_run(tmp_path / "a", data, limit=2, seed=0))
    other = _run(tmp_path / "b", data, modes=("full",))
    with pytest.raises(SettingsError, match=r"no mode in common \(coarse and full\)"):
        compared(str(first.folder), str(other.folder))
    with pytest.raises(SettingsError, match="no question in common"):
        compared(f"{first.folder}:coarse", f"{other.folder}:full")
    with pytest.raises(SettingsError, match="holds no run that can be read"):
        compared(str(data), str(data))
    with pytest.raises(SettingsError, match="has no mode auto"):
        compared(f"{first.folder}:auto", str(other.folder))


def _outcome(number: int, **given: Any) -> Outcome:
    return Outcome(sample=str(number), mode="auto", question="q", cluster=str(number), **given)


def test_the_f1_of_mmlongbench_by_hand():
    outcomes = [
        _outcome(1, gold=("x",), answer="x", value=1.0),
        _outcome(2, gold=("x",), answer="y", value=0.0),
        _outcome(3, gold=("x",), error="Oops: no", value=0.0),
        _outcome(4, gold=(), answer=None, value=1.0),
    ]
    outcomes = [
        one.model_copy(update={"tokens": Tokens(full_resolution=100, predicted=20)})
        for one in outcomes
    ]
    found = mode_summary("auto", outcomes, scorer="mmlongbench")
    # recall 1 of 3 answerable, precision 1 of 2 answers
    assert found.f1 == pytest.approx(2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2))
    assert found.score is not None
    assert found.score.value == 0.5
    assert (found.vision_tokens and found.vision_tokens.value) == 20
