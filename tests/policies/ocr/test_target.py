"""Where the reader asks to look closer."""

from ergo_agent.policies.ocr.finder.finder import Finding
from ergo_agent.policies.ocr.merge import ReadView
from ergo_agent.policies.ocr.target import unread_part, where_to_look
from ergo_agent.policies.ocr.text import Box, TextLine

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
    box = unread_part(lines, PAGE)
    assert box is not None
    assert all(other.box.share_inside(box) == 1 for other in small)
    assert box.top > 450
    assert unread_part(lines[:2], PAGE) is None
