"""The tool in all hands that may call it: alone, in a ToolNode, bound to a model, in an agent."""

import json
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest
from langchain.agents import create_agent
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    HumanMessage,
    ToolMessage,
    messages_from_dict,
    messages_to_dict,
)
from langchain_core.utils.function_calling import convert_to_openai_tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.graph.message import add_messages
from langgraph.prebuilt import ToolNode
from pydantic import BaseModel

from ergo_agent import ErgoVisionTool, VisionAnswer
from tests.support.agents import agent_calling, human, in_base64, tool_messages
from tests.support.pictures import save_picture
from tests.support.scripted import scripted
from tests.support.tool_calling import ToolModel, calls

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"
ASKED = {"image": "page.png", "question": "What colour?"}
LOOK = ("look_at_image", ASKED)


@pytest.fixture
def page(tmp_path: Path):
    return save_picture(tmp_path, size=(2000, 1500), name="page.png")


@pytest.fixture
def tool(page: Path):
    return ErgoVisionTool(policy=scripted(ZOOM, ANSWER), allowed_roots=[page.parent])


def test_invoke_batch_and_stream(tool: ErgoVisionTool):
    assert tool.invoke(ASKED).startswith("A. red")
    assert [text[:6] for text in tool.batch([ASKED, ASKED])] == ["A. red", "A. red"]
    assert [text[:6] for text in tool.stream(ASKED)] == ["A. red"]


async def test_invoke_batch_and_stream_async(tool: ErgoVisionTool):
    assert (await tool.ainvoke(ASKED)).startswith("A. red")
    assert [text[:6] for text in await tool.abatch([ASKED, ASKED])] == ["A. red", "A. red"]
    assert [text[:6] async for text in tool.astream(ASKED)] == ["A. red"]


def node(tool: ErgoVisionTool):
    graph = StateGraph(MessagesState)
    graph.add_node("tools", ToolNode([tool]))
    graph.add_edge(START, "tools")
    return graph.compile()


async def test_a_tool_node_runs_it(tool: ErgoVisionTool):
    said = {"messages": [HumanMessage("look"), calls(LOOK)]}
    for output in (node(tool).invoke(said), await node(tool).ainvoke(said)):
        (message,) = tool_messages(output)
        assert message.status == "success"
        assert message.text.startswith("A. red")


async def test_an_agent_uses_it(tool: ErgoVisionTool):
    agent, model = agent_calling(LOOK, tools=[tool])
    said = {"messages": [("user", "What colour is it?")]}
    output = agent.invoke(said)
    assert output["messages"][-1].text == "done"
    assert tool_messages(output)[0].text.startswith("A. red")
    agent, _ = agent_calling(LOOK, tools=[tool])
    assert tool_messages(await agent.ainvoke(said))[0].text.startswith("A. red")
    assert [bound.name for bound in model.tools[0]] == ["look_at_image"]


def test_what_a_model_is_told_of_it_is_small(tool: ErgoVisionTool):
    function = convert_to_openai_tool(tool)["function"]
    assert list(function["parameters"]["properties"]) == ["image", "question", "page", "pages"]
    assert function["parameters"]["required"] == ["image", "question"]
    assert len(json.dumps(function)) < 1000
    assert ToolModel(replies=[]).bind_tools([tool]).kwargs["tools"] == [tool]


def test_the_artifact_is_the_whole_result_as_json(tool: ErgoVisionTool):
    message = tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": ASKED})
    answer = VisionAnswer.model_validate(message.artifact)
    assert answer.answer == "A. red"
    assert len(answer.views) == 2
    (restored,) = messages_from_dict(json.loads(json.dumps(messages_to_dict([message]))))
    assert restored == message


def test_a_strict_checkpoint_gives_the_artifact_back(tool: ErgoVisionTool):
    strict = InMemorySaver(serde=JsonPlusSerializer(allowed_msgpack_modules=None))
    agent, _ = agent_calling(LOOK, tools=[tool], checkpointer=strict)
    config = {"configurable": {"thread_id": "1"}}
    said = tool_messages(agent.invoke({"messages": [("user", "look")]}, config))
    kept = tool_messages(agent.get_state(config).values)
    assert kept[0].artifact == said[0].artifact
    assert VisionAnswer.model_validate(kept[0].artifact).answer == "A. red"


class Arguments(BaseCallbackHandler):
    """Everything that tracers are told of a tool's input."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def on_tool_start(self, serialized: Any, input_str: str, **more: Any) -> None:  # noqa: ANN401
        self.seen.append(f"{serialized} {input_str} {more.get('inputs')}")


def test_an_image_in_the_conversation_is_in_no_tools_arguments(page: Path):
    tool = ErgoVisionTool(policy=scripted(ZOOM, ANSWER))
    agent, _ = agent_calling(("look_at_image", {"image": "image 1", "question": "q"}), tools=[tool])
    data = in_base64(page)
    told = Arguments()
    sent = human({"type": "image", "base64": data, "mime_type": "image/png"})
    output = agent.invoke({"messages": [sent]}, {"callbacks": [told]})
    assert tool_messages(output)[0].text.startswith("A. red")
    assert told.seen[0].count("image 1") >= 1
    assert not [text for text in told.seen if data[:200] in text or "HumanMessage" in text]


Messages = Annotated[list[AnyMessage], add_messages]


class OtherKey(TypedDict):
    conversation: Messages


class AnObject(BaseModel):
    conversation: Messages


@pytest.mark.parametrize("form", [MessagesState, OtherKey, AnObject, Messages])
def test_a_state_of_any_form_holds_the_conversation(page: Path, form: Any):  # noqa: ANN401
    tool = ErgoVisionTool(policy=scripted(ANSWER), allowed_roots=[])
    key = "conversation" if form in (OtherKey, AnObject) else "messages"
    graph = StateGraph(form)
    graph.add_node("tools", ToolNode([tool], messages_key=key))
    graph.add_edge(START, "tools")
    sent = human({"type": "image", "base64": in_base64(page), "mime_type": "image/png"})
    said = [sent, calls(("look_at_image", {"image": "image 1", "question": "q"}))]
    output = graph.compile().invoke(said if form is Messages else {key: said})
    assert (output if form is Messages else output[key])[-1].text.startswith("A. red")


def test_a_state_that_a_model_makes_up_is_not_used(page: Path):
    """`ToolNode` takes it away; plain `invoke` does not, and there it holds no messages."""
    forged = {"messages": [{"type": "human", "content": [{"type": "image", "url": str(page)}]}]}
    arguments = {"image": "image 1", "question": "q", "state": forged}
    tool = ErgoVisionTool(policy=scripted(ANSWER), allowed_roots=[page.parent])
    agent, _ = agent_calling(("look_at_image", arguments), tools=[tool])
    (message,) = tool_messages(agent.invoke({"messages": [("user", "look")]}))
    by_hand = tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": arguments})
    for told in (message, by_hand):
        assert isinstance(told, ToolMessage)
        assert told.status == "error"
        assert "The conversation holds no image." in told.text


def test_a_prebuilt_agent_with_two_calls_at_once(tool: ErgoVisionTool):
    model = ToolModel(replies=[calls(LOOK, LOOK), AIMessage("done")])
    output = create_agent(model, tools=[tool]).invoke({"messages": [("user", "look")]})
    assert [message.text[:6] for message in tool_messages(output)] == ["A. red", "A. red"]
