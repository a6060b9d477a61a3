"""One episode is one tree: graph, nodes, tools with their boxes, model runs, the stop reason."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langsmith import traceable

from ergo_agent import ErgoVisionTool, aask, ask, create_vision_graph
from tests.support.langsmith_endpoint import (
    Endpoint,
    receiving,
    traced_to,
    tracing_environment,
)
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"

NODES: list[Any] = [
    ["observe", "chain", [["observe", "tool", []]]],
    ["policy", "chain", [["ScriptedModel", "llm", []]]],
    ["zoom", "chain", [["zoom", "tool", []]]],
    ["policy", "chain", [["ScriptedModel", "llm", []]]],
    ["answer", "chain", [["answer", "tool", []]]],
]
EPISODE = ["coarse_to_fine", "chain", NODES]


def traced(page: Path, question: str = "What colour?", **told: Any) -> Endpoint:
    with receiving(**told) as endpoint, traced_to(endpoint.url, settled=endpoint.zstd):
        ask(page, question, policy=scripted(ZOOM, ANSWER))
    return endpoint


@pytest.mark.parametrize("zstd", [True, False])
def test_ask_is_one_tree_however_it_is_uploaded(page: Path, zstd: bool):  # noqa: FBT001
    endpoint = traced(page, zstd=zstd)
    assert {upload.encoding for upload in endpoint.uploads} == {"zstd" if zstd else ""}
    assert endpoint.outline() == [EPISODE]
    assert all(run["end_time"] and not run.get("error") for run in endpoint.runs.values())


async def test_aask_and_the_graph_are_the_same_tree(page: Path):
    given = {"image": str(page), "question": "What colour?"}
    with receiving() as endpoint, traced_to(endpoint.url):
        await aask(page, "What colour?", policy=scripted(ZOOM, ANSWER))
        await create_vision_graph(policy=scripted(ZOOM, ANSWER)).ainvoke(given)
    assert endpoint.outline() == [EPISODE, EPISODE]


def test_the_blocking_graph_is_the_same_tree(page: Path):
    with receiving() as endpoint, traced_to(endpoint.url):
        graph = create_vision_graph(policy=scripted(ZOOM, ANSWER))
        graph.invoke({"image": str(page), "question": "What colour?"})
    assert endpoint.outline() == [EPISODE]


@pytest.mark.parametrize("blocking", [True, False])
async def test_the_tool_has_the_episode_below_it(page: Path, blocking: bool):  # noqa: FBT001
    tool = ErgoVisionTool(policy=scripted(ZOOM, ANSWER), allowed_roots=[page.parent])
    arguments = {"image": page.name, "question": "What colour?"}
    with receiving() as endpoint, traced_to(endpoint.url):
        if blocking:
            tool.invoke(arguments)
        else:
            await tool.ainvoke(arguments)
    assert endpoint.outline() == [["look_at_image", "tool", [EPISODE]]]
    (run,) = endpoint.roots
    assert run["inputs"]["image"] == page.name
    assert "A. red" in run["outputs"]["output"]


def test_ask_within_a_traced_function_lies_below_it(page: Path):
    @traceable
    def mine() -> str | None:
        return ask(page, "What colour?", policy=scripted(ZOOM, ANSWER)).answer

    with receiving() as endpoint, traced_to(endpoint.url):
        mine()
    assert endpoint.outline() == [["mine", "chain", [EPISODE]]]


def test_tool_runs_show_boxes_going_in_and_view_sizes_coming_out(page: Path):
    endpoint = traced(page)
    (observed,) = endpoint.named("observe", "tool")
    (zoomed,) = endpoint.named("zoom", "tool")
    (answered,) = endpoint.named("answer", "tool")
    assert observed["inputs"] == {"image": str(page), "page": 1}
    view = observed["outputs"]["output"]["artifact"]["view"]
    shown = "x".join(map(str, view["shown"]))
    assert f"4000x3000 pixels, shown at {shown}" in observed["outputs"]["output"]["content"]
    region = zoomed["inputs"]["view"]["region"]
    assert region["left"] < region["right"] <= 4000
    assert zoomed["outputs"]["output"]["artifact"]["region"] == region
    assert "shown at" in zoomed["outputs"]["output"]["content"]
    assert len(answered["inputs"]["views"]) == 2
    assert answered["outputs"]["output"]["artifact"][0]["region"] == region


@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        ((ZOOM, ANSWER), "answered"),
        ((ZOOM,), "full_resolution"),
        (("",), "no_reply"),
        (("hm",), "unusable_reply"),
    ],
)
def test_the_root_run_says_why_the_episode_ended(page: Path, replies: list[str], reason: str):
    with receiving() as endpoint, traced_to(endpoint.url):
        result = ask(page, "What colour?", policy=scripted(*replies))
    (root,) = endpoint.roots
    assert result.stop_reason == reason
    assert root["outputs"]["result"]["stop_reason"] == reason


def test_a_failing_policy_is_an_error_in_the_trace(page: Path):
    with receiving() as endpoint, traced_to(endpoint.url), pytest.raises(Exception, match="down"):
        ask(page, "What colour?", policy=scripted(OSError("down")))
    (root,) = endpoint.roots
    assert "PolicyError" in root["error"]
    assert "down" in endpoint.of_kind("llm")[0]["error"]


def test_the_environment_alone_turns_it_on(page: Path):
    """As a user has it: the variables, `import ergo_agent`, and the embedded reader."""
    program = f"import ergo_agent; print(ergo_agent.ask({str(page)!r}, 'Who signed?').stop_reason)"
    with receiving() as endpoint:
        ran = subprocess.run(
            [sys.executable, "-c", program],
            env=tracing_environment(endpoint.url, ERGO_BASE_URL=""),
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
    (root,) = endpoint.roots
    assert root["outputs"]["result"]["stop_reason"] == ran.stdout.strip()
    assert endpoint.of_kind("tool")[0]["name"] == "observe"
    metadata = endpoint.of_kind("llm")[0]["extra"]["metadata"]
    assert (metadata["ls_provider"], metadata["ls_model_name"]) == ("ergo-agent", "rapidocr")
    assert metadata["ergo_vision_tokens"] > 0
    assert "data:image/png" not in json.dumps(endpoint.of_kind("llm"))
