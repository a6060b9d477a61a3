"""Numbers far outside, and what is no number, wherever a box or a number comes from outside.

Every entry gives a result or an error of this package's own: never a `TypeError` or an HTTP 500.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from ergo_agent import ErgoVisionTool, ObserveTool, VisionSettings, ZoomTool, ask
from ergo_agent.episode.settings import VisionContext
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import ErgoError, RegionError
from ergo_agent.graphs import VisionGraph, create_vision_graph, fork_zoom
from ergo_agent.images.maker import ViewMaker
from ergo_agent.tools import create_answer_tool, create_observe_tool, create_zoom_tool
from ergo_agent.tools.observe import Observation
from ergo_agent.views.frames import PIXELS, THOUSANDTHS, Boxed
from ergo_agent.views.geometry import Region, Size, ViewBox, ViewMap
from ergo_agent.views.patches import QWEN2_5_VL
from tests.support.local_page import Browser, page_server
from tests.support.mcp_clients import ERAS, connected, http_server
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

FAR = [
    *(10**30, -(10**30), 10**400, 2**63, 2**64, -(2**63) - 1, 2**31, -1, 0),
    *(1e308, -1e308, 5e-324, float("nan"), float("inf"), float("-inf"), 0.5),
    *(True, False, None, "12", "x", "", "9" * 5000, [], [1], {}, b"1", object()),
]
HUGE = 10**5000
"""More digits than Python writes, and reads in JSON, without being told to; LangChain writes the
arguments of a tool before the tool sees them."""

EVERY = [*FAR, HUGE]
IN_JSON = [value for value in FAR if not isinstance(value, bytes) and type(value) is not object]

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<answer>A. red</answer>"
CONFIG: RunnableConfig = {"configurable": {"thread_id": "1"}}
BOX = [1400, 900, 1680, 1180]


def boxes(values: list[Any]) -> list[list[Any]]:
    """A box of nothing else, and one with it at each edge."""
    made = [[value] * 4 for value in values]
    for value in values:
        made += [[*BOX[:at], value, *BOX[at + 1 :]] for at in range(4)]
    return made


def tried(call: Callable[[], object]) -> ErgoError | None:
    """Make a call that may be refused, by an error of the package's own and in short."""
    found: ErgoError | None = None
    try:
        call()
    except ErgoError as error:
        found = error
    assert len(str(found)) < 1000
    return found


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(2400, 1800))


def test_settings():
    refused = 0
    for kind in (VisionSettings, VisionContext):
        for name in VisionSettings.model_fields:
            for value in EVERY:
                refused += tried(lambda k=kind, n=name, v=value: k(**{n: v})) is not None
    assert refused > 400


def test_boxes_in_every_frame():
    size = Size(2400, 1800)
    view = ViewMap(Region.whole(size), Size(800, 600))
    numbers = [value for value in EVERY if isinstance(value, int | float)]
    for box in boxes(numbers):
        placed = ViewBox(*box)
        tried(lambda p=placed: view.to_original(p))
        for frame in (PIXELS, THOUSANDTHS):
            tried(lambda p=placed, f=frame: view.to_original(f.to_pixels(p, shown=view.shown)))
        for name in ("original", "view", "thousandths"):
            tried(lambda p=placed, n=name: Boxed(size, view).region(p, frame=n))  # type: ignore[arg-type]
    with pytest.raises(RegionError, match="not finite"):
        Boxed(size).region(ViewBox(HUGE, HUGE, HUGE, HUGE), frame="original")


def told(tool: BaseTool, **arguments: object) -> ToolMessage | None:
    """What a model is told that calls a tool, or None where the run ends with our error."""
    call = {"type": "tool_call", "id": "1", "name": tool.name, "args": arguments}
    message: ToolMessage | None = None

    def calling() -> None:
        nonlocal message
        message = tool.invoke(call)

    tried(calling)
    if message is not None and message.status == "error":
        assert len(message.text) < 1000
    return message


def test_the_tools_of_agents(page: Path):
    policy = scripted(ANSWER)
    ours = {"allowed_roots": [page.parent]}
    zoom, observe = ZoomTool(**ours), ObserveTool(**ours)
    look = ErgoVisionTool(policy=policy, **ours)
    edges = ("left", "top", "right", "bottom")
    errors = 0
    for frame in ("original", "thousandths", "view"):
        for box in boxes(FAR):
            given = {**dict(zip(edges, box, strict=True)), "frame": frame, "image": page.name}
            message = told(zoom, **given)
            errors += message is not None and message.status == "error"
    assert errors > 200
    for value in FAR:
        told(zoom, image=page.name, page=value, left=1, top=1, right=9, bottom=9)
        told(observe, image=page.name, page=value)
        told(look, image=page.name, question="q", page=value)


