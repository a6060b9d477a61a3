"""`langgraph dev` serves the graphs of `langgraph.json`, to the SDK as to any other client.

A real server process, offline; its policy is a chat-completions server on the loopback.
"""

import base64
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from langgraph_sdk import get_sync_client
from langgraph_sdk.client import SyncLangGraphClient

from ergo_agent import VisionAnswer
from ergo_agent.episode.events import ViewMade, read_event
from ergo_agent.views.geometry import Region
from tests.support.langsmith_endpoint import untraced_environment
from tests.support.misbehaving import Handler, Misbehaving, serving
from tests.support.pictures import save_picture
from tests.support.serving import free_port

ROOT = Path(__file__).parents[2]
GRAPH = "coarse_to_fine"
DOCUMENT = "document"
ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"
START_SECONDS = 120
"""It takes 5 s on an idle machine."""
END_SECONDS = 20


class Served(NamedTuple):
    client: SyncLangGraphClient
    policy: Misbehaving
    folder: Path
    """What the server may read images from; holds `page.png`."""


def zoom_once(handler: Handler, _: dict[str, Any]) -> None:
    """A zoom to the coarse view alone, an answer to more."""
    views = len(handler.request_seen.images())
    request, told = handler.request_seen, handler.told
    reply = ZOOM if views == 1 else ANSWER
    handler.send_json(200, handler.completion(reply, told.image_tokens(request), 50))


