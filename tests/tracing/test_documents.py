"""A question about a document is one tree: the survey, and the episode of each page."""

import json
from pathlib import Path
from typing import Any

import pytest

from ergo_agent import ask
from ergo_agent.images import MemoryStore
from tests.support.langsmith_endpoint import Endpoint, receiving, traced_to
from tests.support.paged import digital, manual, save
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
NOT_FOUND = "<think>nothing</think><answer></answer><not_found/>"
ANSWER = "<think>read</think><answer>thirty months</answer>"
FACT = "The guarantee lasts thirty months from the day of purchase."
OTHER = "A guarantee of the seller is no guarantee of the maker."
QUESTION = "How long does the guarantee last?"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pages = manual({2: FACT, 3: OTHER}, pages=3)
    return save(bytes(digital(pages).output()), tmp_path_factory.mktemp("pages") / "manual.pdf")


def looked(model: str, *, zooms: int) -> list[Any]:
    """The tree of the look at a page."""
    asked = ["policy", "chain", [[model, "llm", []]]]
    zoomed = [["zoom", "chain", [["zoom", "tool", []]]], asked]
    steps = [["observe", "chain", [["observe", "tool", []]]], asked, *zooms * zoomed]
    steps.append(["answer", "chain", [["answer", "tool", []]]])
    return ["page", "chain", [["coarse_to_fine", "chain", steps]]]


def tree(*pages: list[Any]) -> list[Any]:
    """The tree of an episode that opened pages one after the other."""
    opened = [each for page in pages for each in (page, ["open", "chain", []])]
    before = [[name, "chain", []] for name in ("survey", "find", "open")]
    return ["document", "chain", [*before, *opened, ["answer", "chain", []]]]


def check_told(endpoint: Endpoint) -> None:
    """No trace holds pixels, or what stands on pages beside the answer."""
    said = json.dumps(list(endpoint.runs.values()))
    assert "data:image" not in said
    assert OTHER not in said
    assert all(run["end_time"] and not run.get("error") for run in endpoint.runs.values())


@pytest.fixture(autouse=True)
def _without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thumbnails, so that any pixels that are told are seen."""
    monkeypatch.setenv("ERGO_TRACE_IMAGES", "none")


def test_each_page_is_an_episode_below_the_document(document: Path):
    policy = scripted(NOT_FOUND, ZOOM, ANSWER)
    with receiving() as endpoint, traced_to(endpoint.url):
        result = ask(document, QUESTION, policy=policy, store=MemoryStore(), max_pages=2)
    assert result.answer == "thirty months"
    assert endpoint.outline() == [
        tree(looked("ScriptedModel", zooms=0), looked("ScriptedModel", zooms=1))
    ]
    check_told(endpoint)
    (root,) = endpoint.roots
    assert root["outputs"]["result"]["document"]["text_layer"] == "1-3"
    (survey,) = endpoint.named("survey")
    assert survey["outputs"]["surveyed"]["text_layer"] == "1-3"
    opened = [run["inputs"]["page"] for run in endpoint.named("observe", "tool")]
    assert opened == [page.page for page in result.document.opened]
    (zoomed,) = endpoint.named("zoom", "tool")
    assert zoomed["inputs"]["view"]["page"] == opened[1]


def test_a_layer_that_is_read_stands_in_no_trace(document: Path):
    with receiving() as endpoint, traced_to(endpoint.url):
        result = ask(document, QUESTION, policy="ocr", store=MemoryStore())
    assert result.answer == "thirty months"
    assert [found.read_from for found in result.evidence] == ["text_layer"]
    check_told(endpoint)
    told = [run["extra"]["invocation_params"]["layer"] for run in endpoint.of_kind("llm")]
    assert told[0] == "<text layer of page 2, in 1 view(s)>"
