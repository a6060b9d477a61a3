"""Labels stand where they cover nothing that an answer was read in."""

from pathlib import Path

from PIL import Image

from ergo_agent import VisionAnswer
from ergo_agent.report.drawing import draw_answer
from ergo_agent.report.labels import Rect, label_corners
from ergo_agent.views.geometry import Region, Size
from tests.support.episodes import short_episode
from tests.support.pictures import save_picture

PAGE = Size(2481, 3508)
LINE = Rect(40, 50, 60, 52)


def corners(*others: Rect, proofs: tuple[Rect, ...] = (LINE,)) -> list[str]:
    boxes = [("E1", LINE), *(("2", each) for each in others)]
    return [str(each) for each in label_corners(boxes, proofs, picture=PAGE)]


def test_a_label_stands_above_its_box_also_at_the_top_edge():
    assert corners() == ["above left"]
    top = Rect(40, 0, 60, 2)
    assert label_corners([("E1", top)], [top], picture=PAGE) == ["above left"]


def test_a_label_gives_way_to_what_was_read_and_to_other_labels():
    above = Rect(40, 46, 50, 49.5)
    assert corners(proofs=(LINE, above)) == ["above right"]
    assert corners(proofs=(LINE, Rect(30, 46, 70, 49.5))) == ["below left"]
    assert corners(LINE) == ["above left", "above right"]  # a zoom of the same region


def test_a_label_does_not_reach_over_the_right_edge():
    narrow = Rect(97, 50, 100, 52)
    assert label_corners([("E1", narrow)], [narrow], picture=PAGE) == ["above right"]


def test_whatever_the_boxes_a_label_lies_on_evidence_only_where_every_corner_does():
    """Lines of text, each with a zoom around it: of a column of words with gaps there is room."""
    lines = [Rect(10, top, 70, top + 1) for top in range(5, 95, 9)]
    zooms = [Rect(8, line.top - 1, 72, line.bottom + 1) for line in lines]
    boxes = [*(("E1", line) for line in lines), *(("2", zoom) for zoom in zooms)]
    placed = label_corners(boxes, lines, picture=PAGE)
    across, down = 100 / 254.6, 100 / 360  # a phone shows the page so small
    for (label, box), corner in zip(boxes, placed, strict=True):
        width = (9 + 8 * len(label)) * across
        left = box.left - 5 * across if corner.endswith("left") else box.right + 5 * across - width
        above = corner.startswith("above")
        top = box.top - 22 * down if above else box.bottom + 5 * down
        place = Rect(left, top, left + width, top + 17 * down)
        assert [line for line in lines if place.shared(line) > 0] == []


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