@contextmanager
def langgraph_dev(log: Path, **environment: str) -> Iterator[str]:
    """`langgraph dev` on a free port; its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    config = str(ROOT / "langgraph.json")
    command = [sys.executable, "-m", "langgraph_cli", "dev", "--no-browser", "--no-reload"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--config", config]
    offline = {"LANGGRAPH_NO_VERSION_CHECK": "true", "LANGGRAPH_CLI_NO_ANALYTICS": "1"}
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=log.parent,  # it keeps what threads hold in the working directory
            env={**untraced_environment(), **offline, "PYTHONPATH": str(ROOT), **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_ready(url, process, log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/ok", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"langgraph dev did not start: {log.read_text('utf-8')[-4000:]}")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    save_picture(folder, name="page.png")
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with (
        serving(zoom_once) as policy,
        langgraph_dev(log, ERGO_BASE_URL=policy.url, ERGO_ALLOWED_ROOTS=str(folder)) as url,
        get_sync_client(url=url) as client,
    ):
        yield Served(client, policy, folder)
        assert "Blocking" not in log.read_text("utf-8")


def graph_id(served: Served, name: str) -> str:
    """The assistant of a graph."""
    (found,) = served.client.assistants.search(graph_id=name)
    return found["assistant_id"]


def question(image: str = "page.png") -> dict[str, Any]:
    return {"image": image, "question": "What colour?"}


def test_it_serves_the_graph(served: Served):
    found = {each["graph_id"]: each["name"] for each in served.client.assistants.search()}
    assert found == {GRAPH: GRAPH, DOCUMENT: DOCUMENT}
    nodes = {GRAPH: {"observe", "policy", "zoom", "answer"}, DOCUMENT: {"survey", "open", "page"}}
    for graph, wanted in nodes.items():
        drawn = served.client.assistants.get_graph(graph_id(served, graph))
        assert wanted <= {node["id"] for node in drawn["nodes"]}


def test_its_schemas_are_told(served: Served):
    for graph, asked in ((GRAPH, {"image", "page"}), (DOCUMENT, {"document", "pages"})):
        schemas = served.client.assistants.get_schemas(graph_id(served, graph))
        assert asked | {"question"} <= set(schemas["input_schema"]["properties"])
        assert {"answer", "result"} == set(schemas["output_schema"]["properties"])
        assert {"max_zooms", "review_zooms"} <= set(schemas["context_schema"]["properties"])


def test_a_run_about_a_document(served: Served):
    given = {"document": ["page.png", "page.png"], "question": "What colour?"}
    parts = list(
        served.client.runs.stream(None, DOCUMENT, input=given, stream_mode=["updates", "values"])
    )
    assert [part.data for part in parts if part.event == "error"] == []
    nodes = [node for part in parts if part.event == "updates" for node in part.data]
    assert nodes == ["survey", "find", "open", "page", "page", "open", "answer"]
    output = [part for part in parts if part.event == "values"][-1].data
    result = VisionAnswer.model_validate(output["result"])
    assert (output["answer"], result.document.page_count) == ("A. red", 2)


def test_a_run(served: Served):
    output = served.client.runs.wait(None, GRAPH, input=question())
    result = VisionAnswer.model_validate(output["result"])
    assert (output["answer"], result.stop_reason) == ("A. red", "answered")
    assert [len(result.views), len(result.turns)] == [2, 2]


def test_a_run_about_an_image_sent_along(served: Served):
    page = base64.b64encode((served.folder / "page.png").read_bytes()).decode()
    output = served.client.runs.wait(None, GRAPH, input=question(f"data:image/png;base64,{page}"))
    assert output["answer"] == "A. red"


def test_a_path_outside_what_the_server_may_read_is_an_error(served: Served):
    with pytest.raises(Exception, match="ImageAccessError"):
        served.client.runs.wait(None, GRAPH, input=question("/etc/passwd"))


def test_what_was_wrong_stands_in_the_state_of_the_thread(served: Served):
    """The error that the server sends names its kind alone."""
    thread = served.client.threads.create()["thread_id"]
    with pytest.raises(Exception, match="ImageNotFoundError") as caught:
        served.client.runs.wait(thread, GRAPH, input=question("pag.png"))
    assert "there is" not in str(caught.value)
    (task,) = served.client.threads.get_state(thread)["tasks"]
    assert "there is 'page.png'" in task["error"]


def test_a_stream_shows_each_node_and_the_answer(served: Served):
    parts = list(
        served.client.runs.stream(
            None, GRAPH, input=question(), stream_mode=["updates", "custom", "values"]
        )
    )
    assert [part.event for part in parts if part.event == "error"] == []
    nodes = [node for part in parts if part.event == "updates" for node in part.data]
    assert nodes == ["observe", "policy", "zoom", "policy", "answer"]
    told = [read_event(part.data) for part in parts if part.event == "custom"]
    views = [event for event in told if isinstance(event, ViewMade)]
    assert [view.number for view in views] == [1, 2]
    assert views[0].shown.area < views[0].original.area
    assert [part for part in parts if part.event == "values"][-1].data["answer"] == "A. red"


def test_a_thread_is_interrupted_shows_its_state_and_goes_on(served: Served):
    client = served.client
    thread = client.threads.create()["thread_id"]
    client.runs.wait(thread, GRAPH, input=question(), interrupt_before=["zoom"])
    asked = len(served.policy.requests)
    state = client.threads.get_state(thread)
    assert state["next"] == ["zoom"]
    assert [view["number"] for view in state["values"]["views"]] == [1]
    (crop,) = state["values"]["next"]["crops"]
    assert crop["region"]["left"] < crop["region"]["right"] <= 4000

    output = client.runs.wait(thread, GRAPH, input=None)
    assert output["answer"] == "A. red"
    assert len(served.policy.requests) == asked + 1  # the paid call was not repeated
    state = client.threads.get_state(thread)
    assert state["next"] == []
    assert state["values"]["result"]["stop_reason"] == "answered"
    history = client.threads.get_history(thread)
    assert "data:image" not in str(history)


def test_a_person_decides_about_a_zoom(served: Served):
    client = served.client
    thread = client.threads.create()["thread_id"]
    context = {"review_zooms": True}
    client.runs.wait(thread, GRAPH, input=question(), context=context)
    state = client.threads.get_state(thread)
    (proposed,) = state["interrupts"]
    assert proposed["value"]["kind"] == "zoom_proposal"
    assert len(proposed["value"]["boxes"]) == 1

    edited = Region(left=1000, top=800, right=2000, bottom=1600)
    decision = {"resume": {"type": "edit", "boxes": [list(edited.as_tuple())]}}
    output = client.runs.wait(thread, GRAPH, command=decision, context=context)
    result = VisionAnswer.model_validate(output["result"])
    assert result.answer == "A. red"
    assert result.views[1].region.iou(edited) > 0.95  # it fits whole patches
