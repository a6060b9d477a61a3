"""The mode `agent` on the served checkpoint: as whom the tool asks, and as the outer model."""

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_openai import ChatOpenAI

from ergo_agent.episode.settings import VisionSettings
from ergo_agent.evaluation.samples import Sample
from ergo_agent.evaluation.scoring import scorer_of
from ergo_agent.evaluation.trial import Asker
from ergo_agent.policies.served import create_served_policy
from ergo_agent.policies.served.connections import PerLoopClient
from scripts.tiny_checkpoint.pages import ask_for, draw_page
from tests.support.serving import ServedModel
from tests.support.tool_calling import BindsTools, calls


class Repeats(BindsTools):
    """Has the page looked at, and says what it is told; without a tool it says that it is blind."""

    asked: str
    document: str

    @property
    def _llm_type(self) -> str:
        return "repeats"

    def _generate(self, messages: list[BaseMessage], *_: Any, **options: Any) -> ChatResult:
        last = messages[-1]
        if isinstance(last, ToolMessage):
            reply = AIMessage(last.text.partition("\n")[0])
        elif options.get("tools"):
            reply = calls(("look_at_image", {"image": self.document, "question": self.asked}))
        else:
            reply = AIMessage("I cannot see it")
        return ChatResult(generations=[ChatGeneration(message=reply)])


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    page = draw_page(side=900, colour="blue", centre=(0.3, 0.7))
    page.image.save(tmp_path / "page.png", compress_level=1)
    return Sample(
        id="1", document=str(tmp_path / "page.png"), question=ask_for(), gold=(page.colour,)
    )


def asker(server: ServedModel, outer: Any) -> Asker:  # noqa: ANN401  # any chat model
    return Asker(
        create_served_policy(base_url=server.base_url),
        scorer=scorer_of("own")[1],
        settings=VisionSettings(view_budget=64, max_zooms=1),
        full_budget=1280,
        seed=0,
        outer=outer,
    )


async def test_an_outer_model_gains_what_the_served_policy_sees(
    server: ServedModel, sample: Sample
):
    asking = asker(server, Repeats(asked=sample.question, document=sample.document))
    came = await asking.outcome(sample, "agent")
    assert came.error is None
    assert came.right
    assert came.record is not None, "of the tool's look"
    assert len(came.crops) == 1
    look = came.record["ledger"]
    assert came.tokens.prompt == look["prompt_tokens"] > 0
    shown = came.tokens.predicted - sum(entry["predicted"] for entry in look["entries"])
    assert 0 < shown <= 64, "the view that the outer model is shown comes on top"
    alone = await asking.outcome(sample, "agent_alone")
    assert (alone.error, alone.answer, alone.right) == (None, "I cannot see it", False)
    assert alone.tokens.prompt == 0
    assert alone.tokens.predicted == shown


async def test_the_served_model_is_an_outer_model_that_is_counted(
    server: ServedModel, sample: Sample
):
    outer = ChatOpenAI(
        base_url=server.base_url,
        model=server.model,
        api_key="none",
        temperature=0,
        max_tokens=48,
        # else LangChain keeps one for all models of that server, in the loop of this test
        http_async_client=PerLoopClient(base_url=server.base_url, timeout=60.0, patience=60.0),
    )
    came = await asker(server, outer).outcome(sample, "agent_alone")
    assert came.error is None
    assert came.answer
    assert came.record is None, "nothing was looked at"
    assert came.tokens.prompt > came.tokens.predicted > 0, "text and the view"
    assert came.tokens.completion > 0
