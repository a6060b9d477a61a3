"""Lines recognised side by side are what RapidOCR reads one after the other; the quick way."""

from collections import Counter

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from rapidocr import RapidOCR

from benchmarks.corpus.forms import write_form
from ergo_agent.images import open_original
from ergo_agent.policies.ocr.engine import (
    SETTINGS,
    Engine,
    Pixels,
    RecognisedLine,
)
from ergo_agent.policies.ocr.quick_engine import QuickEngine
from ergo_agent.views.geometry import Region, Size


def receipt(size: Size) -> Pixels:
    page = open_original(write_form("receipt", seed=1))
    view = page.shown(Region.whole(page.size), size)
    return np.ascontiguousarray(np.asarray(view)[:, :, ::-1])


def test_lines_come_in_rapidocrs_order_with_its_words():
    pixels = receipt(Size(588, 840))
    ours, plain = Engine()(pixels), RapidOCR(params=dict(SETTINGS))(pixels)
    assert len(plain.txts) > 15
    assert ours.txts == plain.txts
    assert ours.word_results == plain.word_results
    assert np.allclose(ours.boxes, plain.boxes)
    assert np.allclose(ours.scores, plain.scores, atol=1e-3)


def test_a_blank_view_has_no_lines():
    assert Engine()(np.full((200, 300, 3), 255, np.uint8)).txts is None


@pytest.mark.parametrize("size", [(1200, 60), (600, 60), (500, 300), (200, 700)])
def test_a_view_of_any_shape_is_read_at_its_place(size: tuple[int, int]):
    view = Image.new("RGB", size, "white")
    font = ImageFont.load_default(24)
    ImageDraw.Draw(view).text((20, 20), "KX-193", fill="black", font=font)
    read = QuickEngine(Engine())(np.ascontiguousarray(np.asarray(view)[:, :, ::-1]))
    assert [text for text in read.txts if text] == ["KX-193"]
    left, top, right, bottom = ImageDraw.Draw(view).textbbox((20, 20), "KX-193", font=font)
    corners = read.boxes[0].reshape(-1, 2)
    assert np.allclose(corners.min(axis=0), (left, top), atol=12)
    assert np.allclose(corners.max(axis=0), (right, bottom), atol=12)


class CountingEngine(Engine):
    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def recognise_line(self, line: Pixels) -> RecognisedLine:
        found = super().recognise_line(line)
        self.read.append(found.text)
        return found


def test_the_quick_way_finds_the_same_lines_and_nearly_the_same_words():
    pixels = receipt(Size(588, 840))
    exact, quick = Engine()(pixels), QuickEngine(Engine())(pixels)
    middles = [{tuple(box.mean(axis=0) // 6) for box in read.boxes} for read in (exact, quick)]
    assert len(middles[0] & middles[1]) > 0.6 * len(middles[0])  # in the pixels of the same view
    said = [Counter(" ".join(read.txts).split()) for read in (exact, quick)]
    assert (said[0] & said[1]).total() >= 0.9 * said[0].total()
    assert all(words for words in quick.word_results)


def test_only_lines_that_the_quick_way_is_unsure_of_are_read_again():
    exact = CountingEngine()
    read = QuickEngine(exact)(receipt(Size(448, 644)))
    assert 0 < len(exact.read) < 0.75 * len(read.txts)
    again = set(exact.read)
    assert all(
        score >= 0.93 or text in again for text, score in zip(read.txts, read.scores, strict=True)
    )
