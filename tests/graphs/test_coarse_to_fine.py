"""The graph from the whole image to an answer, driven by scripted replies on real images."""

import asyncio
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from PIL import Image

from ergo_agent.answer import VisionAnswer
from ergo_agent.episode.state import VisionInput
from ergo_agent.graphs import create_vision_graph
from ergo_agent.views.geometry import Region, Size
from tests.support.graph_runs import ANSWER, NOT_FOUND, ZOOM, run
from tests.support.scripted import image_urls, received, scripted


async def test_observe_zoom_answer(page: Path):
    policy = scripted(ZOOM, f"{ANSWER}<evidence>[28, 28, 56, 56]</evidence>")
    result = await run(policy, page)
    assert result.answer == "A. red"
    assert result.reasoning == "read"
    assert result.stop_reason == "answered"
    assert [turn.stage for turn in result.turns] == ["observe", "zoomed"]
    assert [turn.repairs for turn in result.turns] == [(), ()]
    crop = result.views[1]
    assert crop.shown == crop.region.size  # at full resolution
    (found,) = result.evidence
    assert found.crop == crop.digest
    assert found.region.left == crop.region.left + 28


async def test_the_sync_graph_does_the_same(page: Path):
    def invoke() -> dict[str, Any]:
        graph = create_vision_graph(policy=scripted(ZOOM, ANSWER))
        return graph.invoke({"image": str(page), "question": "q"})

    assert invoke()["answer"] == "A. red"  # inside a running loop
    assert (await asyncio.to_thread(invoke))["answer"] == "A. red"


async def test_two_regions_are_shown_side_by_side_in_the_order_asked_for(page: Path):
    policy = scripted("<zoom>[600, 600, 700, 700], [100, 100, 300, 200]</zoom>", ANSWER)
    result = await run(policy, page)
    first, second = result.views[1:]
    assert first.region.left > second.region.left
    assert [view.number for view in result.views] == [1, 2, 3]
    assert result.turns[1].views == (2, 3)
    assert len(image_urls(received(policy)[1])) == 3


async def test_messages_are_only_appended_and_stay_the_same(page: Path):
    second = "<zoom view='1'>[600, 600, 700, 700]</zoom>"
    policy = scripted(ZOOM, second, ANSWER)
    await run(policy, page)
    calls = received(policy)
    assert len(calls) == 3
    for shorter, longer in pairwise(calls):
        contents = [message.content for message in longer]
        assert [message.content for message in shorter] == contents[: len(shorter)]
    assert calls[2][2].content == ZOOM


async def test_images_come_before_their_text(page: Path):
    policy = scripted(ANSWER)
    await run(policy, page)
    content = received(policy)[0][-1].content
    assert isinstance(content, list)
    image, text = (block for block in content if isinstance(block, dict))
    assert image["image_url"]["url"].startswith("data:image/png;base64,")
    assert text["type"] == "text"


async def test_a_second_zoom_reaches_into_the_first_crop(page: Path):
    policy = scripted(
        "<zoom>[0, 0, 800, 600]</zoom>", '<zoom view="2">[10, 10, 90, 90]</zoom>', ANSWER
    )
    result = await run(policy, page)
    assert [view.parent for view in result.views] == [None, 1, 2]
    assert result.views[2].full_resolution
    assert result.stop_reason == "answered"


async def test_not_found(page: Path):
    result = await run(scripted(ZOOM, NOT_FOUND), page)
    assert result.answer is None
    assert result.stop_reason == "not_found"
    assert result.evidence == []


async def test_options_are_shown_only_once_it_is_known_where_to_look(page: Path):
    policy = scripted(ZOOM, ANSWER)
    result = await run(policy, page, options=["A. red", "B. blue"])
    assert "B. blue" not in result.turns[0].question
    assert "B. blue" in result.turns[1].question


async def test_options_are_shown_at_once_where_nothing_has_to_be_found(small: Path):
    result = await run(scripted(ANSWER), small, options=["A. red", "B. blue"])
    assert "B. blue" in result.turns[0].question


async def test_the_page_of_a_document(tmp_path: Path):
    pages = [Image.new("RGB", (300 * n, 400), "white") for n in (1, 2, 3)]
    path = tmp_path / "pages.tiff"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    graph = create_vision_graph(policy=scripted(ANSWER))
    output = await graph.ainvoke({"image": str(path), "question": "q", "page": 3})
    result = VisionAnswer.model_validate(output["result"])
    assert (result.image.page, result.image.page_count) == (3, 3)
    assert Size(result.image.width, result.image.height) == Size(900, 400)
    assert result.evidence[0].page == 3
    assert result.evidence[0].region == Region.whole(Size(900, 400))


async def test_many_episodes_share_one_graph(page: Path):
    graph = create_vision_graph(policy=scripted(ANSWER))
    given_to: VisionInput = {"image": str(page), "question": "q"}
    outputs = await asyncio.gather(*(graph.ainvoke(given_to) for _ in range(20)))
    assert {output["answer"] for output in outputs} == {"A. red"}


def test_traces_show_tool_runs_with_their_regions(page: Path):
    seen: list[tuple[str, Any]] = []
    lock = threading.Lock()

    class Watch(BaseCallbackHandler):
        def on_tool_start(self, serialized: dict[str, Any], *_: object, **started: object) -> None:
            with lock:
                seen.append((serialized["name"], started["inputs"]))

        def on_chat_model_start(self, *_: object, **__: object) -> None:
            with lock:
                seen.append(("model", None))

    graph = create_vision_graph(policy=scripted(ZOOM, ANSWER))
    graph.invoke({"image": str(page), "question": "q"}, {"callbacks": [Watch()]})
    assert [name for name, _ in seen] == ["observe", "model", "zoom", "model", "answer"]
    assert set(seen[2][1]["view"]["region"]) == {"left", "top", "right", "bottom"}


def test_the_drawing_looks_like_the_design():
    drawn = create_vision_graph(policy=scripted(ANSWER)).get_graph().draw_mermaid()
    for edge in (
        "__start__ --> observe",
        "observe --> policy",
        "zoom --> policy",
        "answer --> __end__",
    ):
        assert edge in drawn
    for edge in (
        "policy -.-> zoom",
        "policy -.-> review",
        "policy -.-> answer",
        "review -.-> zoom",
    ):
        assert edge in drawn
