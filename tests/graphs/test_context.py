"""Settings for one run: what is given then replaces what the graph was made with."""

import time
from dataclasses import dataclass
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command

from ergo_agent import VisionSettings, create_vision_graph
from ergo_agent.episode.settings import VisionContext
from ergo_agent.episode.state import VisionInput, VisionState
from ergo_agent.errors import BudgetError, PolicyError, SettingsError
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

ZOOMS = [f"<zoom view='1'>[{at}, 0, {at + 80}, 80]</zoom>" for at in range(0, 800, 100)]
ANSWER = "<answer>red</answer>"


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> VisionInput:
    page = save_picture(tmp_path_factory.mktemp("pages"), size=(2400, 1800))
    return {"image": str(page), "question": "q"}


def made(*replies: Any, **settings: Any):
    return create_vision_graph(policy=scripted(*replies), settings=VisionSettings(**settings))


@pytest.mark.parametrize("context", [{"max_zooms": 1}, VisionContext(max_zooms=1)])
def test_a_run_may_have_fewer_zooms(given: VisionInput, context: object):
    graph = made(*ZOOMS)
    assert len(graph.invoke(given, context=context)["result"]["views"]) == 2
    assert len(graph.invoke(given)["result"]["views"]) == 4


async def test_and_other_budgets(given: VisionInput):
    graph = made(ANSWER, view_budget=1280)
    context = {"view_budget": 200, "max_vision_tokens": 300}
    result = (await graph.ainvoke(given, context=context))["result"]
    assert result["ledger"]["max_vision_tokens"] == 300
    assert result["views"][0]["tokens"] <= 150
    assert (await graph.ainvoke(given))["result"]["views"][0]["tokens"] > 1000


def test_a_deadline_may_be_set(given: VisionInput):
    graph = create_vision_graph(policy=scripted(ANSWER, seconds=0.5))
    assert graph.invoke(given, context={"deadline": 0.1})["result"]["stop_reason"] == "deadline"


OWNERS: dict[str, Any] = {
    "view_budget": 640,
    "max_vision_tokens": 2000,
    "max_zooms": 2,
    "max_regions": 2,
    "deadline": 60.0,
    "max_question_chars": 100,
    "review_zooms": True,
    "allow_resized": False,
}
RAISED: list[tuple[dict[str, Any], str]] = [
    ({"view_budget": 641}, "view_budget=641 is above the 640"),
    ({"max_vision_tokens": 2001}, "max_vision_tokens=2001 is above the 2000"),
    ({"max_vision_tokens": None}, "max_vision_tokens=2560 is above the 2000"),
    ({"max_zooms": 3}, "max_zooms=3 is above the 2"),
    ({"max_regions": 3}, "max_regions=3 is above the 2"),
    ({"deadline": 61}, r"deadline=61.0 is above the 60.0"),
    ({"deadline": None}, "deadline=None is above the 60.0"),
    ({"max_question_chars": 101}, "max_question_chars=101 is above the 100"),
    ({"review_zooms": False}, "review_zooms was fixed as True"),
    ({"allow_resized": True}, "allow_resized was fixed as False"),
]


@pytest.mark.parametrize(("context", "message"), RAISED, ids=str)
async def test_a_run_does_not_raise_what_the_graphs_owner_has_set(
    context: dict[str, Any], message: str
):
    graph, nothing = made(ANSWER, **OWNERS), {"image": "absent.png", "question": "q"}
    parent = StateGraph(VisionState, context_schema=Whose)
    parent.add_node("look", graph)
    parent.add_edge(START, "look")
    with pytest.raises((SettingsError, BudgetError), match=message):
        await graph.ainvoke(nothing, context=context)
    with pytest.raises((SettingsError, BudgetError), match=message):
        await parent.compile().ainvoke(nothing, context=Whose("ann", context))


def test_nor_when_it_is_resumed(given: VisionInput):
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    graph = create_vision_graph(
        policy=scripted(*ZOOMS),
        settings=VisionSettings(max_zooms=1, review_zooms=True),
        checkpointer=InMemorySaver(),
    )
    graph.invoke(given, config)
    with pytest.raises(SettingsError, match="max_zooms=9 is above the 1"):
        graph.invoke(Command(resume="accept"), config, context={"max_zooms": 9})


