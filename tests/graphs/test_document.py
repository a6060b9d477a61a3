"""The graph of a document: which pages are opened, within what, and what is said of them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage

from ergo_agent import SettingsError, VisionAnswer, VisionSettings, create_document_graph
from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.events import NextDecided, PageOpened, PagesSurveyed, ViewMade, read_event
from ergo_agent.images import MemoryStore
from ergo_agent.policies.base import Policy
from tests.support.manuals import ANSWER, NOT_FOUND, QUESTION, ZOOM, answered
from tests.support.pictures import save_picture
from tests.support.scripted import ScriptedModel, scripted


def test_the_page_that_holds_the_answer_is_opened_first(document: Path):
    graph = create_document_graph(policy=scripted(ANSWER), store=MemoryStore())
    result = answered(graph, str(document))
    assert result.answer == "thirty months"
    assert [found.page for found in result.evidence] == [4]
    assert (result.image.page, result.image.page_count) == (4, 6)
    assert result.document is not None
    (opened,) = result.document.opened
    assert (opened.page, opened.found) == (4, True)
    assert "guarantee" in opened.why
    assert result.document.text_layer == "1-6"
    assert result.document.not_opened == "1-3, 5-6"
    assert result.document.in_words == "looked at page 4 of 6, not at pages 1-3, 5-6"
    assert result.ledger.share < 0.1


async def test_it_goes_on_while_nothing_is_found(document: Path):
    policy = scripted(NOT_FOUND, NOT_FOUND, ZOOM, ANSWER)
    graph = create_document_graph(policy=policy, finder="test_in_order", store=MemoryStore())
    output = await graph.ainvoke({"document": str(document), "question": QUESTION})
    result = VisionAnswer.model_validate(output["result"])
    assert result.document is not None
    assert [page.page for page in result.document.opened] == [1, 2, 3]
    assert [(view.number, view.page, view.parent) for view in result.views] == [
        (1, 1, None),
        (2, 2, None),
        (3, 3, None),
        (4, 3, 3),
    ]
    assert [turn.views for turn in result.turns] == [(1,), (2,), (3,), (4,)]
    assert [entry.view for entry in result.ledger.entries] == [1, 2, 3, 4]
    assert result.ledger.spent == sum(view.tokens for view in result.views)
    assert [each.page for each in result.coverage] == [1, 2, 3]
    assert result.coverage[2].scales[-1].share < 0.2 < result.coverage[2].scales[0].share


@pytest.mark.parametrize(
    ("settings", "opened", "stop"),
    [
        ({}, 5, "max_pages"),
        ({"max_pages": 2}, 2, "max_pages"),
        ({"max_pages": 6}, 6, "not_found"),
        ({"max_vision_tokens": 2600}, 2, "token_budget"),
        ({"deadline": 1e-6}, 1, "deadline"),
    ],
)
def test_where_nothing_is_found_it_says_why_it_ended(
    document: Path, settings: dict[str, Any], opened: int, stop: str
):
    policy = scripted(NOT_FOUND)
    graph = create_document_graph(
        policy=policy, finder="test_in_order", settings=VisionSettings(**settings)
    )
    result = answered(graph, str(document))
    assert result.answer is None
    assert result.document is not None
    assert len(result.document.opened) == opened
    assert result.stop_reason == stop
    assert result.evidence == []


def test_a_run_may_lower_what_the_graph_may_do(document: Path):
    policy = scripted(NOT_FOUND)
    graph = create_document_graph(
        policy=policy, finder="test_in_order", settings=VisionSettings(max_pages=3)
    )
    given = {"document": str(document), "question": QUESTION}
    output = graph.invoke(given, context={"max_pages": 1})
    assert len(output["result"]["document"]["opened"]) == 1
    with pytest.raises(SettingsError, match="max_pages=4 is above the 3"):
        graph.invoke(given, context={"max_pages": 4})


def test_pages_narrow_what_is_looked_at(document: Path):
    graph = create_document_graph(policy=scripted(NOT_FOUND), store=MemoryStore())
    result = answered(graph, str(document), pages="2-3, 6")
    assert result.document is not None
    assert {page.page for page in result.document.opened} == {2, 3, 6}
    assert (result.document.asked, result.document.not_opened) == ("2-3, 6", "")
    one = answered(graph, str(document), page=5)
    assert one.document is not None
    assert [page.page for page in one.document.opened] == [5]
    assert one.document.text_layer == ""  # there was nothing to choose


class SideBySide(ScriptedModel):
    """Declares that it looks at two pages at once, and waits until it is asked about both."""

    pages_at_once: int = 2
    waiting: Any = None
    together: int = 0

    async def _agenerate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> Any:  # noqa: ANN401
        if self.waiting is None:
            self.waiting = asyncio.Event()
        self.together += 1
        if self.together == 2:
            self.waiting.set()
        await self.waiting.wait()
        return self._generate(messages)


async def test_pages_are_looked_at_side_by_side_where_the_policy_allows_it(document: Path):
    model = SideBySide(replies=[NOT_FOUND, ANSWER])
    graph = create_document_graph(
        policy=Policy(model, ErgoDialect()), finder="test_in_order", store=MemoryStore()
    )
    output = await graph.ainvoke({"document": str(document), "question": QUESTION})
    assert [page["page"] for page in output["result"]["document"]["opened"]] == [1, 2]
    assert output["answer"] == "thirty months"


def test_events_say_which_page(document: Path):
    policy = scripted(NOT_FOUND, ANSWER)
    graph = create_document_graph(policy=policy, store=MemoryStore())
    chunks = graph.stream({"document": str(document), "question": QUESTION}, stream_mode="custom")
    events = [read_event(chunk) for chunk in chunks]
    surveyed = [event for event in events if isinstance(event, PagesSurveyed)]
    assert (surveyed[0].done, surveyed[0].of) == (6, 6)
    opened = [event.page for event in events if isinstance(event, PageOpened)]
    assert opened[0] == 4
    assert [e.page for e in events if isinstance(e, ViewMade | NextDecided)] == [
        page for page in opened for _ in range(2)
    ]


def test_the_same_events_come_once(document: Path):
    graph = create_document_graph(policy=scripted(ANSWER), store=MemoryStore())
    given = {"document": str(document), "question": QUESTION}
    made = [c for c in graph.stream(given, stream_mode="custom") if c["type"] == "view_made"]
    assert len(made) == 1


def test_a_list_of_images_has_pages_of_its_own(tmp_path: Path, document: Path):
    picture = save_picture(tmp_path, size=(800, 600))
    graph = create_document_graph(
        policy=scripted(NOT_FOUND, ANSWER), finder="test_in_order", store=MemoryStore()
    )
    result = answered(graph, [str(picture), document.read_bytes()])
    assert (result.evidence[0].page, result.image.page_count) == (2, 7)
    facts, view = result.in_image(result.views[1])
    assert (facts.digest, view.page) == (result.image.digest, 1)
