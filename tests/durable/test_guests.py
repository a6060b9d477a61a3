"""A question asked in a node or tool of a graph that is saved: nothing of it is in what is kept."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, tool
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

from ergo_agent import ErgoVisionTool, aask, ask
from ergo_agent.policies.base import Policy
from tests.support.agents import tool_messages
from tests.support.pictures import save_picture
from tests.support.savers import async_saver, saver
from tests.support.scripted import received, scripted
from tests.support.tool_calling import ToolModel, calls

CONFIG: RunnableConfig = {"configurable": {"thread_id": "1"}}
ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"


def echo(messages: list[BaseMessage]) -> str:
    """A reply that shows which question was asked."""
    text = "".join(message.text for message in messages)
    return f"<answer>{text.rpartition('Question: ')[2].partition(chr(10))[0]}</answer>"


class State(TypedDict, total=False):
    said: list[str]
    person: str


def node(look: Callable[..., Any], *, depth: int = 1, kept: BaseCheckpointSaver[str] | None = None):
    """A graph with one node, in as many graphs as it is deep."""
    graph = StateGraph(State)
    graph.add_node("look", look)
    graph.add_edge(START, "look")
    graph.add_edge("look", END)
    if depth == 1:
        return graph.compile(checkpointer=kept)
    return node(graph.compile(), depth=depth - 1, kept=kept)


@tool("look_at_image")
def says_at_once(image: str, question: str) -> str:
    """A tool that runs no graph."""
    return f"{image}: {question}"


def agent(look: BaseTool, *questions: str, kept: BaseCheckpointSaver[str]):
    made = calls(*(("look_at_image", {"image": "2400x1800.png", "question": q}) for q in questions))
    return create_agent(
        ToolModel(replies=[made, AIMessage("done")]), tools=[look], checkpointer=kept
    )


def vision_tool(page: Path, policy: Policy) -> ErgoVisionTool:
    return ErgoVisionTool(policy=policy, allowed_roots=[page.parent])


@pytest.mark.parametrize("questions", [("red?",), ("red?", "blue?")])
def test_an_agents_checkpoints_are_as_many_as_with_a_tool_that_runs_no_graph(
    page: Path, where: str, questions: tuple[str, ...]
):
    policy = scripted(echo)
    told = {"messages": [("user", "look")]}
    with saver(where) as kept:
        plain = agent(says_at_once, *questions, kept=kept)
        plain.invoke(told, {"configurable": {"thread_id": "plain"}})
        output = agent(vision_tool(page, policy), *questions, kept=kept).invoke(told, CONFIG)
        saved = [len(list(kept.list({"configurable": {"thread_id": t}}))) for t in ("plain", "1")]
    assert [m.text.splitlines()[0] for m in tool_messages(output)] == list(questions)
    assert saved[0] == saved[1] > 3
    assert len(received(policy)) == len(questions)


async def test_nor_in_an_async_agent(page: Path, where: str):
    told = {"messages": [("user", "look")]}
    async with async_saver(where) as kept:
        plain = agent(says_at_once, "red?", "blue?", kept=kept)
        await plain.ainvoke(told, {"configurable": {"thread_id": "plain"}})
        looking = agent(vision_tool(page, scripted(echo)), "red?", "blue?", kept=kept)
        output = await looking.ainvoke(told, CONFIG)
        saved = [
            len([each async for each in kept.alist({"configurable": {"thread_id": t}})])
            for t in ("plain", "1")
        ]
    assert [m.text.splitlines()[0] for m in tool_messages(output)] == ["red?", "blue?"]
    assert saved[0] == saved[1] > 3


@pytest.mark.parametrize("depth", [1, 2])
def test_a_node_that_runs_again_asks_its_other_question_about_its_other_image(
    page: Path, where: str, tmp_path: Path, depth: int
):
    other = save_picture(tmp_path, size=(800, 600), name="other.png")
    looked = iter([(page, "red?"), (other, "blue?")])
    policy = scripted(ZOOM, echo, ZOOM, echo)

    def look(_: State) -> State:
        image, question = next(looked)
        result = ask(image, question, policy=policy)
        return {
            "said": [str(result.answer), str(result.image.width)],
            "person": interrupt(result.answer),
        }

    with saver(where) as kept:
        graph = node(look, depth=depth, kept=kept)
        (asked,) = graph.invoke({}, CONFIG)["__interrupt__"]
        assert asked.value == "red?"
        output = graph.invoke(Command(resume="go on"), CONFIG)
        assert {
            each.config["configurable"]["checkpoint_ns"].count(":") for each in kept.list(CONFIG)
        } == set(range(depth))
    assert len(received(policy)) == 4
    assert output == {"said": ["blue?", "800"], "person": "go on"}
    assert next(looked, None) is None


@pytest.mark.parametrize("depth", [1, 2])
async def test_so_does_an_async_one_with_two_questions_at_once(
    page: Path, where: str, tmp_path: Path, depth: int
):
    other = save_picture(tmp_path, size=(800, 600), name="other.png")
    looked = iter([(page, ["red?", "blue?"]), (other, ["green?", "grey?"])])

    async def look(_: State) -> State:
        image, questions = next(looked)
        answers = await asyncio.gather(*(aask(image, q, policy=scripted(echo)) for q in questions))
        said = [f"{each.answer} {each.image.width}" for each in answers]
        return {"said": said, "person": interrupt(said)}

    async with async_saver(where) as kept:
        graph = node(look, depth=depth, kept=kept)
        (asked,) = (await graph.ainvoke({}, CONFIG))["__interrupt__"]
        assert asked.value == ["red? 2400", "blue? 2400"]
        output = await graph.ainvoke(Command(resume="go on"), CONFIG)
    assert output == {"said": ["green? 800", "grey? 800"], "person": "go on"}


def test_a_tool_is_asked_again_after_an_interrupt_too(page: Path, where: str):
    policy = scripted(echo)
    looking = vision_tool(page, policy)
    questions = iter(["red?", "blue?"])

    def look(_: State) -> State:
        said = looking.invoke({"image": "2400x1800.png", "question": next(questions)})
        return {"said": [said.splitlines()[0]], "person": interrupt("?")}

    with saver(where) as kept:
        graph = node(look, kept=kept)
        graph.invoke({}, CONFIG)
        assert graph.invoke(Command(resume="go on"), CONFIG)["said"] == ["blue?"]
        assert {each.config["configurable"]["checkpoint_ns"] for each in kept.list(CONFIG)} == {""}
    assert len(received(policy)) == 2