def test_a_budget_of_views_fixes_that_of_the_episode(given: VisionInput):
    graph = made(ANSWER, view_budget=640)
    with pytest.raises(BudgetError, match="max_vision_tokens=2561 is above the 2560"):
        graph.invoke(given, context={"max_vision_tokens": 2561})
    assert graph.invoke(given, context={"max_vision_tokens": 2560})["answer"] == "red"


def test_what_the_owner_has_not_set_may_be_raised(given: VisionInput):
    result = made(*ZOOMS).invoke(given, context={"max_zooms": 5})["result"]
    assert len(result["views"]) == 6


@pytest.mark.parametrize(
    ("context", "error", "message"),
    [
        ({"max_zooms": -1}, SettingsError, "max_zooms=-1 is out of range"),
        ({"max_zoom": 1}, SettingsError, "there is no setting 'max_zoom'; the settings are"),
        ({"view_budget": 0}, BudgetError, "view_budget=0 is no usable number of vision tokens"),
        ({"deadline": "soon"}, SettingsError, "deadline='soon' is out of range"),
        (5, SettingsError, "context=5 is no VisionContext"),
    ],
)
async def test_a_bad_value_is_a_typed_error_before_anything_is_opened(
    context: object, error: type[Exception], message: str
):
    graph, nothing = made(ANSWER), {"image": "absent.png", "question": "q"}
    with pytest.raises(error, match=message):
        graph.invoke(nothing, context=context)
    with pytest.raises(error, match=message):
        await graph.ainvoke(nothing, context=context)


def test_what_was_set_for_a_run_holds_when_it_is_resumed(given: VisionInput):
    saver = InMemorySaver()
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    failing = create_vision_graph(
        policy=scripted(ZOOMS[0], RuntimeError("gone")), checkpointer=saver
    )
    with pytest.raises(PolicyError, match="gone"):
        failing.invoke(given, config, context={"max_zooms": 1})
    again = create_vision_graph(policy=scripted(*ZOOMS[1:]), checkpointer=saver)
    assert again.invoke(None, config)["result"]["stop_reason"] == "max_zooms"
    next_one = again.invoke(given, config)  # a new episode begins as the graph was made
    assert len(next_one["result"]["views"]) == 4


def test_the_time_in_which_it_waits_for_a_person_is_no_part_of_the_deadline(given: VisionInput):
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    graph = create_vision_graph(
        policy=scripted(ZOOMS[0], ANSWER),
        settings=VisionSettings(review_zooms=True),
        checkpointer=InMemorySaver(),
    )
    graph.invoke(given, config)
    spent = sum(seconds for _, seconds in graph.get_state(config).values["timings"])
    time.sleep(2.2)
    result = graph.invoke(Command(resume="accept"), config, context={"deadline": spent + 2})
    assert result["result"]["stop_reason"] == "answered"
    hasty = graph.invoke(given, {"configurable": {"thread_id": "2"}}, context={"deadline": 1e-9})
    assert hasty["result"]["stop_reason"] == "deadline"


@dataclass
class Whose:
    """A parent's own context."""

    user: str
    vision: dict[str, Any]


@pytest.mark.parametrize(("vision", "views"), [({"max_zooms": 1}, 2), ({}, 4)])
def test_a_parent_hands_settings_on_in_its_own_context(
    given: VisionInput, vision: dict[str, Any], views: int
):
    parent = StateGraph(VisionState, context_schema=Whose)
    parent.add_node("look", made(*ZOOMS))
    parent.add_edge(START, "look")
    parent.add_edge("look", END)
    output = parent.compile().invoke(given, context=Whose("ann", vision))
    assert len(output["result"]["views"]) == views


def test_a_parents_context_that_says_nothing_of_vision_changes_nothing(given: VisionInput):
    parent = StateGraph(VisionState)
    parent.add_node("look", made(*ZOOMS))
    parent.add_edge(START, "look")
    parent.add_edge("look", END)
    output = parent.compile().invoke(given, context={"user": "ann"})
    assert len(output["result"]["views"]) == 4
