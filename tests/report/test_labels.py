"""Labels stand where they cover nothing that an answer was read in, and the least print."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from ergo_agent import VisionAnswer
from ergo_agent.images import open_original
from ergo_agent.layout.text import Box
from ergo_agent.report.boxes import page_boxes
from ergo_agent.report.drawing import draw_answer
from ergo_agent.report.labels import Corner, beside, label_corners, label_of, least_covering
from ergo_agent.report.pictures import picture_of
from ergo_agent.views.geometry import Region, Size
from tests.support.episodes import short_episode
from tests.support.pictures import save_picture

PAGE = Size(1000, 1000)
LINE = Box(400, 500, 600, 520)


def corners(*others: Box, proofs: tuple[Box, ...] = (LINE,)) -> list[str]:
    boxes = [("E1", LINE), *(("2", each) for each in others)]
    return [str(each) for each in label_corners(boxes, proofs, picture=PAGE)]


def test_a_label_stands_above_its_box_where_there_is_room():
    assert corners() == ["above left"]


@pytest.mark.parametrize(
    "box",
    [
        *(Box(left, 0, left + 200, 20) for left in (0, 400, 800)),
        *(Box(left, 980, left + 200, 1000) for left in (0, 400, 800)),
        Box(970, 500, 1000, 520),
        Box(0, 0, 1000, 500),
    ],
)
def test_a_label_stays_within_the_picture(box: Box):
    (corner,) = label_corners([("E1", box)], [box], picture=PAGE)
    for room in (336, 620):
        drawn = drawn_label(box, corner, 1000 / room)
        margin = 6 * 1000 / room  # of a box at the very edge, the frame too stands beyond it
        assert drawn.within(Box(-margin, 0, 1000 + margin, 1000)) == drawn


def drawn_label(box: Box, corner: Corner, scale: float, label: str = "E1") -> Box:
    """What a label covers of a picture of 1,000 x 1,000 of which a CSS pixel takes so many."""
    at = label_of(label, box.scaled(0.1, 0.1), corner)
    left, top = at.x * 10 + at.left * scale, at.y * 10 + at.top * scale
    return Box(left, top, left + at.width * scale, top + at.height * scale)


def test_a_label_of_the_whole_page_stands_above_it():
    whole = Box(0, 0, 1000, 1000)
    assert label_corners([("E1", whole)], [whole], picture=PAGE) == ["above left"]


def test_a_label_gives_way_to_what_was_read_and_to_other_labels():
    above = Box(400, 460, 500, 495)
    assert corners(proofs=(LINE, above)) == ["above right"]
    assert corners(proofs=(LINE, Box(300, 430, 700, 470))) == ["left"]
    assert corners(LINE) == ["above left", "above right"]  # a zoom of the same region


def test_whatever_the_boxes_a_label_lies_on_evidence_only_where_every_place_does():
    """Lines of text, each with a zoom around it: of a column of words with gaps there is room."""
    lines = [Box(100, top, 700, top + 10) for top in range(50, 950, 90)]
    zooms = [Box(80, line.top - 10, 720, line.bottom + 10) for line in lines]
    boxes = [*(("E1", line) for line in lines), *(("2", zoom) for zoom in zooms)]
    placed = label_corners(boxes, lines, picture=PAGE)
    for (label, box), corner in zip(boxes, placed, strict=True):
        place = drawn_label(box, corner, 1000 / 336, label)  # a phone shows the page so small
        assert [line for line in lines if place.overlap(line) > 0] == []


WORDS: dict[Corner, Box] = {
    "above left": Box(400, 430, 450, 490),
    "above right": Box(550, 430, 600, 490),
    "left": Box(320, 490, 380, 530),
    "right": Box(620, 490, 680, 530),
    "below left": Box(400, 540, 450, 590),
    "below right": Box(550, 540, 600, 590),
}
"""Print at each place of a label of `LINE`, which leaves the five others free."""


def printed(*places: Corner) -> Image.Image:
    """A page with a line of words, and others beside it, as stripes."""
    page = Image.new("L", PAGE, 245)
    pen = ImageDraw.Draw(page)
    for box in (LINE, *(WORDS[place] for place in places)):
        for left in range(round(box.left), round(box.right), 6):
            pen.rectangle((left, box.top, left + 2, box.bottom - 1), fill=30)
    return page


@pytest.mark.parametrize("free", WORDS)
def test_a_label_lies_on_no_words_where_there_is_an_emptier_place(free: str):
    page = printed(*(place for place in WORDS if place != free))
    (corner,) = label_corners([("E1", LINE)], [LINE], picture=PAGE, printed=page)
    assert corner == free
    for room in (336, 620):
        place = drawn_label(LINE, corner, 1000 / room)
        assert page.crop(tuple(map(round, place))).getextrema() == (245, 245)


def test_where_all_places_are_printed_on_the_one_with_the_least_is_taken():
    page = printed(*WORDS)
    ImageDraw.Draw(page).rectangle((610, 480, 700, 540), fill=200)  # a faint patch, and its edge
    assert label_corners([("E1", LINE)], [LINE], picture=PAGE, printed=page) == ["right"]


def test_what_was_read_is_kept_free_before_print_is():
    page = printed("above left", "above right", "left", "below left", "below right")
    right = WORDS["right"]
    (corner,) = label_corners([("E1", LINE)], [LINE, right], picture=PAGE, printed=page)
    assert corner != "right"


def test_the_rule_is_the_same_in_every_frame():
    """The places of a frame in pixels, as on a saved page: the only one that is free is taken."""
    for free, words in WORDS.items():
        page = printed(*(place for place in WORDS if place != free))
        places = beside(LINE, (30, 20), 4)
        best = least_covering(
            [[each] for each in places.values()], taken=[LINE], picture=PAGE, printed=page
        )
        assert list(places)[best] == free
        assert words.overlap(places[free]) > 0


def test_the_labels_of_a_report_see_what_is_printed_on_the_page(tmp_path: Path):
    answer = short_episode(save_picture(tmp_path, size=(2000, 2000)))
    region = Region(left=800, top=1000, right=1200, bottom=1040)
    found = [answer.evidence[0].model_copy(update={"region": region})]
    about = answer.model_copy(update={"views": answer.views[:1], "evidence": found})
    for free in WORDS:
        path = tmp_path / "words.png"
        page = printed(*(place for place in WORDS if place != free))
        page.resize((2000, 2000)).save(path)
        picture = picture_of(open_original(path.read_bytes()), max_bytes=500_000)
        (label,) = [box.corner for box in page_boxes(about, picture) if box.kind == "evidence"]
        assert label == free


def test_a_saved_page_shows_what_was_read_as_it_was(tmp_path: Path):
    """Two pieces of evidence so near that the frame of one would lie on the other."""
    path = save_picture(tmp_path, size=(2000, 1500))
    answer = short_episode(path)
    first = Region(left=100, top=100, right=400, bottom=160)
    second = Region(left=100, top=162, right=400, bottom=220)
    found = [answer.evidence[0].model_copy(update={"region": each}) for each in (first, second)]
    near = VisionAnswer.model_validate({**answer.model_dump(), "evidence": found})
    with Image.open(path) as page:
        drawn = draw_answer(page.convert("RGB"), near)
        for region in (first, second):
            edges = region.as_tuple()
            assert drawn.crop(edges).tobytes() == page.convert("RGB").crop(edges).tobytes()
    above = [drawn.getpixel((x, first.top - 1)) for x in range(first.left, first.right)]
    assert set(above) == {(214, 39, 40)}
