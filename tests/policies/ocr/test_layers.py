"""A text layer in place of pixels: what is read of it, and when it is not believed."""

import hashlib
import io
from collections.abc import Iterator
from typing import Any

import pytest
from fpdf import FPDF
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from PIL import Image, ImageDraw

from ergo_agent import VisionAnswer, ask, create_vision_graph
from ergo_agent.episode.moves import Answer
from ergo_agent.images import DEFAULT_LIMITS, ImageLimits, MemoryStore, open_original
from ergo_agent.images.shown_layers import ShownLayer
from ergo_agent.images.text_layers import TextLayer, read_text_layers
from ergo_agent.policies.ocr import ChatOcr
from ergo_agent.policies.ocr.layer import lines_shown, pieces_of
from ergo_agent.policies.ocr.unexplained import unexplained
from ergo_agent.views.geometry import Region, Size, ViewMap
from tests.support.drawn import Sheet
from tests.support.paged import digital, garbled, manual, rotated

FACT = "The guarantee lasts thirty months from the day of purchase."
PAGES = manual({2: FACT}, pages=2)
QUESTION = "How long does the guarantee last?"


def layer_of(data: bytes, page: int = 1) -> TextLayer:
    return next(iter(read_text_layers(data, first=page, last=page, limits=DEFAULT_LIMITS)))


def whole(layer: TextLayer, scale: float = 1.0) -> ViewMap:
    size = layer.size
    return ViewMap(Region.whole(size), Size(round(size.width * scale), round(size.height * scale)))


def texts(layer: TextLayer, place: ViewMap | None = None) -> list[str]:
    pieces = pieces_of(layer)
    assert pieces is not None
    return [line.text for line in lines_shown(pieces, place or whole(layer))]


def test_a_line_is_parted_where_it_has_a_wide_gap_and_nowhere_else():
    document = FPDF(unit="pt")
    document.add_page(format=(595, 842))
    document.set_font("Helvetica", size=12)
    for left, text in ((60, "Total due:"), (300, "1,328.30"), (420, "see page 7")):
        document.text(left, 100, text)
    document.text(60, 130, "The lid")
    document.set_font("Helvetica", "B", size=12)
    document.text(60 + 45, 130, "must be shut")
    found = texts(layer_of(bytes(document.output())))
    assert found == ["Total due:", "1,328.30", "see page 7", "The lid must be shut"]


def test_boxes_are_as_high_as_their_type_whatever_letters_stand_there():
    document = FPDF(unit="pt")
    document.add_page(format=(595, 842))
    document.set_font("Times", size=20)
    for row, text in enumerate(("Agpq", "nose", "HILL", "- -", "gap,")):
        document.text(60, 100 + 60 * row, text)
    pieces = pieces_of(layer_of(bytes(document.output())))
    assert pieces is not None
    point = 300 / 72
    for row, piece in enumerate(sorted(pieces, key=lambda piece: piece.box.top)):
        base = (100 + 60 * row) * point
        assert piece.box.top == pytest.approx(base - 0.92 * 20 * point, abs=10)
        assert piece.box.bottom == pytest.approx(base + 0.38 * 20 * point, abs=10)


