"""Where the reader asks to look closer: at the likely answer, or at what it has not read."""

import io

import pytest
from PIL import Image

from ergo_agent.layout.text import Box, TextLine
from ergo_agent.policies.ocr.conversation import SeenImage
from ergo_agent.policies.ocr.finder.finder import Finding
from ergo_agent.policies.ocr.merge import ReadView
from ergo_agent.policies.ocr.target import look_closer, where_to_look
from ergo_agent.policies.ocr.unread import unread_lines, unseen_marks
from tests.support.drawn import Sheet

PAGE = ReadView((), 800, 1100, Box(0, 0, 800, 1100), 1 / 3)


def line(left: float, top: float, right: float, score: float = 0.9) -> TextLine:
    return TextLine("text", Box(left, top, right, top + 12), score, sharp=False)


def finding(*lines: TextLine, keys: tuple[TextLine, ...] = ()) -> Finding:
    return Finding("text", lines, lines, keys, "text", 0.9, 0.5, "")


def test_a_label_beside_its_value_is_in_the_same_box():
    label, value = line(100, 200, 200), line(260, 200, 330)
    (box,) = where_to_look(finding(value, keys=(label,)), PAGE)
    for part in (label, value):
        assert part.box.share_inside(box) == 1


def test_a_column_header_far_above_has_a_box_of_its_own():
    value, label, header = line(400, 500, 450), line(60, 500, 200), line(390, 200, 470)
    boxes = where_to_look(finding(value, keys=(label, header)), PAGE)
    assert len(boxes) == 2
    assert value.box.share_inside(boxes[0]) == label.box.share_inside(boxes[0]) == 1
    assert header.box.share_inside(boxes[1]) == 1
    assert boxes[1].bottom < 260
    assert boxes[0].top > 450


def test_boxes_stay_on_the_page():
    for box in where_to_look(finding(line(0, 0, 800), keys=(line(700, 1085, 800),)), PAGE):
        assert box.left >= 0
        assert box.top >= 0
        assert box.right <= 800
        assert box.bottom <= 1100


def test_the_largest_block_that_could_not_be_read_is_looked_at():
    small = [line(100, 800 + 14 * at, 600, 0.4) for at in range(4)]
    lines = [line(100, 100, 700, 0.95), line(300, 400, 340, 0.5), *small]
    box = unread_lines(lines, PAGE)
    assert box is not None
    assert all(other.box.share_inside(box) == 1 for other in small)
    assert box.top > 450
    assert unread_lines(lines[:2], PAGE) is None


def crop(place: Box) -> ReadView:
    """A crop at full resolution of `PAGE`."""
    return ReadView((), round(3 * place.width), round(3 * place.height), place, 1.0)


@pytest.mark.parametrize(
    ("value", "looked_at"),
    [
        (Box(360, 500, 398, 512), True),  # the crop ends where it does
        (Box(300, 500, 370, 512), False),
        (Box(300, 534, 370, 546), True),  # below it may go on, too
        (Box(0, 500, 60, 512), False),  # there the page ends
    ],
)
def test_what_the_edge_of_a_crop_may_have_cut_off_is_looked_at_beyond_it(
    value: Box,
    *,
    looked_at: bool,
):
    first = crop(Box(0, 450, 400, 550))
    found = finding(TextLine("LK", value, 0.99))
    blank = io.BytesIO()
    Image.new("RGB", (800, 1100), "white").save(blank, "PNG")
    image = SeenImage(blank.getvalue(), "blank", None)
    boxes, _ = look_closer(found, found.lines, [PAGE, first], image)
    assert bool(boxes) == looked_at
    for box in boxes:
        assert value.share_inside(box) == 1
        assert box.right > 400 or box.bottom > 550
    # once a crop shows what is beyond there is nothing left to look at
    wider = crop(value.padded(60, 30).within(Box(0, 0, 800, 1100)))
    assert look_closer(found, found.lines, [PAGE, first, wider], image)[0] == []


