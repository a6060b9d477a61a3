"""The graph, driven by native tool calls: scripted ones, and over a real wire with ChatOpenAI."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver

from ergo_agent.dialects import ToolCallsDialect, choose_dialect
from ergo_agent.errors import PolicyError, SettingsError
from ergo_agent.graphs import create_vision_graph
from ergo_agent.policies.base import Policy
from ergo_agent.result import VisionAnswer
from ergo_agent.settings import VisionSettings
from tests.support.pictures import save_picture
from tests.support.tool_calling import ToolModel, answer, broken, calls, tool_policy, zoom
from tests.support.tool_server import ToolServer, tool_server, wire_call

ZOOM = calls(zoom((100, 100, 300, 200)))
ANSWER = calls(answer("A. red"))
REGION = {"left": 100, "top": 100, "right": 300, "bottom": 200}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"), size=(3000, 2200))


async def run(policy: Policy, image: Path, **chosen: Any):
    graph = create_vision_graph(policy=policy, settings=VisionSettings(**chosen))
    output = await graph.ainvoke({"image": str(image), "question": "What is it?"})
    result = VisionAnswer.model_validate(output["result"])
    assert result.ledger.spent <= result.ledger.max_vision_tokens
    assert VisionAnswer.model_validate_json(result.model_dump_json()) == result
    return result


def model_of(policy: Policy):
    assert isinstance(policy.model, ToolModel)
    return policy.model


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


UNUSABLE = {
    "text without a call": (AIMessage("It is red."), "the reply calls no tool"),
    "nothing at all": (AIMessage(""), "the reply calls no tool"),
    "an unknown tool": (calls(("look", {"at": 1})), "there is no tool 'look'; call zoom or answer"),
    "no arguments": (calls(("zoom", {})), "zoom was called without a region"),
    "no region": (calls(("zoom", {"regions": []})), "zoom was called without a region"),
    "a missing edge": (
        calls(("zoom", {"regions": [{"left": 1, "top": 2, "right": 3}]})),
        "lacks one of its edges",
    ),
    "words for numbers": (calls(("zoom", {"regions": "top left"})), "lacks one of its edges"),
    "not finite": (
        calls(("zoom", {"regions": [{**REGION, "left": float("nan")}]})),
        "not finite",
    ),
    "an unknown view": (
        calls(("zoom", {"regions": [{**REGION, "view": 7}]})),
        "there is no image 7, only 1",
    ),
    "a box outside": (calls(zoom((1200, 0, 1300, 50))), "lies outside its image"),
    "no answer text": (calls(("answer", {"reasoning": "r"})), "the answer is empty"),
    "an empty answer": (calls(answer(" ")), "the answer is empty"),
    "an answer of another type": (calls(("answer", {"text": ["A"]})), "is no text"),
    "arguments that are no JSON": (calls(broken("answer", {"text": "A"})), "are no JSON object"),
    "an empty name": (calls(("", {"text": "A"})), "there is no tool ''"),
}


@pytest.mark.parametrize(("reply", "problem"), UNUSABLE.values(), ids=UNUSABLE.keys())
async def test_an_unusable_reply_gets_one_second_question(
    page: Path, reply: AIMessage, problem: str
):
    policy = tool_policy(reply, ZOOM, ANSWER)
    result = await run(policy, page)
    assert result.turns[0].move is None
    assert problem in str(result.turns[0].error)
    assert problem in result.turns[1].question
    assert result.turns[1].repairs == ("second_question",)
    assert result.answer == "A. red"
    assert result.stop_reason == "answered"


USABLE = {
    "zoom and answer": calls(zoom((100, 100, 300, 200)), answer("a guess")),
    "a good call after a bad one": calls(("look", {}), zoom((100, 100, 300, 200))),
    "numbers as text": calls(("zoom", {"regions": [{k: str(v) for k, v in REGION.items()}]})),
    "one region without a list": calls(("zoom", {"regions": REGION})),
    "a region as a list": calls(("zoom", {"regions": [[100, 100, 300, 200]]})),
    "a bare list": calls(("zoom", {"regions": [100, 100, 300, 200]})),
    "regions as text": calls(("zoom", {"regions": json.dumps([REGION])})),
    "other names": calls(("zoom", {"regions": [{"x1": 100, "y1": 100, "x2": 300, "y2": 200}]})),
    "fractions": calls(zoom((0.1, 0.1, 0.3, 0.2))),
    "cut short": calls(broken("zoom", {"reasoning": "[1, 2, 3, 4]", "regions": [REGION]})),
}


@pytest.mark.parametrize("reply", USABLE.values(), ids=USABLE.keys())
async def test_what_is_meant_is_understood_and_said_to_be_tolerated(page: Path, reply: AIMessage):
    result = await run(tool_policy(reply, ANSWER), page)
    expected = await run(tool_policy(ZOOM, ANSWER), page)
    assert [view.region for view in result.views] == [view.region for view in expected.views]
    assert result.turns[0].repairs == ("tolerant_parse",)


async def test_a_call_that_could_not_be_used_is_marked_as_an_error(page: Path):
    policy = tool_policy(calls(("look", {})), ZOOM, ANSWER)
    await run(policy, page)
    results = [m for m in model_of(policy).received[-1] if isinstance(m, ToolMessage)]
    assert [result.status for result in results] == ["error", "success"]


async def test_after_two_unusable_replies_it_is_asked_a_last_time(page: Path):
    policy = tool_policy(calls(("look", {})), calls(("look", {})), ANSWER)
    result = await run(policy, page)
    assert result.stop_reason == "unusable_reply"
    assert result.answer == "A. red"


async def test_plain_words_are_an_answer_to_the_last_question_only(page: Path):
    result = await run(tool_policy(AIMessage("It is red.")), page)
    assert len(result.turns) == 3
    assert result.answer == "It is red."
    assert result.turns[2].repairs == ("last_question", "plain_text")


async def test_an_answer_beside_a_zoom_counts_when_no_zoom_is_left(page: Path):
    reply = calls(zoom((100, 100, 300, 200)), answer("a guess"))
    result = await run(tool_policy(reply), page, max_zooms=0)
    assert result.answer == "a guess"
    assert result.turns[0].repairs == ("tolerant_parse", "plain_text")


async def test_a_zoom_alone_is_no_answer_when_no_zoom_is_left(page: Path):
    result = await run(tool_policy(ZOOM), page, max_zooms=0)
    assert result.answer is None
    assert "no further part can be shown" in str(result.turns[0].error)


HOSTILE = {
    "surrogates": calls(("zoom", {"regions": "\ud800", "\udfff": 1}), text="\ud800"),
    "huge numbers": calls(("zoom", {"regions": [{**REGION, "left": 10**400}]})),
    "huge view": calls(("zoom", {"regions": [{**REGION, "view": 10**400}]})),
    "infinite": calls(("zoom", {"regions": [{**REGION, "left": float("-inf")}]})),
    "a surrogate in the answer": calls(answer("caf\ud8ff")),
    "an odd name": calls(("functions.zoom:0", {"regions": [REGION]})),
    "a long name": calls(("z" * 5000, {})),
    "no id": AIMessage("", tool_calls=[{"name": "look", "args": {}, "id": None}]),
}
nested: Any = []
for _ in range(500):
    nested = [nested]
HOSTILE["nested"] = calls(("zoom", {"regions": nested}))


@pytest.mark.parametrize("reply", HOSTILE.values(), ids=HOSTILE.keys())
async def test_whatever_is_called_can_be_stored_resumed_and_sent_again(
    page: Path, reply: AIMessage
):
    policy, saver = tool_policy(reply), InMemorySaver()
    graph = create_vision_graph(policy=policy, checkpointer=saver)
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    output = await graph.ainvoke({"image": str(page), "question": "q"}, config)
    result = VisionAnswer.model_validate(output["result"])
    assert VisionAnswer.model_validate_json(result.model_dump_json()) == result
    async for state in graph.aget_state_history(config):
        json.dumps(state.values, allow_nan=False, ensure_ascii=False).encode()
    for message in model_of(policy).received[-1]:
        message.model_dump_json().encode()


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


def over_the_wire(server: ToolServer, **options: Any):
    model = ChatOpenAI(model="gpt-test", api_key="none", base_url=server.url, max_retries=0)
    return Policy(model, ToolCallsDialect(**options))


WIRE_ZOOM = wire_call("zoom", {"reasoning": "there", "regions": [REGION]}, call_id="call_zoom")
WIRE_ANSWER = wire_call("answer", {"reasoning": "read", "text": "A. red"}, call_id="call_answer")


async def test_chat_openai_drives_the_graph_over_a_real_wire(page: Path):
    with tool_server({"tool_calls": [WIRE_ZOOM]}, {"tool_calls": [WIRE_ANSWER]}) as server:
        result = await run(over_the_wire(server), page)
    assert result.policy == "gpt-test/tool_calls"
    assert result.answer == "A. red"
    assert [turn.repairs for turn in result.turns] == [(), ()]
    assert result.ledger.prompt_tokens == 200
    first, second = (body["messages"] for body in server.bodies)
    assert second[: len(first)] == first
    assert [message["role"] for message in second] == [
        *("system", "user", "assistant", "tool", "user")
    ]
    call = second[2]["tool_calls"][0]
    assert call["id"] == second[3]["tool_call_id"] == "call_zoom"
    assert json.loads(call["function"]["arguments"])["regions"] == [REGION]
    kinds = [block["type"] for block in second[4]["content"]]
    assert kinds == ["image_url", "text"]


@pytest.mark.parametrize(
    "message",
    [
        {"tool_calls": [wire_call("zoom", "{broken")]},
        {"tool_calls": [wire_call("zoom", "[1, 2]")]},
        {"tool_calls": [wire_call("zoom", "null")]},
        {"tool_calls": [wire_call("zoom", '{"regions": [NaN, Infinity]}')]},
        {"tool_calls": [wire_call("zoom", '{"regions": ' + "9" * 5000 + "}")]},
        {"tool_calls": [wire_call("zoom", '{"regions": ' + "[" * 900 + "]" * 900 + "}")]},
        {"tool_calls": [wire_call("functions.zoom", {"regions": []})]},
        {"tool_calls": [wire_call("", {})]},
        {"tool_calls": [wire_call("look", {}), wire_call("look", {})]},
        {"tool_calls": [wire_call("look", {}, call_id="")]},
        {"tool_calls": [WIRE_ZOOM | {"id": "x"}, wire_call("answer", "{", call_id="y")]},
        {"content": "It is red."},
        {"content": ""},
        {"content": "\ud800", "tool_calls": [wire_call("answer", '{"text": "\\ud800"}')]},
    ],
)
async def test_a_malformed_message_is_sent_back_in_a_form_the_server_takes(
    page: Path, message: dict[str, Any]
):
    replies = (message, message, {"tool_calls": [WIRE_ANSWER]})
    with tool_server(*replies) as server:
        result = await run(over_the_wire(server), page)  # a 400 would be a PolicyError
    assert result.answer is not None
    for shorter, longer in pairwise([body["messages"] for body in server.bodies]):
        assert longer[: len(shorter)] == shorter


async def test_a_call_can_be_enforced(page: Path):
    with tool_server({"tool_calls": [WIRE_ANSWER]}) as server:
        await run(over_the_wire(server, tool_choice="any"), page)
    assert server.bodies[0]["tool_choice"] == "required"
    with tool_server({"tool_calls": [WIRE_ANSWER]}) as server:
        await run(over_the_wire(server), page)
    assert "tool_choice" not in server.bodies[0]


async def test_the_test_server_does_refuse_a_call_without_its_result(page: Path):
    class Forgetful(ToolCallsDialect):
        def replay(
            self, text: str, *, record: dict[str, Any] | None, error: str | None
        ) -> list[BaseMessage]:
            return super().replay(text, record=record, error=error)[:1]

    with tool_server({"tool_calls": [WIRE_ZOOM]}) as server:
        policy = over_the_wire(server)
        with pytest.raises(PolicyError, match="must be followed by tool messages"):
            await run(Policy(policy.model, Forgetful()), page)


async def test_any_chat_model_gets_its_dialect_by_its_name(page: Path):
    with tool_server({"tool_calls": [WIRE_ANSWER]}) as server:
        model = over_the_wire(server).model
        result = await run(Policy(model, choose_dialect(model=model)), page)
    assert result.policy == "gpt-test/tool_calls"
