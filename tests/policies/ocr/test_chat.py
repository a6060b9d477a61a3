"""The embedded policy on real images, read for real."""

import base64
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage
from PIL import Image, ImageDraw, ImageFont

from benchmarks.corpus.forms import write_form
from ergo_agent import ask
from ergo_agent.dialects.reader import ReadingDialect
from ergo_agent.episode.moves import Answer, Zoom
from ergo_agent.errors import PolicyError
from ergo_agent.images import open_original
from ergo_agent.layout.text import Box, TextLine
from ergo_agent.policies.ocr import ChatOcr, create_ocr_policy
from ergo_agent.policies.ocr.merge import ReadView, merged
from ergo_agent.policies.ocr.models import SentenceEncoder
from ergo_agent.policies.ocr.reader import Reading, ViewReader
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import View

MODEL = ChatOcr()
DIALECT = ReadingDialect()


def _page(scale: int = 1) -> Image.Image:
    page = Image.new("RGB", (700 * scale, 400 * scale), "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(22 * scale)
    for row, text in enumerate(("Serial number: KX-193", "Colour of the case: grey")):
        pen.text((40 * scale, (60 + 80 * row) * scale), text, fill="black", font=font)
    return page


def _block(image: Image.Image) -> dict[str, object]:
    data = io.BytesIO()
    image.save(data, "PNG")
    url = "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()
    return {"type": "image_url", "image_url": {"url": url}}


def _view(number: int, region: Region, shown: Size, original: Size) -> View:
    parent = None if number == 1 else 1
    return View(number=number, region=region, shown=shown, original=original, parent=parent)


def _said(message: HumanMessage) -> str:
    return str(MODEL.invoke([message]).text)


def test_a_page_at_full_resolution_is_answered_at_once_with_its_place():
    page = _page()
    size = Size(*page.size)
    view = _view(1, Region.whole(size), size, size)
    text = DIALECT.ask("What is the serial number?", [view], stage="observe")
    move = DIALECT.parse(
        _said(HumanMessage([_block(page), {"type": "text", "text": text}])), [view]
    )
    assert isinstance(move, Answer)
    assert move.text == "KX-193"
    box = move.boxes[0].box
    assert 150 < box.left < 320
    assert 50 < box.top < box.bottom < 105


def test_a_reduced_page_is_looked_at_closer_first_and_answered_when_asked_to():
    page = _page(3)
    original, shown = Size(*page.size), Size(700, 400)
    view = _view(1, Region.whole(original), shown, original)
    small = page.resize(shown, Image.Resampling.BICUBIC)
    for stage, kind in (("observe", Zoom), ("last", Answer)):
        text = DIALECT.ask("What is the serial number?", [view], stage=stage)  # type: ignore[arg-type]
        said = _said(HumanMessage([_block(small), {"type": "text", "text": text}]))
        move = DIALECT.parse(said, [view])
        assert isinstance(move, kind)
        if isinstance(move, Zoom):
            box = move.boxes[0].box
            assert box.left < 190
            assert box.right > 260
            assert box.top < 70 < box.bottom


def test_a_question_that_needs_eyes_says_what_to_attach():
    reply = _said(HumanMessage([_block(_page()), {"type": "text", "text": "Who is in the photo?"}]))
    assert "<not_found/>" in reply
    assert "vision-language policy" in reply


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("Summarise this page.", "only quotes"),
        ("How many words are on this page?", "asks to count"),
        ("Which box is ticked?", "asks for a mark"),
    ],
)
def test_what_reading_cannot_answer_is_refused_with_the_reason(question: str, why: str):
    reply = _said(HumanMessage([_block(_page()), {"type": "text", "text": question}]))
    assert "<not_found/>" in reply
    assert why in reply


def test_an_answer_comes_with_its_confidence_and_the_passage_around_it():
    page = _page()
    size = Size(*page.size)
    message = HumanMessage([_block(page), {"type": "text", "text": "What is the serial number?"}])
    move = DIALECT.read(MODEL.invoke([message]), [_view(1, Region.whole(size), size, size)])
    assert isinstance(move, Answer)
    assert move.text == "KX-193"
    assert move.confidence is not None
    assert 0.5 < move.confidence <= 1
    assert "KX-193" in move.quote
    assert len(move.quote) > len("KX-193")


def test_what_ask_gives_back_has_confidence_and_quote():
    page = io.BytesIO()
    _page(2).save(page, "PNG")
    answer = ask(page.getvalue(), "What is the serial number?", policy="ocr")
    assert answer.answer == "KX-193"
    assert answer.confidence is not None
    assert 0.5 < answer.confidence <= 1
    assert "Serial number" in answer.evidence[0].text
    assert answer.evidence[0].region.size.width < 400


def test_below_the_threshold_it_says_what_came_nearest():
    strict = ChatOcr(reader=MODEL.reader, threshold=1.0)
    message = HumanMessage(
        [_block(_page()), {"type": "text", "text": "What is the serial number?"}]
    )
    reply = strict.invoke([message]).text
    assert "<not_found/>" in reply
    assert 'What comes nearest is "KX-193"' in reply


def test_a_plain_question_and_a_langchain_image_block_work():
    data = _block(_page())["image_url"]["url"].partition(",")[2]  # type: ignore[index]
    image = {"type": "image", "base64": data, "mime_type": "image/png"}
    reply = _said(HumanMessage([image, {"type": "text", "text": "What is the serial number?"}]))
    assert "KX-193" in reply