def test_a_view_shows_its_own_words_and_the_part_of_a_line_that_it_cuts():
    layer = layer_of(bytes(digital(PAGES).output()), 2)
    line = next(each for each in layer.lines if each[0].text == "The" and "guarantee" in str(each))
    left, right = round(line[1].left) - 5, round(line[3].right) + 5
    top, bottom = round(line[0].top) - 30, round(line[0].bottom) + 30
    region = Region(left=left, top=top, right=right, bottom=bottom)
    half = Size((right - left) // 2, (bottom - top) // 2)
    (shown,) = lines_shown(pieces_of(layer) or [], ViewMap(region, half))
    assert shown.text == "guarantee lasts thirty"
    assert shown.box.left == 0
    assert shown.box.right == pytest.approx(half.width, abs=1)
    assert [word.text for word in shown.words] == shown.text.split()
    assert shown.words[0].left == pytest.approx(2.5, abs=0.5)


def test_a_page_that_is_read_downwards_is_left_to_its_pixels():
    assert pieces_of(layer_of(rotated(PAGES, degrees=90))) is None


def test_what_no_layer_explains_is_found():
    sheet = Sheet(800, 600)
    for row in range(6):
        sheet.put("Every line of this page stands in its layer", 60, 60 + 40 * row)
    page = sheet.image(1.0)
    lines = tuple(sheet.lines)
    assert unexplained(page, lines) == []
    pen = ImageDraw.Draw(page)
    pen.rectangle((500, 420, 760, 560), outline="black", width=3)  # a frame is no writing
    assert unexplained(page, lines) == []
    sheet.put("Paid in full on 3 May", 100, 500)
    (part,) = unexplained(sheet.image(1.0), lines)
    assert part.left < 105
    assert part.top < 500 < part.bottom


def answered(data: bytes, question: str = QUESTION, **settings: Any) -> VisionAnswer:
    return ask(data, question, policy="ocr", store=MemoryStore(), **settings)


def test_the_result_says_that_the_layer_was_read():
    result = answered(bytes(digital(PAGES).output()))
    (found,) = result.evidence
    assert (result.answer, found.read_from, found.page) == ("thirty months", "text_layer", 2)
    assert [view.is_coarse for view in result.views] == [True, False]


def test_a_picture_of_text_is_read_from_its_pixels():
    document = digital(PAGES)
    picture = Image.new("RGB", (1200, 120), "white")
    sheet = Sheet(600, 60)
    sheet.put("Serial number: KX-4471-B", 10, 20)
    picture.paste(sheet.image(2.0))
    document.page = 2
    document.image(picture, 60, 500, 400, 40)
    result = answered(bytes(document.output()), "What is the serial number?", pages="1-2")
    assert result.answer == "KX-4471-B"


def lying(data: bytes, *, first: int, last: int, limits: ImageLimits) -> Iterator[TextLayer]:
    """Layers that say another number than the page shows."""
    for layer in read_text_layers(data, first=first, last=last, limits=limits):
        lines = [
            tuple(word._replace(text=word.text.replace("thirty", "ninety")) for word in line)
            for line in layer.lines
        ]
        yield layer._replace(lines=tuple(lines))


def test_an_answer_that_the_pixels_do_not_show_is_read_from_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ergo_agent.documents.page_layers.read_text_layers", lying)
    result = answered(bytes(digital(PAGES).output()))
    (found,) = result.evidence
    assert (result.answer, found.read_from) == ("thirty months", "pixels")


def test_a_check_reads_pixels():
    result = answered(bytes(digital(PAGES).output()), verify=True)
    assert result.verified is True
    (check,) = (turn.move for turn in result.turns if turn.check)
    assert isinstance(check, Answer)
    assert check.read_from == "pixels"


@pytest.mark.parametrize("page", [None, 2])
def test_the_layer_of_one_page_is_read_where_the_pixels_say_the_same(page: int | None):
    pages = PAGES if page else PAGES[1:]
    for data, source in (
        (bytes(digital(pages).output()), "text_layer"),
        (garbled(pages), "pixels"),
    ):
        alone = answered(data, page=page)
        assert alone.answer == "thirty months"
        assert [found.read_from for found in alone.evidence] == [source]


def test_a_thread_that_goes_on_with_another_image_believes_that_one_anew():
    graph = create_vision_graph(policy="ocr", store=MemoryStore(), checkpointer=InMemorySaver())
    thread: RunnableConfig = {"configurable": {"thread_id": "one"}}
    born_digital = bytes(digital(PAGES[1:]).output())
    for data, trusted in ((born_digital, True), (garbled(PAGES[1:]), False)):
        graph.invoke({"image": data, "question": QUESTION}, thread)
        assert graph.get_state(thread).values["trusted_layer"] is trusted


def test_a_view_of_another_page_has_no_layer():
    data = bytes(digital(PAGES).output())
    layer = layer_of(data)
    original = open_original(data)
    buffer = io.BytesIO()
    original.shown(Region.whole(original.size), Size(300, 424)).save(buffer, "PNG")
    digest = f"sha256:{hashlib.sha256(buffer.getvalue()).hexdigest()}"
    shown = ShownLayer(layer, [])
    assert shown.map_of(digest) is None
    assert repr(shown) == "<text layer of page 1, in 0 view(s)>"


class Counting(MemoryStore):
    """Counts how often its bytes are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def get(self, digest: str) -> bytes:
        self.asked += 1
        return super().get(digest)


def test_a_picture_is_not_fetched_again_to_look_for_a_layer(monkeypatch: pytest.MonkeyPatch):
    picture = Sheet(800, 600).image(1.0)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    counts = []
    for takes_layer in (True, False):
        monkeypatch.setattr(ChatOcr, "takes_layer", takes_layer)
        store = Counting()
        ask(buffer.getvalue(), QUESTION, policy="ocr", store=store)
        counts.append(store.asked)
    assert counts[0] == counts[1]
