"""The graph, driven by native tool calls that are scripted."""

from itertools import pairwise
from pathlib import Path

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from ergo_agent.dialects import ToolCallsDialect
from ergo_agent.errors import SettingsError
from ergo_agent.graphs import create_vision_graph
from ergo_agent.policies.base import Policy
from tests.support.pictures import save_picture
from tests.support.tool_calling import answer, calls, tool_policy, zoom
from tests.support.tool_episodes import ANSWER, ZOOM, model_of, run


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"), size=(3000, 2200))


async def test_observe_zoom_answer(page: Path):
    evidence = [{"left": 0, "top": 0, "right": 500, "bottom": 500, "view": 2}]
    policy = tool_policy(ZOOM, calls(answer("A. red", evidence=evidence)))
    result = await run(policy, page)
    assert result.policy == "tool-model/tool_calls"
    assert result.answer == "A. red"
    assert result.reasoning == "read"
    assert result.stop_reason == "answered"
    assert [turn.stage for turn in result.turns] == ["observe", "zoomed"]
    assert [turn.repairs for turn in result.turns] == [(), ()]
    crop = result.views[1].region
    assert crop.left < 300 < crop.right  # a tenth of 3000, with its margin
    (found,) = result.evidence
    assert found.region.left == crop.left
    assert found.region.right == pytest.approx((crop.left + crop.right) / 2, abs=1)


async def test_every_call_has_the_two_tools(page: Path):
    policy = tool_policy(ZOOM, ANSWER)
    await run(policy, page)
    first, second = model_of(policy).tools
    assert first == second
    assert [tool["function"]["name"] for tool in first] == ["zoom", "answer"]


async def test_a_tool_message_follows_its_call_and_images_come_in_a_later_message(page: Path):
    policy = tool_policy(ZOOM, ANSWER)
    await run(policy, page)
    system, user, call, result, shown = model_of(policy).received[1]
    assert system.type == "system"
    assert isinstance(user, HumanMessage)
    assert isinstance(call, AIMessage)
    assert call.tool_calls == ZOOM.tool_calls
    assert isinstance(result, ToolMessage)
    assert result.tool_call_id == call.tool_calls[0]["id"]
    assert isinstance(result.content, str)
    assert isinstance(shown, HumanMessage)
    assert shown.content[0]["type"] == "image_url"


async def test_messages_are_only_appended_and_stay_the_same(page: Path):
    policy = tool_policy(
        calls(zoom((100, 100, 300, 200)), text="Let me look."),
        calls(("zoom", {"regions": "none"})),
        calls(zoom((600, 600, 700, 700), view=1)),
        ANSWER,
    )
    await run(policy, page)
    sent = [[m.model_dump() for m in messages] for messages in model_of(policy).received]
    assert len(sent) == 4
    for shorter, longer in pairwise(sent):
        assert shorter == longer[: len(shorter)]


async def test_several_regions_and_several_zooms_in_one_reply_are_all_shown(page: Path):
    both = calls(zoom((100, 100, 200, 200), (600, 600, 700, 700)))
    assert len((await run(tool_policy(both, ANSWER), page)).views) == 3
    twice = calls(zoom((100, 100, 200, 200)), zoom((600, 600, 700, 700)))
    result = await run(tool_policy(twice, ANSWER), page)
    assert len(result.views) == 3
    assert "tolerant_parse" in result.turns[0].repairs


async def test_not_found(page: Path):
    result = await run(tool_policy(ZOOM, calls(answer("", found=False))), page)
    assert result.answer is None
    assert result.stop_reason == "not_found"


async def test_an_interrupted_episode_goes_on_with_the_same_messages(page: Path):
    saver = InMemorySaver()
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    policy = tool_policy(calls(("look", {})), ZOOM, ANSWER)
    graph = create_vision_graph(policy=policy, checkpointer=saver)
    await graph.ainvoke({"image": str(page), "question": "q"}, config)
    history = [state async for state in graph.aget_state_history(config)]
    before_last = next(state for state in history if len(state.values.get("turns", ())) == 2)
    again = tool_policy(ANSWER)
    resumed = create_vision_graph(policy=again, checkpointer=saver)
    await resumed.ainvoke(None, before_last.config)
    assert model_of(again).received[-1] == model_of(policy).received[-1]


async def test_a_model_without_tools_is_refused_before_anything_is_opened():
    policy = Policy(FakeListChatModel(responses=["x"]), ToolCallsDialect())
    with pytest.raises(SettingsError, match="FakeListChatModel takes no tools, which the dialect"):
        await run(policy, Path("/nowhere.png"))
