"""LangSmith's own `aevaluate` over a benchmark, nothing uploaded."""

from pathlib import Path

import pytest
from langchain_core.messages import BaseMessage
from langsmith import Client, aevaluate

from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import PolicyUnreachableError, SettingsError
from ergo_agent.evaluation import load_benchmark
from ergo_agent.evaluation.langsmith import (
    langsmith_evaluator,
    langsmith_examples,
    langsmith_target,
)
from ergo_agent.evaluation.scoring import scorer_of
from ergo_agent.evaluation.trial import Asker
from tests.evaluation import layouts
from tests.support.scripted import scripted


def _reply(messages: list[BaseMessage]) -> str:
    if "Who" in messages[-1].text:
        raise PolicyUnreachableError("made to fail")
    return "<think>x</think><answer>12.50</answer>"


@pytest.mark.filterwarnings("ignore:.upload_runs. parameter is in beta")
async def test_a_failed_sample_counts_in_langsmith_too(tmp_path: Path):
    rows = [
        {"document": "a.png", "question": "Total?", "answers": ["12.50"]},
        {"document": "a.png", "question": "Who?", "answers": ["x"]},
    ]
    samples = load_benchmark("jsonl", layouts.own_lines(tmp_path, rows))
    _, scorer = scorer_of("own")
    given = {"settings": VisionSettings(), "full_budget": 2000, "seed": 0}
    asker = Asker(scripted(_reply), scorer=scorer, **given)
    examples = langsmith_examples("jsonl", samples)
    assert examples[0].id == langsmith_examples("jsonl", samples)[0].id
    results = await aevaluate(
        langsmith_target(asker, samples),
        data=examples,
        evaluators=[langsmith_evaluator("jsonl")],
        client=Client(api_url="http://127.0.0.1:9", api_key="none"),
        upload_runs=False,
    )
    scores, errors = {}, {}
    async for row in results:
        question = row["example"].inputs["question"]
        (scored,) = row["evaluation_results"]["results"]
        scores[question] = (scored.key, scored.score)
        errors[question] = (row["run"].outputs or {})["error"]
    assert scores == {"Total?": ("accuracy", 1.0), "Who?": ("accuracy", 0.0)}
    assert errors["Total?"] is None
    assert errors["Who?"] == "PolicyUnreachableError: made to fail"


def test_modes_that_need_another_are_refused(tmp_path: Path):
    asker = Asker(
        scripted(), scorer=scorer_of("own")[1], settings=VisionSettings(), full_budget=9, seed=0
    )
    with pytest.raises(SettingsError, match="takes its crops from ergo's"):
        langsmith_target(asker, [], mode="random")
    with pytest.raises(SettingsError, match="no benchmark"):
        langsmith_evaluator(str(tmp_path))
