"""Time travel: an earlier zoom, with another box."""

from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from ergo_agent import create_vision_graph
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import DecisionError, SettingsError
from ergo_agent.graphs import VisionGraph, acheck_fork, afork_zoom, fork_zoom
from ergo_agent.policies.base import Policy
from tests.support.pictures import save_picture
from tests.support.scripted import received, scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
SECOND = '<zoom view="1">[600, 400, 700, 480]</zoom>'
ANSWER = "<answer>A. red</answer>"
OTHER = "<answer>B. blue</answer>"
CONFIG: RunnableConfig = {"configurable": {"thread_id": "1"}}
BOX = [1400, 900, 1680, 1180]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    page = save_picture(tmp_path_factory.mktemp("pages"), size=(2400, 1800))
    return {"image": str(page), "question": "q"}


def episode(given: dict[str, Any], *replies: str) -> tuple[VisionGraph, Policy]:
    policy = scripted(*replies)
    graph = create_vision_graph(policy=policy, checkpointer=InMemorySaver())
    graph.invoke(given, CONFIG)
    return graph, policy


def regions(output: dict[str, Any]) -> list[list[int]]:
    return [list(view["region"].values()) for view in output["result"]["views"][1:]]


def test_a_fork_shows_the_other_box_and_pays_only_for_what_comes_after(given: dict[str, Any]):
    graph, policy = episode(given, ZOOM, SECOND, ANSWER, OTHER)
    first = graph.get_state(CONFIG).values["result"]
    fork = fork_zoom(graph, CONFIG, boxes=[BOX], zoom=2)
    output = graph.invoke(None, fork)
    assert output["answer"] == "B. blue"
    assert len(received(policy)) == 4
    assert regions(output)[0] == list(first["views"][1]["region"].values())
    assert regions(output)[1] == BOX
    (review,) = output["result"]["reviews"]
    assert review["decision"]["boxes"] == [BOX]
    assert review["turn"] == 2


def test_the_first_zoom_is_the_default_and_the_episode_itself_stays(given: dict[str, Any]):
    graph, policy = episode(given, ZOOM, ANSWER, OTHER)
    before = graph.get_state(CONFIG)
    output = graph.invoke(None, fork_zoom(graph, CONFIG, boxes=[BOX]))
    assert (output["answer"], regions(output)) == ("B. blue", [BOX])
    assert len(received(policy)) == 3
    assert graph.get_state(before.config).values["answer"] == "A. red"


async def test_with_an_async_checkpointer(given: dict[str, Any]):
    graph, _ = episode(given, ZOOM, ANSWER, OTHER)
    output = await graph.ainvoke(None, await afork_zoom(graph, CONFIG, boxes=[BOX]))
    assert (output["answer"], regions(output)) == ("B. blue", [BOX])


def test_a_fork_can_be_forked(given: dict[str, Any]):
    graph, _ = episode(given, ZOOM, ANSWER, OTHER, ANSWER)
    graph.invoke(None, fork_zoom(graph, CONFIG, boxes=[BOX]))
    other = [0, 0, 280, 280]
    output = graph.invoke(None, fork_zoom(graph, CONFIG, boxes=[other]))
    assert (output["answer"], regions(output)) == ("A. red", [other])
    assert len(output["result"]["reviews"]) == 1


def test_by_hand_as_the_documentation_has_it(given: dict[str, Any]):
    graph, _ = episode(given, ZOOM, ANSWER, OTHER)
    before = next(s for s in graph.get_state_history(CONFIG) if {"zoom", "review"} & set(s.next))
    decision = {"type": "edit", "boxes": [BOX]}
    values = {"next": {**before.values["next"], "do": "review", "decision": decision}}
    fork = graph.update_state(before.config, values, as_node="policy")
    assert regions(graph.invoke(None, fork)) == [BOX]


def test_a_zoom_that_a_person_decided_on_can_be_forked(given: dict[str, Any]):
    graph = create_vision_graph(policy=scripted(ZOOM, ANSWER, OTHER), checkpointer=InMemorySaver())
    graph.invoke(given, CONFIG, context={"review_zooms": True})
    graph.invoke(Command(resume="accept"), CONFIG)
    output = graph.invoke(None, fork_zoom(graph, CONFIG, boxes=[BOX]))
    assert (output["answer"], regions(output)) == ("B. blue", [BOX])
    assert len(output["result"]["reviews"]) == 1


def lineage(graph: VisionGraph, config: RunnableConfig) -> RunnableConfig:
    """The config of a thread's newest checkpoint, by its id."""
    return graph.get_state(config).config