async def test_it_answers_without_blocking_the_event_loop():
    message = HumanMessage(
        [_block(_page()), {"type": "text", "text": "What is the serial number?"}]
    )
    assert "KX-193" in (await MODEL.ainvoke([message])).text


@pytest.mark.parametrize(
    ("url", "match"),
    [
        ("https://example.org/a.png", "uses no network"),
        ("data:image/png;base64,???", "base64"),
        ("data:image/png;base64,aGVsbG8=", "no image"),
    ],
)
def test_images_it_cannot_use_are_policy_errors(url: str, match: str):
    block = {"type": "image_url", "image_url": {"url": url}}
    with pytest.raises(PolicyError, match=match):
        MODEL.invoke([HumanMessage([block, {"type": "text", "text": "What?"}])])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=300))
def test_no_question_makes_it_fail(text: str):
    message = HumanMessage([_block(_page()), {"type": "text", "text": text}])
    assert _said(message).startswith("<think>")


def test_each_view_is_read_once():
    reader = ViewReader()
    first = reader.read(_page(), key="a")
    assert [line.text for line in first] == ["Serial number: KX-193", "Colour of the case: grey"]
    assert reader.read(Image.new("RGB", (700, 400)), key="a") is first


def test_a_view_read_exactly_is_not_read_again_quickly():
    reader = ViewReader()
    quick = reader.read(_page(), key="a", quick=True)
    assert reader.read(_page(), key="a", quick=True) is quick
    exact = reader.read(_page(), key="a")
    assert reader.read(_page(), key="a", quick=True) is exact


def test_a_coarse_view_is_read_quickly_unless_it_is_all_that_is_shown(
    monkeypatch: pytest.MonkeyPatch,
):
    ways: list[bool] = []
    look = ViewReader.look

    def noted(
        self: ViewReader,
        image: Image.Image,
        *,
        key: str,
        quick: bool = False,
        **known: Any,
    ) -> Reading:
        ways.append(quick)
        return look(self, image, key=key, quick=quick, **known)

    monkeypatch.setattr(ViewReader, "look", noted)
    original = open_original(write_form("receipt", seed=1))  # as a picture: it has no text layer
    page = original.shown(Region.whole(original.size), original.size)
    ask(page, "What is the total?", policy=create_ocr_policy(), view_budget=640, max_zooms=0)
    assert ways == [False]
    ways.clear()
    found = ask(page, "What is the total?", policy=create_ocr_policy(), view_budget=640)
    assert len(found.turns) > 1
    shown = [len(turn.views) for turn in found.turns]
    assert ways == [
        way for turn in range(len(shown)) for way in (True, *[False] * sum(shown[1 : turn + 1]))
    ]


def test_tiny_and_blank_views_hold_no_text():
    reader = ViewReader()
    assert reader.read(Image.new("RGB", (8, 8), "white")) == ()
    assert reader.read(Image.new("RGB", (300, 300), "white")) == ()


def test_a_crop_replaces_what_the_coarse_view_showed_but_not_what_it_cuts():
    coarse = (
        TextLine("Serial numbar", Box(10, 10, 110, 20), 0.9),
        TextLine("A line that is cut", Box(10, 24, 150, 34), 0.9),
    )
    crop = (
        TextLine("Serial number", Box(20, 20, 220, 40), 0.99),
        TextLine("A line that", Box(20, 48, 239, 59), 0.99),
    )
    views = [
        ReadView(coarse, 200, 100, Box(0, 0, 200, 100), 0.25),
        ReadView(crop, 240, 60, Box(0, 0, 120, 30), 1.0),
    ]
    assert {line.text for line in merged(views)} == {"Serial number", "A line that is cut"}


def test_the_encoder_brings_words_of_like_meaning_together():
    encoder = SentenceEncoder()
    guarantee, warranty, table = encoder.encode(["guarantee", "warranty", "table"])
    assert np.isclose(np.linalg.norm(guarantee), 1.0, atol=1e-3)
    assert guarantee @ warranty > guarantee @ table
    assert encoder.encode([]).shape == (0, 384)


def test_a_whole_page_is_answered_coarse_to_fine_for_a_fraction_of_its_tokens():
    answer = ask(write_form("invoice", seed=1), "What is the invoice number?")
    assert answer.answer is not None
    assert "INV-968148" in answer.answer
    assert answer.stop_reason == "answered"
    assert answer.evidence
    assert len(answer.views) > 1
    assert answer.ledger.spent < 0.3 * answer.ledger.full_resolution


def test_a_small_image_is_answered_in_one_step():
    answer = ask(_page(), "What is the serial number?")
    assert answer.answer == "KX-193"
    assert answer.stop_reason == "answered"
    assert len(answer.views) == len(answer.turns) == 1
    assert answer.views[0].full_resolution


def test_type_that_vanishes_in_the_coarse_view_is_found_by_its_marks():
    page = Image.new("L", (6000, 4000), "white")
    pen = ImageDraw.Draw(page)
    pen.text((900, 400), "A yard in the north", 0, ImageFont.load_default(140))
    pen.rectangle((60, 60, 5940, 3940), outline=0, width=4)
    pen.text((4711, 2917), "Valve number: KX-4821", 0, ImageFont.load_default(13))
    answer = ask(page, "What is the valve number?")
    assert answer.answer == "KX-4821"
    assert answer.ledger.spent < 0.06 * answer.ledger.full_resolution
    (place,) = answer.evidence
    assert Region(left=4700, top=2900, right=4900, bottom=2950).contains(place.region)
