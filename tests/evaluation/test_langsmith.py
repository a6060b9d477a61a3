"""LangSmith's own `aevaluate` over a benchmark: with nothing uploaded, and with all of it."""

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
from ergo_agent.evaluation.samples import Sample
from ergo_agent.evaluation.scoring import scorer_of
from ergo_agent.evaluation.trial import Asker
from tests.evaluation import layouts
from tests.support.langsmith_experiments import experimenting
from tests.support.scripted import scripted


def _reply(messages: list[BaseMessage]) -> str:
    if "Who" in messages[-1].text:
        raise PolicyUnreachableError("made to fail")
    return "<think>x</think><answer>12.50</answer>"


UPLOADED = {"id", "inputs", "metadata"}
ROWS = [
    {"document": "a.png", "question": "Total?", "answers": ["12.50"]},
    {"document": "a.png", "question": "Who?", "answers": ["x"]},
]


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    return load_benchmark("jsonl", layouts.own_lines(tmp_path, ROWS))


@pytest.fixture
def asker() -> Asker:
    _, scorer = scorer_of("own")
    given = {"settings": VisionSettings(view_budget=64), "full_budget": 2000, "seed": 0}
    return Asker(scripted(_reply), scorer=scorer, **given)


@pytest.mark.filterwarnings("ignore:.upload_runs. parameter is in beta")
async def test_a_failed_sample_counts_in_langsmith_too(samples: list[Sample], asker: Asker):
    examples = langsmith_examples("jsonl", samples)
    assert examples[0].id == langsmith_examples("jsonl", samples)[0].id
    with experimenting() as endpoint:
        client = Client(api_url=endpoint.url, api_key="key-of-the-tests")
        results = await aevaluate(
            langsmith_target(asker, samples),
            data=examples,
            evaluators=[langsmith_evaluator("jsonl")],
            client=client,
            upload_runs=False,
        )
        scores, errors = {}, {}
        async for row in results:
            question = row["example"].inputs["question"]
            (scored,) = row["evaluation_results"]["results"]
            scores[question] = (scored.key, scored.score)
            errors[question] = (row["run"].outputs or {})["error"]
        client.close(timeout=30)
    assert (endpoint.uploads, endpoint.experiments, endpoint.feedback) == ([], {}, [])
    assert scores == {"Total?": ("accuracy", 1.0), "Who?": ("accuracy", 0.0)}
    assert errors["Total?"] is None
    assert errors["Who?"] == "PolicyUnreachableError: made to fail"


async def test_an_experiment_is_uploaded_with_the_paths_of_its_documents(
    samples: list[Sample], asker: Asker
):
    with experimenting() as endpoint:
        client = Client(api_url=endpoint.url, api_key="key-of-the-tests")
        dataset = client.create_dataset("own questions")
        examples = langsmith_examples("jsonl", samples, dataset_id=dataset.id)
        given = [
            {**each.model_dump(include=UPLOADED), "reference_outputs": each.outputs}
            for each in examples
        ]
        client.create_examples(dataset_id=dataset.id, examples=given)
        results = await aevaluate(
            langsmith_target(asker, samples),
            data=examples,
            evaluators=[langsmith_evaluator("jsonl")],
            client=client,
        )
        async for _ in results:
            pass
        client.close(timeout=30)
    assert [each["inputs"]["question"] for each in endpoint.examples.values()] == ["Total?", "Who?"]
    assert {each["dataset_id"] for each in endpoint.examples.values()} == {str(dataset.id)}
    (experiment,) = endpoint.experiments.values()
    assert experiment["reference_dataset_id"] == str(dataset.id)
    roots = {
        run["reference_example_id"]: run
        for run in endpoint.roots
        if run.get("reference_example_id")
    }
    assert set(roots) == set(endpoint.examples)
    said = {run["inputs"]["question"]: run["outputs"] for run in roots.values()}
    assert (said["Total?"]["answer"], said["Total?"]["error"]) == ("12.50", None)
    assert said["Total?"]["tokens"]["predicted"] > 0
    assert said["Who?"]["error"] == "PolicyUnreachableError: made to fail"
    by_run = {run["id"]: run["inputs"]["question"] for run in roots.values()}
    scores = {by_run[each["run_id"]]: (each["key"], each["score"]) for each in endpoint.feedback}
    assert scores == {"Total?": ("accuracy", 1.0), "Who?": ("accuracy", 0.0)}
    assert {each["inputs"]["document"] for each in endpoint.examples.values()} == {
        samples[0].document
    }
    assert not any("attachments" in each for each in endpoint.examples.values())


def test_modes_that_need_another_are_refused(tmp_path: Path):
    asker = Asker(
        scripted(), scorer=scorer_of("own")[1], settings=VisionSettings(), full_budget=9, seed=0
    )
    with pytest.raises(SettingsError, match="takes its crops from ergo's"):
        langsmith_target(asker, [], mode="random")
    with pytest.raises(SettingsError, match="no benchmark"):
        langsmith_evaluator(str(tmp_path))