@pytest.mark.parametrize("use_async", [False, True])
async def test_a_checkpoint_names_the_past_that_counts(given: dict[str, Any], *, use_async: bool):
    """One branch zooms twice and the other once: each has the zooms of its own past."""
    graph, _ = episode(given, ZOOM, SECOND, ANSWER, OTHER, ANSWER, OTHER)
    twice = lineage(graph, CONFIG)
    graph.invoke(None, fork_zoom(graph, CONFIG, boxes=[BOX]))
    once = lineage(graph, CONFIG)

    async def forked(config: RunnableConfig, zoom: int) -> RunnableConfig:
        if use_async:
            return await afork_zoom(graph, config, boxes=[[0, 0, 280, 280]], zoom=zoom)
        return fork_zoom(graph, config, boxes=[[0, 0, 280, 280]], zoom=zoom)

    with pytest.raises(SettingsError, match="zoom=2 is no zoom of the episode; its zooms are: 1"):
        await forked(once, 2)
    output = await graph.ainvoke(None, await forked(twice, 2))
    assert regions(output)[0] != BOX
    assert regions(output)[1] == [0, 0, 280, 280]


def test_of_a_thread_the_newest_branch_counts(given: dict[str, Any]):
    """The first episode zoomed twice, the fork that came after it only once."""
    graph, _ = episode(given, ZOOM, SECOND, ANSWER, OTHER)
    graph.invoke(None, fork_zoom(graph, CONFIG, boxes=[BOX]))
    with pytest.raises(SettingsError, match="zoom=2 is no zoom of the episode; its zooms are: 1"):
        fork_zoom(graph, CONFIG, boxes=[BOX], zoom=2)


def test_a_checkpoint_before_the_zoom_has_none(given: dict[str, Any]):
    graph, _ = episode(given, ZOOM, ANSWER)
    before = next(s for s in graph.get_state_history(CONFIG) if s.next == ("observe",))
    with pytest.raises(SettingsError, match="its zooms are: none"):
        fork_zoom(graph, before.config, boxes=[BOX])


def test_a_thread_without_checkpoints_has_none():
    graph = create_vision_graph(policy=scripted(ANSWER), checkpointer=InMemorySaver())
    with pytest.raises(SettingsError, match="its zooms are: none"):
        fork_zoom(graph, CONFIG, boxes=[BOX])


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ([], "an edit needs boxes"),
        ([[1, 2, 3]], r"boxes\.0 = "),
        ([5], "are no boxes"),
        ([[5000, 0, 6000, 100]], "holds nothing of the image"),
    ],
)
def test_a_bad_box_is_refused_at_once(given: dict[str, Any], boxes: list[Any], message: str):
    graph, policy = episode(given, ZOOM, ANSWER)
    with pytest.raises(DecisionError, match=message):
        fork_zoom(graph, CONFIG, boxes=boxes)
    assert len(received(policy)) == 2


def test_one_that_shows_nothing_new_when_the_fork_is_run(given: dict[str, Any]):
    graph, _ = episode(given, ZOOM, ANSWER)
    fork = fork_zoom(graph, CONFIG, boxes=[[0, 0, 2400, 1800]])
    with pytest.raises(DecisionError, match="it was shown already"):
        graph.invoke(None, fork)


@pytest.mark.parametrize(
    ("boxes", "message"),
    [
        ([[0, 0, 2400, 1800]], "the box cannot be shown: it was shown already"),
        ([[0, 0, 2400, 1800], BOX], "of the 2 boxes only 1 can be shown"),
        ([[5000, 0, 6000, 100]], "holds nothing of the image"),
        ([BOX] * 5, "at most 4"),
    ],
)
async def test_what_a_fork_would_refuse_can_be_known_before(
    given: dict[str, Any], boxes: list[list[int]], message: str
):
    graph, policy = episode(given, ZOOM, ANSWER)
    before = len(list(graph.get_state_history(CONFIG)))
    terms = policy.terms(VisionSettings())
    with pytest.raises(DecisionError, match=message):
        await acheck_fork(graph, CONFIG, boxes=boxes, terms=terms)
    await acheck_fork(graph, CONFIG, boxes=[BOX], terms=terms)
    with pytest.raises(SettingsError, match="zoom=2"):
        await acheck_fork(graph, CONFIG, boxes=[BOX], zoom=2, terms=terms)
    assert len(list(graph.get_state_history(CONFIG))) == before
    assert len(received(policy)) == 2


async def test_it_is_known_by_the_settings_that_the_episode_began_with(given: dict[str, Any]):
    policy = scripted(ZOOM, ANSWER)
    graph = create_vision_graph(policy=policy, checkpointer=InMemorySaver())
    graph.invoke(given, CONFIG, context={"max_regions": 1})
    apart = [BOX, [0, 1000, 280, 1280]]
    terms = policy.terms(VisionSettings())
    with pytest.raises(DecisionError, match="2 boxes are too many; give at most 1"):
        await acheck_fork(graph, CONFIG, boxes=apart, terms=terms)


def test_a_zoom_that_never_was_is_refused(given: dict[str, Any]):
    graph, _ = episode(given, ZOOM, ANSWER)
    with pytest.raises(SettingsError, match="zoom=2 is no zoom of the episode; its zooms are: 1"):
        fork_zoom(graph, CONFIG, boxes=[BOX], zoom=2)
    graph.invoke(given, CONFIG)  # a new episode, answered at once
    with pytest.raises(SettingsError, match="its zooms are: none"):
        fork_zoom(graph, CONFIG, boxes=[BOX])
