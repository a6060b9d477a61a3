"""Episodes of malformed replies, in every dialect: they end, inside the image and the budget."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatResult
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import Field

from ergo_agent.answer import VisionAnswer
from ergo_agent.dialects import ErgoDialect, choose_dialect, dialect_names
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.graphs import create_vision_graph
from ergo_agent.policies.base import Policy
from ergo_agent.views.geometry import Region, Size
from tests.support.malformed import malformed_call, malformed_text
from tests.support.pictures import save_picture
from tests.support.tool_calling import ToolModel

SIZE = Size(1600, 1200)
MAX_ZOOMS = 2


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"), size=SIZE)


async def episode(dialect: str, replies: list[AIMessage], page: Path):
    saver = InMemorySaver()
    graph = create_vision_graph(
        policy=Policy(ToolModel(replies=replies), choose_dialect(dialect, model=None)),
        settings=VisionSettings(view_budget=320, max_zooms=MAX_ZOOMS),
        checkpointer=saver,
    )
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    output = await graph.ainvoke({"image": str(page), "question": "q"}, config)
    state = await graph.aget_state(config)
    json.dumps(state.values, allow_nan=False, ensure_ascii=False).encode()
    return VisionAnswer.model_validate(output["result"])


@pytest.mark.parametrize("dialect", sorted(set(dialect_names()) - {"auto"}))
@settings(max_examples=25, derandomize=True, deadline=None, database=None)
@given(seeds=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=6))
def test_an_episode_of_malformed_replies_ends_well(page: Path, dialect: str, seeds: list[int]):
    replies = [AIMessage(malformed_text(seed)) for seed in seeds]
    if dialect == "tool_calls":
        replies = [malformed_call(seed) for seed in seeds]
    note(repr(replies))
    result = asyncio.run(episode(dialect, replies, page))
    assert result.ledger.spent <= result.ledger.max_vision_tokens
    assert all(Region.whole(SIZE).contains(view.region) for view in result.views)
    assert all(Region.whole(SIZE).contains(found.region) for found in result.evidence)
    assert VisionAnswer.model_validate_json(result.model_dump_json()) == result
    for turn in result.turns:  # whatever was not used is recorded with its reason
        assert turn.move is not None or turn.error
    assert (result.answer is None) == (result.stop_reason == "not_found" or not result.evidence)
    assert len(result.turns) <= MAX_ZOOMS + 3


class PatternModel(ToolModel):
    """A model whose server can hold replies to a pattern; it only notes them."""

    takes_pattern: ClassVar[bool] = True
    patterns: list[str] = Field(default_factory=list)

    def _generate(self, messages: list[BaseMessage], *args: Any, **options: Any) -> ChatResult:
        self.patterns.append(options["pattern"])
        return super()._generate(messages, *args, **options)


async def test_the_second_question_lets_the_model_reply_in_both_ways_it_offers(page: Path):
    replies = ["Hm.", "<think></think><zoom>[10, 10, 90, 90]</zoom>", "<answer>7</answer>"]
    model = PatternModel(replies=[AIMessage(reply) for reply in replies])
    settings = VisionSettings(view_budget=320)
    graph = create_vision_graph(policy=Policy(model, ErgoDialect()), settings=settings)
    await graph.ainvoke({"image": str(page), "question": "q"})
    kinds = (replies[1], f"<think></think>{replies[2]}")
    allowed = [[bool(re.fullmatch(p, reply)) for reply in kinds] for p in model.patterns]
    assert allowed == [[True, False], [True, True], [True, True]]
