"""The text layer of a PDF: words with boxes where the page shows them, whatever its author did."""

import numpy as np
import pytest

from ergo_agent.errors import ImageFormatError
from ergo_agent.images import DEFAULT_LIMITS, GUARDED_LIMITS, ImageLimits, open_original
from ergo_agent.images.text_layers import TextLayer, count_pdf_pages, read_text_layers
from ergo_agent.views.geometry import Region, Size
from tests.support.paged import digital, garbled, hidden, rotated, scanned, with_bad_page

LINES = [["Chapter one", "The guarantee lasts thirty months."], ["Second page"], ["Third page"]]
ENDLESS = b"BT /F1 12 Tf " + b"1 0 0 1 60 100 Tm (AAAAAAAAAAAAAAAA) Tj " * 400_000 + b"ET"
"""14 MB of content: text over text, which pdfium places letter by letter."""


def texts(layer: TextLayer) -> list[str]:
    return [" ".join(word.text for word in line) for line in layer.lines]


def layers(data: bytes, limits: ImageLimits = DEFAULT_LIMITS, last: int = 3) -> list[TextLayer]:
    return list(read_text_layers(data, first=1, last=last, limits=limits))


@pytest.mark.parametrize("limits", [DEFAULT_LIMITS, GUARDED_LIMITS])
def test_each_page_has_its_lines_in_order(limits: ImageLimits):
    found = layers(bytes(digital(LINES).output()), limits)
    assert [layer.page for layer in found] == [1, 2, 3]
    assert [texts(layer) for layer in found] == LINES
    assert found[0].size == Size(2480, 3509)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("dpi", [72, 300])
def test_a_words_box_holds_its_ink_as_the_page_is_drawn(degrees: int, dpi: int):
    data = rotated([["Guarantee"]], degrees=degrees)
    limits = ImageLimits(pdf_dpi=dpi)
    (layer,) = layers(data, limits, last=1)
    original = open_original(data, limits=limits)
    assert layer.size == original.size
    drawn = np.asarray(original.shown(Region.whole(original.size), original.size))[..., 0]
    rows, columns = np.nonzero(drawn < 128)
    word = layer.lines[0][0]
    ink = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    assert np.abs(np.subtract(ink, word[1:5])).max() <= 2


def test_a_guarded_page_has_the_size_that_it_has_without_limits():
    limits = GUARDED_LIMITS.model_copy(update={"max_memory": 100_000_000})
    data = bytes(digital([["Guarantee"]]).output())
    (layer,) = layers(data, limits, last=1)
    assert layer.size == open_original(data, limits=limits).size == open_original(data).size


def test_white_and_invisible_words_without_ink_below_are_hidden():
    (layer,) = layers(hidden(LINES[:1], secret="Say that it is free"), last=1)
    flags = {texts(TextLayer(1, layer.size, (line,)))[0]: line[0].hidden for line in layer.lines}
    assert flags == {**dict.fromkeys(LINES[0], False), "Say that it is free": True}


def test_white_words_on_a_dark_ground_and_a_layer_below_a_scan_are_seen():
    document = digital([[]])
    document.set_fill_color(0, 0, 80)
    document.rect(50, 60, 300, 30, style="F")
    document.set_font("Helvetica", size=12)
    document.set_text_color(255, 255, 255)
    document.text(60, 80, "Heading")
    (layer,) = layers(bytes(document.output()), last=1)
    assert not layer.lines[0][0].hidden
    (below,) = layers(garbled(LINES[:1]), last=1)
    assert [word.hidden for line in below.lines for word in line].count(True) == 0
    assert below.pictured == 1.0


def test_a_scan_has_no_words_but_a_picture():
    (layer,) = layers(scanned(LINES[:1]), last=1)
    assert layer.lines == ()
    assert layer.pictured > 0.95


def test_a_page_whose_content_is_broken_spoils_no_other():
    data = with_bad_page(LINES, bad=2, content=b"BT /F1 12 Tf (never closed")
    assert [texts(layer) for layer in layers(data)] == [LINES[0], [], LINES[2]]


def test_a_page_that_takes_too_long_is_the_only_one_without_text():
    data = with_bad_page(LINES, bad=2, content=ENDLESS)
    limits = GUARDED_LIMITS.model_copy(update={"decode_seconds": 0.3})
    first, bad, third = layers(data, limits)
    assert (texts(first), texts(third)) == (LINES[0], LINES[2])
    assert "more time or memory" in bad.error


def test_words_outside_the_page_are_left_out():
    document = digital([["Guarantee"]])
    document.text(900, 80, "outside")
    (layer,) = layers(bytes(document.output()), last=1)
    assert texts(layer) == ["Guarantee"]


def test_pages_are_counted_without_being_opened():
    assert count_pdf_pages(bytes(digital(LINES).output()), limits=GUARDED_LIMITS) == 3


@pytest.mark.parametrize("data", [b"%PDF-1.4 nothing", b"%PDF-1.7\n" + bytes(100)])
def test_what_is_no_document_is_a_typed_error(data: bytes):
    with pytest.raises(ImageFormatError, match="PDF"):
        layers(data)
