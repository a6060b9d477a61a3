"""A survey may meet: too little time, a survey of the same document, thousands of pages."""

import asyncio
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from ergo_agent import VisionAnswer, VisionSettings, create_document_graph
from ergo_agent.documents.document import hold_document
from ergo_agent.documents.survey import Survey, Surveyor
from ergo_agent.images import DEFAULT_LIMITS, ImageStore, MemoryStore
from ergo_agent.images.maker import ViewMaker
from ergo_agent.layout.text import Box, TextLine
from tests.support.paged import digital, manual, scanned, with_bad_page
from tests.support.scripted import scripted

PAGES = manual({2: "The guarantee lasts thirty months."}, pages=3)
SCAN = scanned(PAGES, dpi=72)
QUESTION = "How long does the guarantee last?"
NOT_FOUND = "<think>nothing</think><answer></answer><not_found/>"


class SlowEye:
    """Reads one word of each picture, after some time, and counts."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.looks = 0
        self.begun = threading.Event()
        self._seconds = seconds

    def read(self, image: Image.Image, *, quick: bool = False) -> Sequence[TextLine]:
        self.looks += quick
        self.begun.set()
        time.sleep(self._seconds)
        return [TextLine("word", Box(0, 0, image.width, image.height), 1.0)]


async def surveyed(
    data: bytes,
    eye: SlowEye | None,
    store: ImageStore,
    *,
    looks: int = 100,
    seconds: float | None = None,
) -> Survey:
    maker = ViewMaker(store=store, limits=DEFAULT_LIMITS)
    with await hold_document(data, maker=maker) as document:
        surveyor = Surveyor(maker, eye=eye)
        return await surveyor.survey(document, max_quick_looks=looks, seconds=seconds)


async def test_a_survey_ends_when_its_time_does_and_says_what_it_left(
    monkeypatch: pytest.MonkeyPatch,
):
    store, eye = MemoryStore(), SlowEye()
    # each look takes ten seconds, and nothing else any time
    clock = SimpleNamespace(monotonic=lambda: 10.0 * eye.looks)
    monkeypatch.setattr("ergo_agent.documents.page_texts.time", clock)
    survey = await surveyed(SCAN, eye, store, seconds=9)
    assert (survey.by("quick_look"), survey.by("none")) == ("1", "2-3")
    assert survey.notes() == ("page 2-3: not read: the time that the survey may take was used up",)
    again = SlowEye()
    later = await surveyed(SCAN, again, store)
    assert later.by("quick_look") == "1-3"
    assert again.looks == 2


async def test_without_time_no_layer_is_believed_unseen():
    data = bytes(digital(PAGES).output())
    survey = await surveyed(data, SlowEye(), MemoryStore(), seconds=1e-9)
    assert survey.by("none") == "1-3"


async def test_two_surveys_of_one_document_share_the_work():
    store, eye = MemoryStore(), SlowEye(0.05)
    one, two = await asyncio.gather(surveyed(SCAN, eye, store), surveyed(SCAN, eye, store))
    assert one.by("quick_look") == two.by("quick_look") == "1-3"
    assert eye.looks == 3


def test_so_do_two_in_threads_of_their_own():
    store, eye = MemoryStore(), SlowEye(0.05)

    def survey(_: int) -> Survey:
        return asyncio.run(surveyed(SCAN, eye, store))

    with ThreadPoolExecutor(2) as threads:
        assert [found.by("quick_look") for found in threads.map(survey, range(2))] == ["1-3"] * 2
    assert eye.looks == 3


async def test_a_survey_that_is_cancelled_does_not_keep_the_next_one_waiting():
    store, eye = MemoryStore(), SlowEye(0.2)
    first = asyncio.create_task(surveyed(SCAN, eye, store))
    await asyncio.to_thread(eye.begun.wait)
    first.cancel()
    survey = await asyncio.wait_for(surveyed(SCAN, SlowEye(), store), timeout=20)
    assert survey.by("quick_look") == "1-3"


def asked(data: object, store: ImageStore, **settings: Any) -> VisionAnswer:
    graph = create_document_graph(
        policy=scripted(NOT_FOUND), settings=VisionSettings(**settings), store=store
    )
    given = {"document": data, "question": QUESTION}
    return VisionAnswer.model_validate(graph.invoke(given)["result"])


async def test_the_finder_reads_no_page_that_the_survey_was_not_to_read():
    store = MemoryStore()
    result = await asyncio.to_thread(asked, SCAN, store, max_quick_looks=1, max_pages=1)
    assert result.document is not None
    assert (result.document.quick_look, result.document.unread) == ("1", "2-3")
    kept = await surveyed(SCAN, SlowEye(), store, looks=0)
    assert kept.by("quick_look") == "1"


def test_a_deadline_ends_the_survey_too():
    result = asked(SCAN, MemoryStore(), deadline=0.01)
    assert result.document is not None
    assert (result.answer, result.stop_reason) == (None, "deadline")
    assert any("the time that the survey may take" in note for note in result.document.notes)


async def test_five_thousand_pages_with_a_broken_one():
    pages = [[f"Section {n} of the manual."] for n in range(1, 5001)]
    data = with_bad_page(pages, bad=2500, content=b"BT /F1 12 Tf (never closed")
    survey = await surveyed(data, None, MemoryStore(), looks=3)
    assert survey.by("text_layer") == "1-2499, 2501-5000"
    assert survey.by("none") == "2500"
    assert survey.pages[4322].text == "Section 4322 of the manual."
