"""The graph, driven by native tool calls over a real wire with ChatOpenAI."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage
from langchain_openai import ChatOpenAI

from ergo_agent.dialects import ToolCallsDialect, choose_dialect
from ergo_agent.errors import PolicyError
from ergo_agent.policies.base import Policy
from tests.support.pictures import save_picture
from tests.support.tool_episodes import REGION, run
from tests.support.tool_server import ToolServer, tool_server, wire_call


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"), size=(3000, 2200))


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
