"""What the graph keeps of an episode: words, boxes and digests, from which it can go on."""

import json
from pathlib import Path

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from PIL import Image

from ergo_agent.answer import VisionAnswer
from ergo_agent.errors import PolicyError
from ergo_agent.graphs import create_vision_graph
from ergo_agent.images import DirectoryStore, MemoryStore, data_url, encode_view
from tests.support.graph_runs import ANSWER, ZOOM, run
from tests.support.scripted import image_urls, received, scripted


async def test_the_result_survives_json(page: Path):
    result = await run(scripted("<zoom>[1.5, 2, 100, nan] (3, 4, 500, 600)", ANSWER), page)
    assert VisionAnswer.model_validate_json(result.model_dump_json()) == result


async def test_checkpoints_hold_no_pixels_and_are_json(page: Path):
    saver = InMemorySaver()
    graph = create_vision_graph(policy=scripted(ZOOM, ANSWER), checkpointer=saver)
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    await graph.ainvoke({"image": str(page), "question": "q"}, config)
    history = [state async for state in graph.aget_state_history(config)]
    assert len(history) > 4
    for state in history:
        text = json.dumps(state.values)
        assert "base64" not in text
        assert len(text) < 20_000
    stored = repr(list(saver.storage.values())) + repr(list(saver.writes.values()))
    assert "iVBORw0KGgo" not in stored  # base64 of a PNG's first bytes


async def test_an_image_given_as_data_url_is_a_digest_in_the_state(small: Path):
    url = data_url(encode_view(Image.open(small)))
    saver = InMemorySaver()
    graph = create_vision_graph(policy=scripted(ANSWER), checkpointer=saver)
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    output = await graph.ainvoke({"image": url, "question": "q"}, config)
    state = await graph.aget_state(config)
    assert state.values["image"] == output["result"]["image"]["digest"]


async def test_a_second_question_in_one_thread_is_a_new_episode(page: Path):
    graph = create_vision_graph(
        policy=scripted(ZOOM, ANSWER, ZOOM, ANSWER), checkpointer=InMemorySaver()
    )
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    for _ in range(2):
        output = await graph.ainvoke({"image": str(page), "question": "q"}, config)
        assert len(output["result"]["turns"]) == 2
        assert len(output["result"]["views"]) == 2


async def test_an_interrupted_episode_is_resumed_by_another_process(page: Path, tmp_path: Path):
    saver = InMemorySaver()
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    first = create_vision_graph(
        policy=scripted(ZOOM, RuntimeError("gone")),
        checkpointer=saver,
        store=DirectoryStore(tmp_path / "first"),
    )
    with pytest.raises(PolicyError, match="gone"):
        await first.ainvoke({"image": str(page), "question": "q"}, config)
    for store in (DirectoryStore(tmp_path / "first"), MemoryStore()):
        policy = scripted(ANSWER)
        again = create_vision_graph(policy=policy, checkpointer=saver, store=store)
        at = (await again.aget_state(config)).config
        output = await again.ainvoke(None, at)
        assert output["answer"] == "A. red"
        assert len(output["result"]["turns"]) == 2
        assert len(image_urls(received(policy)[0])) == 2
        config = {"configurable": {"thread_id": "1", **at["configurable"]}}
