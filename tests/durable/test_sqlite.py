"""A run that is killed goes on in another process, from a SQLite file."""

from pathlib import Path

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from ergo_agent import VisionSettings, create_vision_graph
from tests.support.killing import ANSWER, POINTS, ZOOM, check_killed_and_resumed
from tests.support.savers import saver
from tests.support.scripted import received, scripted


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_episode_goes_on_without_paying_twice(point: str, page: Path, tmp_path: Path):
    kept = str(tmp_path / "kept.sqlite")
    check_killed_and_resumed(point, saver=kept, folder=tmp_path, image=page)


def test_an_async_one_does_so_too_where_only_known_types_are_read_back(page: Path, tmp_path: Path):
    kept = str(tmp_path / "kept.sqlite")
    check_killed_and_resumed(
        "zoom",
        saver=kept,
        folder=tmp_path,
        image=page,
        use_async=True,
        LANGGRAPH_STRICT_MSGPACK="true",
    )


def test_a_zoom_waits_for_a_person_in_the_file(page: Path, tmp_path: Path):
    settings = VisionSettings(review_zooms=True)
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    first, second = scripted(ZOOM), scripted(ANSWER)
    for policy, given in (
        (first, {"image": str(page), "question": "q"}),
        (second, Command(resume={"type": "edit", "boxes": [[560, 560, 840, 840]]})),
    ):
        with saver(str(tmp_path / "kept.sqlite")) as kept:
            graph = create_vision_graph(
                policy=policy, settings=settings, store=tmp_path / "store", checkpointer=kept
            )
            output = graph.invoke(given, config)
    assert output["result"]["views"][1]["region"]["left"] == 560
    assert output["answer"] == "A. red"
    assert (len(received(first)), len(received(second))) == (1, 1)
