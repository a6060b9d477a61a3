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


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def receipt(size: Size) -> Pixels:
    page = open_original(write_form("receipt", seed=1))
    view = page.shown(Region.whole(page.size), size)
    return np.ascontiguousarray(np.asarray(view)[:, :, ::-1])


def texts(engine: Engine, image: Pixels) -> list[str]:
    return [line.text for line in engine.read(image, engine.find(image))]


def test_lines_come_in_rapidocrs_order_with_its_words(engine: Engine):
    pixels = receipt(Size(588, 840))
    settings = {**SETTINGS, "Global.text_score": 0.0, "Global.use_cls": False}
    plain = RapidOCR(params=settings)(pixels)
    quads = engine.find(pixels)
    ours = engine.read(pixels, quads)
    assert len(plain.txts) > 15
    assert [line.text for line in ours] == list(plain.txts)
    assert np.allclose(quads, plain.boxes)
    assert np.allclose([line.score for line in ours], plain.scores, atol=0.02)  # of more letters
    for line, quad, words in zip(ours, quads, plain.word_results, strict=True):
        left, width = quad[:, 0].min(), np.ptp(quad[:, 0])
        assert [word for word, _, _ in line.words] == [word for word, _, _ in words]
        for (_, begin, end), (_, _, corners) in zip(line.words, words, strict=True):
            at = np.array(corners)[:, 0]
            assert np.allclose(left + width * np.array([begin, end]), [at.min(), at.max()], atol=3)


def test_large_type_is_found_in_a_smaller_picture_and_read_from_the_large_one(engine: Engine):
    pixels = receipt(Size(1764, 2520))
    whole, reduced = engine.find(pixels), engine.find(pixels, scale=0.6)
    said = [Counter(line.text for line in engine.read(pixels, quads)) for quads in (whole, reduced)]
    assert (said[0] & said[1]).total() >= 0.9 * said[0].total()


@pytest.mark.parametrize(("said", "read"), [("6.5   l", "6.5 l"), ("6.50   1", "6.50 1")])
def test_a_cell_with_litres_ends_with_the_letter(engine: Engine, said: str, read: str):
    font = ImageFont.load_default(32)
    cell = Image.new("RGB", (round(font.getlength(said)) + 64, 64), "white")
    ImageDraw.Draw(cell).text((32, 10), said, fill="black", font=font)
    line = engine.recognise(np.ascontiguousarray(np.asarray(cell)[:, :, ::-1]))
    assert line.text == read  # the model itself reads a 1 in both
    assert " ".join(word for word, _, _ in line.words) == read


def test_a_blank_view_has_no_lines(engine: Engine):
    blank = np.full((200, 300, 3), 255, np.uint8)
    assert texts(engine, blank) == []


@pytest.mark.parametrize("size", [(1200, 60), (600, 60), (500, 300), (200, 700)])
def test_a_view_of_any_shape_is_read_at_its_place(engine: Engine, size: tuple[int, int]):
    view = Image.new("RGB", size, "white")
    font = ImageFont.load_default(24)
    ImageDraw.Draw(view).text((20, 20), "KX-193", fill="black", font=font)
    pixels = np.ascontiguousarray(np.asarray(view)[:, :, ::-1])
    quick = QuickEngine(engine)
    quads = quick.find(pixels)
    assert [line.text for line in quick.read(pixels, quads) if line.text] == ["KX-193"]
    left, top, right, bottom = ImageDraw.Draw(view).textbbox((20, 20), "KX-193", font=font)
    assert np.allclose(quads[0].min(axis=0), (left, top), atol=12)
    assert np.allclose(quads[0].max(axis=0), (right, bottom), atol=12)


class CountingEngine(Engine):
    def __init__(self) -> None:
        super().__init__()
        self.again: list[str] = []

    def recognise(self, line: Pixels) -> RecognisedLine:
        found = super().recognise(line)
        self.again.append(found.text)
        return found


def test_the_quick_way_finds_the_same_lines_and_nearly_the_same_words(engine: Engine):
    pixels = receipt(Size(588, 840))
    engines = engine, QuickEngine(engine)
    middles = [{tuple(quad.mean(axis=0) // 6) for quad in each.find(pixels)} for each in engines]
    assert len(middles[0] & middles[1]) > 0.6 * len(middles[0])  # in the pixels of the same view
    said = [Counter(" ".join(texts(each, pixels)).split()) for each in engines]
    assert (said[0] & said[1]).total() >= 0.9 * said[0].total()


def test_only_lines_that_the_quick_way_is_unsure_of_are_read_again():
    exact, pixels = CountingEngine(), receipt(Size(448, 644))
    quick = QuickEngine(exact)
    read = quick.read(pixels, quick.find(pixels))
    assert 0 < len(exact.again) < 0.75 * len(read)
    assert all(line.score >= 0.93 or line.text in exact.again for line in read)
