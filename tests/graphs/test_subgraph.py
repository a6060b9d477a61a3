"""The graph as a node of another, and how deep an episode may go."""

from pathlib import Path
from typing import Annotated, Any

import pytest
from langchain_core.runnables import RunnableConfig, RunnableLambda
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, Send
from typing_extensions import TypedDict

from ergo_agent import VisionSettings, create_vision_graph
from ergo_agent.episode.settings import MOST_ZOOMS
from ergo_agent.episode.state import VisionInput
from ergo_agent.graphs.vision_graph import RECURSION_LIMIT, VisionGraph
from tests.support.pictures import save_picture
from tests.support.scripted import received, scripted

ZOOM = "<zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<answer>A. red</answer>"
CONFIG: RunnableConfig = {"configurable": {"thread_id": "1"}}


class Parent(TypedDict, total=False):
    """A parent that shares the names of the graph's input and output, and has more of its own."""

    image: Any
    question: str
    answer: str | None
    result: dict[str, Any]
    report: str
    found: Annotated[list[str], lambda known, new: sorted(known + new)]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(2400, 1800))


def parent_of(graph: VisionGraph, *, saver: InMemorySaver | None = None):
    parent = StateGraph(Parent)
    parent.add_node("look", graph)
    parent.add_node("report", lambda state: {"report": f"It is {state['answer']}."})
    parent.add_edge(START, "look")
    parent.add_edge("look", "report")
    parent.add_edge("report", END)
    return parent.compile(checkpointer=saver)


async def test_its_answer_is_the_parents(page: Path):
    graph = parent_of(create_vision_graph(policy=scripted(ZOOM, ANSWER, ZOOM, ANSWER)))
    given: Parent = {"image": str(page), "question": "q"}
    assert graph.invoke(given)["report"] == "It is A. red."
    assert (await graph.ainvoke(given))["report"] == "It is A. red."


def test_a_copy_with_another_config_or_checkpointer_is_the_same_graph(page: Path):
    graph = create_vision_graph(policy=scripted(ZOOM, ANSWER)).with_config(tags=["mine"])
    copy = graph.copy({"checkpointer": InMemorySaver()})  # as a LangGraph server does
    for each in (graph, copy):
        assert isinstance(each, VisionGraph)
    copy.invoke({"image": page.read_bytes(), "question": "q"}, CONFIG)
    first = list(copy.get_state_history(CONFIG))[-1]
    assert first.tasks[0].result is not None
    assert str(first.tasks[0].result["image"]).startswith("sha256:")


def test_the_parents_state_holds_nothing_of_its_inside(page: Path):
    graph = parent_of(create_vision_graph(policy=scripted(ANSWER)))
    output = graph.invoke({"image": str(page), "question": "q"})
    assert set(output) == {"image", "question", "answer", "result", "report", "found"}


def test_two_side_by_side_do_not_mix(page: Path):
    inner = create_vision_graph(policy=scripted(lambda m: _echo(m[-1].text)))

    def look(state: Parent) -> Parent:
        return {"found": [str(inner.invoke(state)["answer"])]}

    parent = StateGraph(Parent)
    parent.add_node("look", look)
    asked = ["first", "second", "third"]
    parent.add_conditional_edges(
        START, lambda _: [Send("look", {"image": str(page), "question": q}) for q in asked]
    )
    graph = parent.compile(checkpointer=InMemorySaver())
    assert graph.invoke({"found": []}, CONFIG)["found"] == asked


def _echo(text: str) -> str:
    question = text.partition("Question: ")[2].partition("\n")[0]
    return f"<answer>{question}</answer>"


async def test_a_review_inside_stops_the_parent_and_is_resumed_through_it(page: Path):
    policy = scripted(ZOOM, ANSWER)
    inner = create_vision_graph(policy=policy, settings=VisionSettings(review_zooms=True))
    graph = parent_of(inner, saver=InMemorySaver())
    stopped = await graph.ainvoke({"image": str(page), "question": "q"}, CONFIG)
    (asked,) = stopped["__interrupt__"]
    assert asked.value["kind"] == "zoom_proposal"
    output = await graph.ainvoke(Command(resume="accept"), CONFIG)
    assert output["report"] == "It is A. red."
    assert len(received(policy)) == 2


def deep_replies() -> list[str]:
    """A hundred zooms, each into a place of its own, and an unusable reply among them."""
    places = [(x, y) for y in range(0, 800, 80) for x in range(0, 1100, 80)][:MOST_ZOOMS]
    zooms = [f'<zoom view="1">[{x}, {y}, {x + 60}, {y + 60}]</zoom>' for x, y in places]
    return ["gibberish", *zooms, ANSWER]


@pytest.mark.parametrize("limit", [None, 5])
def test_the_deepest_episode_is_not_cut_short(page: Path, limit: int | None):
    graph = create_vision_graph(
        policy=scripted(*deep_replies()),
        settings=VisionSettings(max_vision_tokens=1_000_000),
    )
    config: RunnableConfig = {} if limit is None else {"recursion_limit": limit}
    given: VisionInput = {"image": str(page), "question": "q"}
    result = graph.invoke(given, config, context={"max_zooms": MOST_ZOOMS})["result"]
    assert len(result["views"]) == MOST_ZOOMS + 1
    assert result["answer"] == "A. red"


def test_nor_in_a_chain_where_langchain_core_allows_25_steps(page: Path):
    zooms = deep_replies()[1:16]
    settings = VisionSettings(max_zooms=20, max_vision_tokens=1_000_000)
    graph = create_vision_graph(policy=scripted(*zooms, ANSWER), settings=settings)
    chain = RunnableLambda(lambda question: {"image": str(page), "question": question}) | graph
    assert len(chain.invoke("q")["result"]["views"]) == 16


def test_the_limit_is_what_the_deepest_reviewed_episode_takes(page: Path):
    settings = VisionSettings(max_zooms=3, max_vision_tokens=1_000_000, review_zooms=True)
    zooms = deep_replies()[:4]  # an unusable reply and three zooms
    graph = create_vision_graph(
        policy=scripted(*zooms, ANSWER), settings=settings, checkpointer=InMemorySaver()
    )
    graph.invoke({"image": str(page), "question": "q"}, CONFIG)
    for _ in range(3):
        output = graph.invoke(Command(resume="accept"), CONFIG)
    assert output["answer"] == "A. red"
    steps = graph.get_state(CONFIG).metadata
    assert steps is not None
    assert steps["step"] <= RECURSION_LIMIT - 3 * (MOST_ZOOMS - 3)
