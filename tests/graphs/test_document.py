"""The graph of a document: which pages are opened, within what, and what it leaves."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document as Passage
from langchain_core.messages import BaseMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from ergo_agent import (
    ImageTooLargeError,
    SettingsError,
    VisionAnswer,
    VisionSettings,
    create_document_graph,
)
from ergo_agent.dialects import ErgoDialect
from ergo_agent.dialects.reader import BESIDE, ReadingDialect
from ergo_agent.documents.finders import Found, Search, register_finder
from ergo_agent.episode.events import NextDecided, PageOpened, PagesSurveyed, ViewMade, read_event
from ergo_agent.episode.pages import Hit
from ergo_agent.images import GUARDED_LIMITS, MemoryStore
from ergo_agent.policies.base import Policy
from tests.support.bombs import png
from tests.support.paged import digital, manual, with_bad_page
from tests.support.pictures import save_picture
from tests.support.savers import saver
from tests.support.scripted import ScriptedModel, image_urls, received, scripted

FACT = "The guarantee lasts thirty months from the day of purchase."
PAGES = manual({4: FACT}, pages=6)
QUESTION = "How long does the guarantee last?"
ANSWER = "<think>read</think><answer>thirty months</answer><evidence>[40, 40, 90, 90]</evidence>"
NOT_FOUND = "<think>nothing</think><answer></answer><not_found/>"
ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
CONFIG: RunnableConfig = {"configurable": {"thread_id": "1"}}


@register_finder("test_in_order")
class InOrder:
    """Pages as they come: what is tested with it is what is done with hits, not how they come."""

    name = "in order"
    needs_text = False

    async def find(self, search: Search) -> Found:
        return Found([Hit(page=page, score=1 / page) for page in search.document.pages])


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("documents") / "manual.pdf"
    path.write_bytes(bytes(digital(PAGES).output()))
    return path


def answered(graph: Any, document: object, **given: object) -> VisionAnswer:  # noqa: ANN401
    output = graph.invoke({"document": document, "question": QUESTION, **given})
    result = VisionAnswer.model_validate(output["result"])
    assert output["answer"] == result.answer
    assert result.ledger.spent <= result.ledger.max_vision_tokens
    return result


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


def test_a_page_that_cannot_be_opened_ends_only_its_own_look(tmp_path: Path, document: Path):
    given = [str(tmp_path / "missing.png"), str(document)]
    graph = create_document_graph(
        policy=scripted(NOT_FOUND, ANSWER), finder="test_in_order", store=MemoryStore()
    )
    result = answered(graph, given)
    assert result.document is not None
    broken, second, third = result.document.opened
    assert "missing.png" in broken.error
    assert (second.page, third.page, third.found) == (2, 3, True)
    assert result.evidence[0].page == 3
    assert "could not open page 1" in result.document.in_words


def test_a_bomb_in_the_middle_is_passed_over(tmp_path: Path):
    bomb = b"BT /F1 12 Tf " + b"1 0 0 1 60 100 Tm (AAAAAAAAAAAAAAAA) Tj " * 400_000 + b"ET"
    path = tmp_path / "bomb.pdf"
    path.write_bytes(with_bad_page(PAGES, bad=1, content=bomb))
    limits = GUARDED_LIMITS.model_copy(update={"decode_seconds": 0.6})
    graph = create_document_graph(
        policy=scripted(ANSWER), finder="test_in_order", limits=limits, store=MemoryStore()
    )
    result = answered(graph, str(path))
    assert result.document is not None
    assert [bool(page.error) for page in result.document.opened] == [True, False]
    assert result.evidence[0].page == 2


def test_where_no_page_can_be_opened_the_error_is_the_pages_own(tmp_path: Path):
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(_huge_png())
    graph = create_document_graph(policy=scripted(ANSWER), store=MemoryStore())
    with pytest.raises(ImageTooLargeError, match="page 1-2 could not be opened"):
        answered(graph, [str(bomb), str(bomb)])


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


@pytest.mark.parametrize("form", ["path", "bytes"])
def test_checkpoints_hold_neither_pixels_nor_texts(document: Path, form: str, tmp_path: Path):
    given = str(document) if form == "path" else document.read_bytes()
    kept = InMemorySaver()
    graph = create_document_graph(
        policy=scripted(NOT_FOUND, ZOOM, ANSWER), checkpointer=kept, store=tmp_path
    )
    output = graph.invoke({"document": given, "question": QUESTION}, CONFIG)
    assert output["answer"] == "thirty months"
    said = repr([*kept.blobs.values(), *kept.writes.values()])
    assert "turned until it no longer rocks" not in said
    assert len(said) < 400_000


def test_a_review_stops_the_document_and_is_resumed_from_a_file(document: Path, tmp_path: Path):
    settings = VisionSettings(review_zooms=True)
    first, second = scripted(NOT_FOUND, ZOOM), scripted(ANSWER)
    given: Any = {"document": str(document), "question": QUESTION}
    for policy in (first, second):
        with saver(str(tmp_path / "kept.sqlite")) as kept:
            graph = create_document_graph(
                policy=policy, settings=settings, store=tmp_path / "store", checkpointer=kept
            )
            output = graph.invoke(given, CONFIG)
            if policy is first:
                (asked,) = output["__interrupt__"]
                assert asked.value["kind"] == "zoom_proposal"
        given = Command(resume={"type": "edit", "boxes": [[560, 560, 840, 840]]})
    assert output["answer"] == "thirty months"
    assert (len(received(first)), len(received(second))) == (2, 1)
    assert output["result"]["views"][-1]["region"]["left"] == 560


def test_a_failed_run_goes_on_without_paying_twice(document: Path, tmp_path: Path):
    policy = scripted(NOT_FOUND, OSError("down"), ANSWER)
    with saver(str(tmp_path / "kept.sqlite")) as kept:
        graph = create_document_graph(policy=policy, store=tmp_path / "store", checkpointer=kept)
        with pytest.raises(Exception, match="down"):
            graph.invoke({"document": str(document), "question": QUESTION}, CONFIG)
        output = graph.invoke(None, CONFIG)
    assert output["answer"] == "thirty months"
    assert len(received(policy)) == 3
    assert len(output["result"]["document"]["opened"]) == 2


def test_a_list_of_images_has_pages_of_its_own(tmp_path: Path, document: Path):
    picture = save_picture(tmp_path, size=(800, 600))
    graph = create_document_graph(
        policy=scripted(NOT_FOUND, ANSWER), finder="test_in_order", store=MemoryStore()
    )
    result = answered(graph, [str(picture), document.read_bytes()])
    assert (result.evidence[0].page, result.image.page_count) == (2, 7)
    facts, view = result.in_image(result.views[1])
    assert (facts.digest, view.page) == (result.image.digest, 1)


class Names(BaseRetriever):
    """Names pages, as an index that somebody has would."""

    pages: list[Any]

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Passage]:  # noqa: ANN401, ARG002
        return [Passage(page_content="", metadata={"page": page}) for page in self.pages]


def test_a_retriever_says_which_pages(document: Path):
    graph = create_document_graph(policy=scripted(NOT_FOUND), finder=Names(pages=[5, "2", 99, 5]))
    result = answered(graph, str(document))
    assert result.document is not None
    assert [page.page for page in result.document.opened] == [5, 2]
    assert result.document.finder == "retriever Names"
    assert result.document.text_layer == ""


@pytest.mark.parametrize("page", [None, "four"])
def test_a_retriever_that_names_no_page(document: Path, page: object):
    graph = create_document_graph(policy=scripted(ANSWER), finder=Names(pages=[page]))
    with pytest.raises(SettingsError, match="in its metadata; give the page's number there"):
        answered(graph, str(document))


def test_the_policy_says_which_pages_from_a_contact_sheet(document: Path):
    policy = scripted("I would open <pages>6, 2, 40</pages>", NOT_FOUND, ANSWER)
    graph = create_document_graph(policy=policy, finder="policy", store=MemoryStore())
    result = answered(graph, str(document))
    assert result.document is not None
    assert [page.page for page in result.document.opened] == [6, 2]
    sheet = received(policy)[0]
    assert len(image_urls(sheet)) == 1
    assert "pages 1 to 6" in str(sheet[-1].text)
    assert 0 < result.ledger.finder_tokens <= 1280
    assert result.ledger.spent == result.ledger.finder_tokens + sum(v.tokens for v in result.views)


def test_the_embedded_reader_sees_no_contact_sheet(document: Path):
    graph = create_document_graph(policy="ocr", finder="policy")
    with pytest.raises(SettingsError, match="the embedded reader only reads text"):
        answered(graph, str(document))


@pytest.mark.parametrize("finder", ["nothing", 7])
def test_what_is_no_finder(finder: Any):  # noqa: ANN401
    with pytest.raises(SettingsError, match="finder"):
        create_document_graph(policy=scripted(ANSWER), finder=finder)


def test_the_state_of_a_look_at_a_page_is_found_by_its_namespace(document: Path, tmp_path: Path):
    kept = InMemorySaver()
    graph = create_document_graph(policy=scripted(ZOOM, ANSWER), checkpointer=kept, store=tmp_path)
    graph.invoke({"document": str(document), "question": QUESTION}, CONFIG)
    (within,) = (namespace for namespace in kept.storage["1"] if namespace)
    state = graph.get_state({"configurable": {"thread_id": "1", "checkpoint_ns": within}})
    assert len(state.values["views"]) == 2


def _huge_png() -> bytes:
    return png(200_000, 200_000, data=b"")


def test_fifty_pages_leave_less_than_a_megabyte(tmp_path: Path):
    pages = manual({}, pages=50)
    replies: Sequence[str] = [ZOOM, NOT_FOUND] * 5
    kept = InMemorySaver()
    graph = create_document_graph(policy=scripted(*replies), checkpointer=kept, store=tmp_path)
    data = bytes(digital(pages).output())
    output = graph.invoke({"document": data, "question": QUESTION}, CONFIG)
    assert len(output["result"]["document"]["opened"]) == 5
    kept_at = [each for by_id in kept.storage["1"].values() for each in by_id.values()]
    size = sum(len(checkpoint[1]) for checkpoint, *_ in kept_at)
    size += sum(len(blob[1]) for blob in kept.blobs.values())
    assert len(kept_at) >= 30
    assert 20_000 < size < 1_000_000


class Sure(ScriptedModel):
    """Says how sure it is of each answer, as the embedded reader does."""

    sure: list[float]

    def _generate(self, messages: list[BaseMessage], *args: Any, **options: Any) -> Any:  # noqa: ANN401
        result = super()._generate(messages, *args, **options)
        message = result.generations[0].message
        at = min(len(self.received), len(self.sure)) - 1
        message.response_metadata[BESIDE] = {"confidence": self.sure[at], "quote": ""}
        return result


def surely(*said: tuple[str, float]) -> Policy:
    replies = [f"<answer>{text}</answer>" if text else NOT_FOUND for text, _ in said]
    return Policy(Sure(replies=replies, sure=[sure for _, sure in said]), ReadingDialect())


@pytest.mark.parametrize(
    ("said", "opened", "answer"),
    [
        ([("a", 0.9)], 1, "a"),
        ([("a", 0.7), ("b", 0.9)], 2, "b"),
        ([("a", 0.7), ("b", 0.75), ("c", 0.7)], 3, "b"),
        ([("", 0.1), ("a", 0.7), ("", 0.1)], 3, "a"),
        ([("a", 0.5)], 5, None),
    ],
)
def test_an_answer_that_is_not_sure_is_compared_with_those_of_other_pages(
    document: Path, said: list[tuple[str, float]], opened: int, answer: str | None
):
    graph = create_document_graph(policy=surely(*said), finder="test_in_order", store=MemoryStore())
    result = answered(graph, str(document))
    assert result.document is not None
    assert (len(result.document.opened), result.answer) == (opened, answer)
    if answer is None:
        assert result.stop_reason == "max_pages"
        assert '"a" on page 1' in result.reasoning
        assert result.evidence == []


def test_a_page_that_is_named_is_compared_with_none(document: Path):
    graph = create_document_graph(policy=surely(("a", 0.5)), store=MemoryStore())
    assert answered(graph, str(document), page=2).answer == "a"


@register_finder("test_lacking")
class Lacking(InOrder):
    """Pages of which none holds the name that is asked about."""

    async def find(self, search: Search) -> Found:
        found = await super().find(search)
        lacking = {"missing": ("Altair",)}
        return Found([hit.model_copy(update=lacking) for hit in found.hits])


@pytest.mark.parametrize(("sure", "opened", "answer"), [(0.75, 5, None), (0.9, 3, "a")])
def test_of_a_page_without_the_name_only_what_is_sure_is_believed(
    document: Path, sure: float, opened: int, answer: str | None
):
    policy = surely(("a", sure))
    graph = create_document_graph(policy=policy, finder="test_lacking", store=MemoryStore())
    result = answered(graph, str(document))
    assert result.document is not None
    assert (len(result.document.opened), result.answer) == (opened, answer)
    if answer is None:
        assert "on page 1, which does not hold Altair" in result.reasoning
