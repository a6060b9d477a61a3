"""lmms-eval's own evaluator over a small task, with a policy found by its entry point.

Run it with `make test-lmms`, which has an environment of its own.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage
from lmms_eval.evaluator import simple_evaluate
from lmms_eval.models import get_model, list_available_models
from lmms_eval.tasks import TaskManager

from ergo_agent.errors import PolicyUnreachableError, SettingsError
from ergo_agent.evaluation.lmms.model import ErgoAgent
from ergo_agent.policies.base import Policy
from ergo_agent.policies.registry import register_policy
from tests.support.pictures import save_picture
from tests.support.scripted import image_urls, scripted

QUESTIONS = {
    "Which total?": ("12.50", ["a.png"]),
    "Which colour?": ("blue", ["a.png"]),
    "Who signed?": ("Ada", ["a.png"]),
    "How many pages?": ("two", ["a.png", "b.png"]),
    "Nothing to see?": ("x", []),
}
TASK = """
task: tiny_pages
dataset_path: json
dataset_kwargs:
  data_files: {{test: {rows}}}
test_split: test
output_type: generate_until
doc_to_visual: !function utils.visual
doc_to_text: !function utils.text
doc_to_target: answer
generation_kwargs: {{max_new_tokens: 16, until: ["\\n"]}}
metric_list:
  - {{metric: exact_match, aggregation: mean, higher_is_better: true}}
"""
UTILS = """
from pathlib import Path
from PIL import Image

def visual(row):
    return [Image.open(Path(__file__).parent / name) for name in row["images"]]

def text(row, lmms_eval_specific_kwargs=None):
    return row["question"]
"""
asked: list[tuple[str, int]] = []
"""Questions, each with how many images it was asked about."""


def _reply(messages: list[BaseMessage]) -> str:
    text = messages[-1].text
    asked.append((text, len(image_urls(messages))))
    if "Who" in text:
        raise PolicyUnreachableError("made to fail")
    answer = "12.50" if "total" in text else "two" if "pages" in text else "red"
    return f"<think>x</think><answer>{answer}</answer>"


@register_policy("test_lmms")
def make_policy() -> Policy:
    return scripted(_reply)


@pytest.fixture
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TaskManager:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    asked.clear()
    folder = tmp_path / "tasks"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        save_picture(folder, size=(320, 240), name=name)
    rows = [
        {"question": question, "answer": answer, "images": images}
        for question, (answer, images) in QUESTIONS.items()
    ]
    (folder / "rows.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    (folder / "tiny_pages.yaml").write_text(TASK.format(rows=folder / "rows.jsonl"))
    (folder / "utils.py").write_text(UTILS)
    return TaskManager(include_path=str(folder), include_defaults=False)


def test_the_entry_point_is_found():
    assert "ergo_agent" in list_available_models()
    assert get_model("ergo_agent") is get_model("ergo") is ErgoAgent


def test_its_evaluator_counts_what_failed_as_wrong(
    tasks: TaskManager, caplog: pytest.LogCaptureFixture
):
    results: dict[str, Any] = simple_evaluate(
        model="ergo_agent",
        model_args="policy=test_lmms,view_budget=64,max_zooms=1,concurrency=3",
        tasks=["tiny_pages"],
        task_manager=tasks,
        bootstrap_iters=0,
    )
    samples = results["samples"]["tiny_pages"]
    said = {each["doc"]["question"]: each["filtered_resps"][0] for each in samples}
    assert said == {
        "Which total?": "12.50",
        "Which colour?": "red",
        "Who signed?": "",
        "How many pages?": "two",
        "Nothing to see?": "",
    }
    (score,) = [
        value
        for name, value in results["results"]["tiny_pages"].items()
        if name.startswith("exact_match,")
    ]
    assert score == pytest.approx(2 / 5)
    assert "2 of the requests so far failed" in caplog.text
    assert "How many pages?" in " ".join(text for text, _ in asked)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("mode=oracle", "mode='oracle' cannot be asked here; give one of full, coarse, ergo, auto"),
        ("concurrency=0", "concurrency=0 asks nothing"),
        ("policy=nobody", "policy='nobody' is unknown"),
        ("view_budgett=3", "view_budgett"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments: str, message: str):
    with pytest.raises(SettingsError, match=message):
        get_model("ergo_agent").create_from_arg_string(arguments)


def test_what_an_episode_has_no_answer_to_is_refused():
    model = ErgoAgent(policy="test_lmms")
    with pytest.raises(SettingsError, match="gives no likelihoods; choose tasks of the type gen"):
        model.loglikelihood([])
    with pytest.raises(SettingsError, match="is about one question"):
        model.generate_until_multi_round([])
