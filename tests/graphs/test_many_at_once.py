"""Many episodes on different images in a store that has no room for all of them."""

import asyncio
import contextlib
import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage
from langgraph.checkpoint.memory import InMemorySaver
from PIL import Image

from ergo_agent import aask
from ergo_agent._common.caches import Recent
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import ImageNotFoundError, StoreFullError
from ergo_agent.graphs import create_vision_graph
from ergo_agent.images import MemoryStore, originals
from ergo_agent.images.data_urls import encode_data_url
from ergo_agent.images.pixel_memory import PixelMemory
from tests.support.graph_runs import ANSWER, ZOOM
from tests.support.scripted import scripted

Give = Callable[[Path], Any]

MANY = 6
SMALL = {"view_budget": 256}
"""So that 600 x 600 pixels are shown smaller than they are."""
SETTINGS = VisionSettings(**SMALL)
GIVEN: dict[str, Give] = {
    "path": str,
    "bytes": Path.read_bytes,
    "data URL": lambda path: encode_data_url(path.read_bytes(), media_type="image/png"),
    "Pillow image": Image.open,
}


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Different images that take a megabyte each, as PNG and as views."""
    paths = [tmp_path_factory.mktemp("noisy") / f"{number}.png" for number in range(MANY)]
    for path in paths:
        Image.frombytes("RGB", (600, 600), os.urandom(600 * 600 * 3)).save(path)
    return paths


@pytest.fixture
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if much else went on: nothing stays open or decoded from one step to the next."""
    monkeypatch.setattr(originals, "_readers", Recent(most=0))
    monkeypatch.setattr(originals, "memory_for", lambda _: PixelMemory(max_bytes=1))


def zooms(most: int, store: MemoryStore | None = None) -> Callable[[list[BaseMessage]], str]:
    """Replies that zoom, each time elsewhere, and then answer; whatever others do meanwhile."""

    def reply(messages: list[BaseMessage]) -> str:
        if store is not None:
            with contextlib.suppress(StoreFullError):
                for _ in range(40):
                    store.put(os.urandom(16) + bytes(1_000_000))
        asked = sum(isinstance(message, AIMessage) for message in messages)
        at = 50 + 200 * asked
        zoom = f"<zoom view='1'>[{at}, {at}, {at + 150}, {at + 150}]</zoom>"
        return zoom if asked < most else ANSWER

    return reply


@pytest.mark.usefixtures("no_memory")
@pytest.mark.parametrize("give", GIVEN.values(), ids=GIVEN)
async def test_different_images_are_asked_about_at_once(noisy: list[Path], give: Give):
    """Through `aask`, and in the graph itself, whose store is another one."""
    room = 2_500_000 if give is str else 1_200_000 * MANY
    store = MemoryStore(max_bytes=room)
    policy = scripted(zooms(2))
    asked = (aask(give(path), "q", policy=policy, store=store, **SMALL) for path in noisy)
    answers = await asyncio.gather(*asked)
    assert [len(answer.views) for answer in answers] == [3] * MANY
    graph = create_vision_graph(policy=policy, store=MemoryStore(max_bytes=room), settings=SETTINGS)
    ran = (graph.ainvoke({"image": give(path), "question": "q"}) for path in noisy)
    assert {output["answer"] for output in await asyncio.gather(*ran)} == {"A. red"}


@pytest.mark.usefixtures("no_memory")
@pytest.mark.parametrize("give", GIVEN.values(), ids=GIVEN)
def test_nothing_that_an_episode_needs_is_forgotten(noisy: list[Path], give: Give):
    store = MemoryStore(max_bytes=20_000_000)
    graph = create_vision_graph(policy=scripted(zooms(2, store)), store=store, settings=SETTINGS)
    output = graph.invoke({"image": give(noisy[0]), "question": "q"})
    assert len(output["result"]["views"]) == 3
    digest = output["result"]["image"]["digest"]
    gc.collect()
    zooms(1, store)([])  # now it is forgotten, unless it can be read again
    assert (digest in store) == (give is str)


@pytest.mark.usefixtures("no_memory")
async def test_nor_when_it_is_resumed(noisy: list[Path]):
    store = MemoryStore(max_bytes=20_000_000)
    graph = create_vision_graph(
        policy=scripted(zooms(2, store)),
        store=store,
        settings=SETTINGS,
        checkpointer=InMemorySaver(),
    )
    config = {"configurable": {"thread_id": "1"}}
    given: Any = {"image": noisy[0].read_bytes(), "question": "q"}
    for _ in range(2):
        await graph.ainvoke(given, config, interrupt_before=["zoom"])
        given = None
    output = await graph.ainvoke(None, config)
    assert len(output["result"]["views"]) == 3


async def test_a_store_that_is_full_says_so_and_is_full_no_longer_than_needed(noisy: list[Path]):
    store = MemoryStore(max_bytes=2_500_000)

    policy = scripted(zooms(1))

    async def ask(image: bytes) -> str | None:
        return (await aask(image, "q", policy=policy, store=store, **SMALL)).answer

    images = [path.read_bytes() for path in noisy[:4]]
    told = await asyncio.gather(*map(ask, images), return_exceptions=True)
    refused = [error for error in told if isinstance(error, BaseException)]
    assert refused
    assert all(isinstance(error, StoreFullError) for error in refused)
    assert "are held by episodes that still need them; ask fewer" in str(refused[0])
    assert told.count("A. red") == 4 - len(refused) > 0
    gc.collect()
    assert await ask(images[3]) == "A. red"


@pytest.mark.usefixtures("no_memory")
async def test_a_file_that_changed_meanwhile_is_another_image(tmp_path: Path, noisy: list[Path]):
    path = tmp_path / "changing.png"
    path.write_bytes(noisy[0].read_bytes())

    def reply(_: list[BaseMessage]) -> str:
        path.write_bytes(noisy[1].read_bytes())
        return ZOOM

    store = MemoryStore(max_bytes=2_000_000)  # has no room for a copy of it
    with pytest.raises(ImageNotFoundError, match="holds another image now; give the image again"):
        await aask(path, "q", policy=scripted(reply), store=store, **SMALL)
