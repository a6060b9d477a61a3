"""Tool calls that cannot be used, that are understood all the same, or that are hostile."""

import json
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from ergo_agent.answer import VisionAnswer
from ergo_agent.graphs import create_vision_graph
from tests.support.pictures import save_picture
from tests.support.tool_calling import answer, broken, calls, tool_policy, zoom
from tests.support.tool_episodes import ANSWER, REGION, ZOOM, model_of, run


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"), size=(3000, 2200))


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