def sheet() -> Sheet:
    """A drawing of 6000 x 4200 pixels: a frame, a title that can be read, a title block, notes."""
    drawn = Sheet(6000, 4200)
    for edge in ((40, 40, 5960, 40), (40, 4160, 5960, 4160), (40, 40, 40, 4160)):
        drawn.rule(*edge)
    drawn.rule(5960, 40, 5960, 4160)
    drawn.put("PLAN AT LEVEL +12.400", 800, 500, 120)
    for at in range(4):
        drawn.put("DRAWING NO. P-2291-A", 4900, 3700 + 90 * at, 34)
    drawn.put("All lengths in mm", 300, 3900, 30)
    return drawn


def test_small_writing_on_a_large_sheet_is_looked_for_where_its_marks_are():
    drawn, scale = sheet(), 0.2
    view = drawn.image().resize((1200, 840), Image.Resampling.BICUBIC)
    page = ReadView((), 1200, 840, Box(0, 0, 1200, 840), scale)
    title = drawn.lines[0]
    read = TextLine(title.text, Box(*(edge * scale for edge in title.box)), 0.99, sharp=False)
    boxes = unseen_marks(view, [read], page, [])
    small = [Box(*(edge * scale for edge in line.box)) for line in drawn.lines[1:]]
    for line in small:
        assert any(line.share_inside(box) > 0.9 for box in boxes)
    assert sum(box.width * box.height for box in boxes) < 0.05 * 1200 * 840  # no frame
    assert unseen_marks(view, [read], page, boxes) == []


def test_lines_that_stand_together_are_looked_at_together():
    drawn = Sheet(6000, 4200)
    for at in range(4):
        drawn.put("SERIAL NO. P-2291-A", 4900, 3700 + 24 * at, 10)
    drawn.put("ITEM 7", 300, 300, 9)
    view = drawn.image().resize((1200, 840), Image.Resampling.BICUBIC)
    boxes = unseen_marks(view, [], ReadView((), 1200, 840, Box(0, 0, 1200, 840), 0.2), [])
    assert len(boxes) == 2
    assert all(Box(980, 742, 990, 752).share_inside(box) == 1 for box in boxes[:1])


def test_marks_are_not_looked_for_where_the_coarse_view_shows_all_type():
    view = sheet().image().resize((1200, 840))
    page = ReadView((), 1200, 840, Box(0, 0, 1200, 840), 0.75)
    assert unseen_marks(view, [], page, []) == []


def test_areas_of_type_are_looked_for_in_very_large_pages_alone():
    drawn = Sheet(3000, 2000)
    for at in range(40):
        drawn.put("Small writing from edge to edge of the sheet " * 3, 60, 60 + 12 * at, 10)
    for scale, found in ((0.2, True), (0.3, False)):
        size = round(3000 * scale), round(2000 * scale)
        view = drawn.image().resize(size, Image.Resampling.BICUBIC)
        page = ReadView((), *size, Box(0, 0, *size), scale)
        areas = [box for box in unseen_marks(view, [], page, []) if box.height > 50]
        assert bool(areas) == found


def test_writing_all_over_a_sheet_is_looked_at_in_parts_that_can_be_read():
    drawn = Sheet(3000, 9000)
    for at in range(150):
        drawn.put("Small writing from edge to edge of the sheet " * 3, 60, 60 + 58 * at, 30)
    view = drawn.image().resize((450, 1350))
    page = ReadView((), 450, 1350, Box(0, 0, 450, 1350), 0.15)
    boxes = unseen_marks(view, [], page, [])
    assert len(boxes) > 10
    assert all(box.width * box.height <= 2.01 * 450 * 1350 * 0.15**2 for box in boxes)
    covered = sum(box.width * box.height for box in boxes)
    assert covered > 0.6 * 450 * 1350