def test_the_tools_of_the_graph(page: Path):
    maker = ViewMaker()
    terms = Terms(VisionSettings(), QWEN2_5_VL)
    observe, zoom = create_observe_tool(maker, terms=terms), create_zoom_tool(maker)
    message = told(observe, image=str(page))
    assert message is not None
    seen: Observation = message.artifact
    view = seen.view.model_dump(mode="json")
    edges = ("left", "top", "right", "bottom")
    for box in boxes(FAR):
        region = dict(zip(edges, box, strict=True))
        told(zoom, image=seen.facts.digest, view={**view, "region": region})
        placed = {"box": box, "view": 1}
        told(create_answer_tool(), text="a", boxes=[placed], views=[seen.view.model_dump()])
    region = dict(zip(edges, BOX, strict=True))
    for value in FAR:
        told(observe, image=str(page), page=value)
        for name in ("page", "number", "parent", "tokens"):
            told(zoom, image=seen.facts.digest, view={**view, "region": region, name: value})
        for size in ((value, 56), (56, value), (value, value)):
            told(zoom, image=seen.facts.digest, view={**view, "shown": size})
            told(zoom, image=seen.facts.digest, view={**view, "original": size})
        told(create_answer_tool(), text="a", boxes=[], views=[], page=value)


@pytest.fixture(scope="module")
def episode(page: Path) -> VisionGraph:
    graph = create_vision_graph(policy=scripted(ZOOM, ANSWER), checkpointer=InMemorySaver())
    graph.invoke({"image": str(page), "question": "q"}, CONFIG)
    return graph


def test_forks(episode: VisionGraph):
    errors = 0
    for box in boxes(EVERY):
        errors += tried(lambda b=box: fork_zoom(episode, CONFIG, boxes=[b])) is not None
    for value in EVERY:
        tried(lambda v=value: fork_zoom(episode, CONFIG, boxes=[BOX], zoom=v))
        tried(lambda v=value: fork_zoom(episode, CONFIG, boxes=v))
    assert errors > 80


def test_decisions_of_a_person(page: Path):
    settings = VisionSettings(review_zooms=True)
    policy = scripted(ZOOM, ANSWER)
    graph = create_vision_graph(policy=policy, settings=settings, checkpointer=InMemorySaver())
    asked: list[str] = []
    for box in boxes(FAR):
        asked = asked or [""]
        config: RunnableConfig = {"configurable": {"thread_id": str(len(asked))}}
        if asked[-1] == "":
            graph.invoke({"image": str(page), "question": "q"}, config)
        output: dict[str, Any] = {}

        def resume(box: list[Any] = box, config: RunnableConfig = config) -> None:
            nonlocal output
            output = graph.invoke(Command(resume={"type": "edit", "boxes": [box]}), config)

        tried(resume)
        waits = "__interrupt__" in output
        asked[-1:] = [asked[-1], ""] if not waits else ["asked again"]


def test_an_input_beside_a_checkpointer(episode: VisionGraph, page: Path):
    for number, value in enumerate(EVERY):
        config: RunnableConfig = {"configurable": {"thread_id": f"page {number}"}}
        given = {"image": str(page), "question": "q", "page": value}
        tried(lambda g=given, c=config: episode.invoke(g, c))


def test_asking(page: Path):
    for value in EVERY:
        tried(lambda v=value: ask(page, "q", policy=scripted(ANSWER), page=v))
        tried(lambda v=value: ask(page, "q", policy=scripted(ANSWER), view_budget=v))


@pytest.fixture(scope="module")
def browser(page: Path) -> Iterator[Browser]:
    with page_server(root=page.parent, policy=scripted(ZOOM, ANSWER)) as browser:
        yield browser


def test_the_local_page(browser: Browser, page: Path):
    image = browser.image(page)
    run = browser.ask(image)
    browser.events(run)

    def refused(method: str, path: str, body: object = None) -> bool:
        answer = browser.request(
            method, path, content=json.dumps(body), headers={"content-type": "application/json"}
        )
        assert answer.status_code < 500, (path, body, answer.text)
        if answer.status_code >= 400:
            assert len(answer.json()["error"]) < 1000
        elif "run" in answer.json():
            browser.events(answer.json()["run"])
        return answer.status_code >= 400

    forks = f"/api/runs/{run}/forks"
    count = sum(refused("POST", forks, {"zoom": 1, "boxes": [box]}) for box in boxes(IN_JSON))
    assert count > 60
    for value in IN_JSON:
        refused("POST", forks, {"zoom": value, "boxes": [BOX]})
        refused("POST", forks, {"zoom": 1, "boxes": value})
        refused("POST", "/api/runs", {"image": image, "question": "q", "page": value})
        for name in ("view_budget", "max_zooms", "max_vision_tokens"):
            asked = {"image": image, "question": "q", "settings": {name: value}}
            refused("POST", "/api/runs", asked)
        text = str(value)[:200]
        assert browser.get(f"/api/images/{image}/{text}/picture?side=10").status_code in {200, 404}
        assert browser.get(f"/api/images/{image}/1/picture?side={text}").status_code in {200, 422}


async def test_mcp(page: Path):
    with http_server("--root", page.parent) as url:
        for era in ERAS:
            async with connected(url, era=era) as client:
                for value in IN_JSON:
                    for frame in ("original", "view", "thousandths"):
                        given = {"boxes": [[value] * 4], "frame": frame}
                        told = await client.call("zoom", image=page.name, **given)
                        assert told.error or told.pictures
                        assert "Traceback" not in told.text
                    told = await client.call("observe", image=page.name, page=value)
                    assert told.error or told.pictures
