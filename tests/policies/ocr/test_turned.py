"""Pages that lie on their side, stand on their head or are slanted; text written upwards."""

import io
import math
import random

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from ergo_agent import ask
from ergo_agent.layout.page import understand
from ergo_agent.layout.text import Box
from ergo_agent.policies.ocr import create_ocr_policy
from ergo_agent.policies.ocr.reader import ViewReader
from ergo_agent.policies.ocr.turn import Turn
from tests.support.drawn import NAMES, Sheet, prose

READER = ViewReader()
POLICY = create_ocr_policy()


def form(seed: int) -> tuple[Sheet, str]:
    """A form of five labels with their values, and the value of the member number."""
    chosen = random.Random(seed)
    sheet = Sheet(700, 1000)
    sheet.put(f"{chosen.choice(NAMES)} Library", 60, 50, 30)
    number = f"{chosen.choice('KLMW')}{chosen.choice('BDFR')}-{chosen.randint(1000, 9999)}"
    labels = ["Member number", "Joined on", "Branch", "Telephone", "Yearly fee"]
    values = [number, "3 May 2021", chosen.choice(NAMES), "0113 496 0755", "14.50"]
    for at, (label, value) in enumerate(zip(labels, values, strict=True)):
        sheet.put(f"{label}:", 60, 130 + 36 * at, 18)
        sheet.put(value, 300, 130 + 36 * at, 18)
    sheet.write(prose(seed, 6), 60, 380, 560, 15)
    return sheet, number


def png(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


@pytest.mark.parametrize(("quarters", "seed"), [(0, 1), (1, 2), (2, 3), (3, 4)])
def test_a_turned_page_is_answered_and_the_region_holds_the_word(quarters: int, seed: int):
    sheet, number = form(seed)
    image = sheet.image(2.0).rotate(90 * quarters, expand=True)
    answer = ask(png(image), "What is the member number?", policy=POLICY, view_budget=640)
    assert answer.answer is not None
    assert number in answer.answer
    assert len(answer.views) > 1
    word = next(line.box for line in sheet.lines if line.text == number)
    upright = Box(*(2 * edge for edge in word))
    width, height = image.size
    turned = Turn(-quarters % 4).to_view(upright, width, height)
    region = Box(*map(float, answer.evidence[0].region.as_tuple()))
    assert turned.share_inside(region) > 0.85  # the ends of words are known to half a letter
    assert region.height * region.width < 12 * turned.height * turned.width


@pytest.mark.parametrize("degrees", [-8.0, -3.0, 2.0, 6.5, 94.0])
def test_a_slanted_page_is_read_level_and_its_boxes_come_back(degrees: float):
    sheet, number = form(7)
    image = sheet.image(1.4).rotate(degrees, expand=True, fillcolor="white", resample=3)
    seen = READER.look(image, quick=True)
    off = math.remainder(math.degrees(seen.turn.slant) + 90 * -seen.turn.quarters + degrees, 360)
    assert abs(off) < 0.3 or abs(abs(off) - 180) < 0.3
    pairs = {(pair.label.text, pair.text) for pair in understand(seen.lines).pairs}
    assert ("Member number:", number) in pairs
    line = next(line for line in seen.lines if line.text == number)
    word = next(line.box for line in sheet.lines if line.text == number)
    back = seen.turn.to_view(line.box, *image.size)
    middle = np.array([word.middle_across - 350, word.middle - 500]) * 1.4
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    x, y = turn @ middle + np.array(image.size) / 2
    assert back.left < x < back.right
    assert back.top < y < back.bottom
    assert math.isclose(back.middle_across, x, abs_tol=6)
    assert math.isclose(back.middle, y, abs_tol=6)


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("slant", [0.0, 0.1, -0.05])
def test_a_box_survives_the_way_into_the_reading_frame_and_back(quarters: int, slant: float):
    turn, width, height = Turn(quarters, slant), 640.0, 480.0
    place = Box(310.0, 120.0, 330.0, 128.0)
    left, top = turn.corner(place, width, height)
    across, down = (place.width, place.height) if quarters % 2 == 0 else (place.height, place.width)
    corners = turn.level(np.array([(0, 0), (across, 0), (across, down), (0, down)]))
    x, y = (corners + np.array([left, top])).T
    back = turn.to_view(Box(x.min(), y.min(), x.max(), y.max()), width, height)
    assert place.share_inside(back.padded(0.01, 0.01)) == pytest.approx(1)
    if slant == 0:
        assert np.allclose(back, place, atol=1e-3)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_pdf_page_that_says_it_is_turned(rotation: int):
    sheet, number = form(rotation)
    data = io.BytesIO()
    sheet.image(2.0).save(data, "PDF", resolution=144)
    document = pypdfium2.PdfDocument(data.getvalue())
    document[0].set_rotation(rotation)
    turned = io.BytesIO()
    document.save(turned)
    answer = ask(turned.getvalue(), "What is the member number?", policy=POLICY)
    assert answer.answer is not None
    assert number in answer.answer


def upward(label: str, *, quarters: int) -> Image.Image:
    """A drawing with a title that runs across and a label that does not."""
    image = Image.new("RGB", (700, 600), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(20)
    for at, text in enumerate(("Pump house, ground floor", "Scale 1:50, all lengths in mm")):
        pen.text((60, 40 + 40 * at), text, fill="black", font=font)
    tile = Image.new("RGB", (round(font.getlength(label)) + 8, 30), "white")
    ImageDraw.Draw(tile).text((4, 2), label, fill="black", font=font)
    image.paste(tile.rotate(90 * quarters, expand=True), (400, 200))
    return image


@pytest.mark.parametrize("quarters", [1, 3])
def test_text_written_upwards_or_downwards_in_a_drawing_is_read(quarters: int):
    image = upward("Cable duct K-418", quarters=quarters)
    for quick in (True, False):
        seen = READER.look(image, quick=quick)
        assert seen.turn == Turn()
        line = next(line for line in seen.lines if line.turned)
        assert line.text == "Cable duct K-418"
        assert abs(line.height - 24) < 10
    found = understand(seen.lines)
    assert "Cable duct K-418" in [paragraph.text for paragraph in found.paragraphs]


@pytest.mark.parametrize("digit", ["1", "7"])
def test_a_lone_narrow_letter_is_not_laid_on_its_side(digit: str):
    sheet = Sheet(600, 300)
    for at, text in enumerate(
        ("Number of pallets", "Gross weight of the load", "Protection class")
    ):
        sheet.put(text, 40, 40 + 50 * at, 22)
        sheet.put(digit, 420, 40 + 50 * at, 22)
    read = [line.text for line in READER.read(sheet.image())]
    assert read.count(digit) >= 2
