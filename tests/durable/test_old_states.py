"""States that were kept before views had pages; `recorded/` holds what SQLite held then."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.types import Command
from PIL import Image

from ergo_agent import VisionAnswer, create_vision_graph
from ergo_agent.episode.episode import Episode
from ergo_agent.graphs import fork_zoom
from tests.support.scripted import scripted

RECORDED = Path(__file__).parent / "recorded" / "state-0.1-before-pages.sqlite"
DONE = {"configurable": {"thread_id": "done"}}
WAITING = {"configurable": {"thread_id": "waiting"}}
ANSWER = "<think>a</think><answer>eight</answer>"


@pytest.fixture
def saver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The recorded threads, and the image that they name by a relative path."""
    Image.new("RGB", (2400, 1800), "white").save(tmp_path / "old_page.png")
    monkeypatch.chdir(tmp_path)
    connection = sqlite3.connect(shutil.copy(RECORDED, tmp_path), check_same_thread=False)
    yield SqliteSaver(connection)
    connection.close()


def test_each_state_of_a_finished_episode_is_read(saver: SqliteSaver):
    graph = create_vision_graph(policy=scripted(ANSWER), checkpointer=saver)
    states = list(graph.get_state_history(DONE))
    episodes = [Episode.model_validate(s.values) for s in states if s.values.get("views")]
    assert {episode.next.do for episode in episodes} == {"question", "zoom", "answer"}
    answer = VisionAnswer.model_validate(states[0].values["result"])
    assert answer.answer == "seven"
    assert [(view.page, view.parent) for view in answer.views] == [(1, None), (1, 1)]


def test_an_old_zoom_is_planned_as_it_was_made(saver: SqliteSaver):
    graph = create_vision_graph(policy=scripted(ANSWER), checkpointer=saver)
    states = list(graph.get_state_history(DONE))
    made = VisionAnswer.model_validate(states[0].values["result"]).views[1]
    (before,) = (state for state in states if state.next == ("zoom",))
    (planned,) = Episode.model_validate(before.values).next.crops
    assert planned == made.model_copy(update={"digest": ""})


def test_an_episode_that_waited_for_a_person_goes_on(saver: SqliteSaver):
    graph = create_vision_graph(policy=scripted(ANSWER), checkpointer=saver)
    output = graph.invoke(Command(resume={"type": "accept"}), WAITING)
    assert output["answer"] == "eight"


def test_an_old_zoom_can_be_forked(saver: SqliteSaver):
    graph = create_vision_graph(policy=scripted(ANSWER), checkpointer=saver)
    output = graph.invoke(None, fork_zoom(graph, DONE, boxes=[[0, 0, 560, 420]]))
    answer = VisionAnswer.model_validate(output["result"])
    assert answer.views[1].region.as_tuple() == (0, 0, 560, 420)
