"""Columns, sidebars and tables are found before anything is read across them."""

import random

import pytest

from ergo_agent.layout.blocks import blocks_of
from ergo_agent.layout.page import PageLayout, understand
from ergo_agent.layout.text import Box, TextLine, Word
from tests.support.drawn import NAMES, Sheet, prose, shaken

SEEDS = range(12)


def texts(layout: PageLayout) -> list[str]:
    return [paragraph.text for paragraph in layout.paragraphs]


def rows(layout: PageLayout) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in layout.rows]


def numbers(seed: int, count: int, columns: int) -> list[list[str]]:
    """Rows of a name and as many numbers."""
    chosen = random.Random(seed)
    names = chosen.sample(NAMES, count)
    return [
        [name, *(f"{chosen.uniform(1, 900):.2f}" for _ in range(columns - 1))] for name in names
    ]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("columns", [2, 3])
def test_columns_of_text_are_read_one_after_the_other(seed: int, columns: int):
    sheet, chosen = Sheet(900, 1200), random.Random(seed)
    gutter = chosen.uniform(18, 60)
    width = (800 - (columns - 1) * gutter) / columns
    sheet.put("Minutes of the garden club", 50, 40, 26)
    written = [prose(seed * 10 + at, chosen.randint(2, 6)) for at in range(columns)]
    for at, text in enumerate(written):
        sheet.write(text, 50 + at * (width + gutter), 100, width)
    sheet.put("Page 3 of 14", 50, 1150, 12)
    found = texts(understand(shaken(sheet, seed)))
    joined = " ".join(found)
    for text in written:
        assert text in joined
    assert [joined.index(text) for text in written] == sorted(map(joined.index, written))


@pytest.mark.parametrize("seed", SEEDS)
def test_lines_that_were_read_across_a_narrow_gutter_are_parted(seed: int):
    sheet = Sheet(900, 1200)
    left, right = prose(seed, 4), prose(seed + 50, 4)
    sheet.write(left, 50, 100, 380)
    sheet.write(right, 452, 100, 380)
    by_top: dict[float, list[TextLine]] = {}
    for line in sheet.lines:
        by_top.setdefault(line.box.top, []).append(line)
    for number, pair in enumerate(by_top.values()):
        if len(pair) == 2 and number % 3 == 0:
            first, second = pair
            both = Box.around([first.box, second.box])
            text = f"{first.text} {second.text}"
            sheet.lines.remove(first)
            sheet.lines.remove(second)
            sheet.lines.append(TextLine(text, both, 0.9, first.words + second.words))
    joined = " ".join(texts(understand(shaken(sheet, seed))))
    assert left in joined
    assert right in joined


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("columns", [2, 3, 5])
def test_the_rows_of_a_table_stay_whole(seed: int, columns: int):
    sheet, chosen = Sheet(900, 1200), random.Random(seed)
    cells = numbers(seed, chosen.randint(3, 14), columns)
    lefts = [60, *(840 - 130 * at for at in reversed(range(columns - 1)))]
    sheet.table(cells, lefts, 120, pitch=chosen.uniform(22, 44), align="right")
    layout = understand(shaken(sheet, seed))
    assert rows(layout) == cells


def _sidebar(seed: int) -> bool:
    sheet, chosen = Sheet(1200, 900), random.Random(seed)
    menu = ["Overview", "Deployments", "Builds", "Logs", "Members", "Billing", "Settings"]
    top, pitch = chosen.uniform(40, 100), chosen.uniform(38, 60)
    for at, entry in enumerate(menu):
        sheet.put(entry, 30, top + at * pitch, 15)
    cells = numbers(seed, 9, 4)
    sheet.table(cells, [300, 600, 800, 1000], 90, pitch=chosen.uniform(30, 37), size=15)
    found = rows(understand(shaken(sheet, seed)))
    return [row for row in found if len(row) > 1] == cells


def test_a_sidebar_is_no_part_of_the_table_beside_it():
    assert sum(map(_sidebar, range(40))) >= 32  # some menus stand level with the rows by chance


@pytest.mark.parametrize("seed", SEEDS)
def test_text_beside_a_table_is_no_part_of_it(seed: int):
    sheet, chosen = Sheet(1200, 900), random.Random(seed)
    cells = numbers(seed, 9, 3)
    sheet.table(cells, [60, 300, 420], 90, pitch=chosen.uniform(26, 40))
    text = prose(seed, 5)
    sheet.write(text, 600, 84, 500)
    layout = understand(shaken(sheet, seed))
    assert text in " ".join(texts(layout))
    assert [row for row in rows(layout) if len(row) > 1] == cells


@pytest.mark.parametrize("seed", SEEDS)
def test_a_second_table_beside_the_first_is_a_table_of_its_own(seed: int):
    sheet, chosen = Sheet(1200, 900), random.Random(seed)
    first, second = numbers(seed, 9, 3), numbers(seed + 99, 7, 3)
    pitch = chosen.uniform(25, 30)
    sheet.table(first, [60, 300, 420], 90, pitch=pitch)
    sheet.table(second, [640, 880, 1000], 90 + chosen.uniform(-20, 20), pitch=1.4 * pitch)
    found = rows(understand(shaken(sheet, seed)))
    assert [row for row in found if row[0] in [cells[0] for cells in first]][:9]
    assert all(row in found for row in (*first, *second))


@pytest.mark.parametrize("seed", SEEDS)
def test_two_titled_lists_with_level_rows_are_two(seed: int):
    sheet, chosen = Sheet(1200, 900), random.Random(seed)
    lists = numbers(seed, 7, 2), numbers(seed + 31, chosen.choice([7, 6]), 2)
    pitch = chosen.uniform(22, 40)
    for left, title, cells in ((60, "Electrical", lists[0]), (640, "Mechanical", lists[1])):
        sheet.put(title, left, 90)
        sheet.table(cells, [left, left + 400], 90 + pitch, pitch=pitch, align="right")
    found = rows(understand(shaken(sheet, seed)))
    assert [row for row in found if len(row) > 1] == [*lists[0], *lists[1]]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_table_below_two_lists_keeps_its_columns(seed: int):
    sheet, chosen = Sheet(1300, 900), random.Random(seed)
    lists, pitch = (numbers(seed, 7, 2), numbers(seed + 31, 7, 2)), chosen.uniform(22, 40)
    for left, title, cells in ((60, "Electrical", lists[0]), (690, "Mechanical", lists[1])):
        sheet.put(title, left, 90)
        sheet.table(cells, [left + 8, left + 540], 90 + pitch, pitch=pitch, align="right")
    table = [["Condition", "20 / 60 %", "27 / 60 %", "30 / 80 %"], *numbers(seed, 3, 4)]
    sheet.put("Performance", 60, 470, chosen.choice([16, 20]))
    lefts = [70, chosen.uniform(400, 530), 820, 1110]
    sheet.table(table, lefts, 500, pitch=chosen.uniform(22, 40))
    found = [row for row in rows(understand(shaken(sheet, seed))) if len(row) > 1]
    assert found == [*lists[0], *lists[1], *table]


@pytest.mark.parametrize("seed", SEEDS)
def test_labels_keep_their_values_however_long(seed: int):
    sheet = Sheet(900, 1200)
    top, chosen = 100.0, random.Random(seed)
    for name in chosen.sample(NAMES, 6):
        sheet.put(f"{name} rule", 50, top)
        top = sheet.write(prose(chosen.randint(0, 999), chosen.randint(1, 3)), 260, top, 580) + 14
    assert len(blocks_of(shaken(sheet, seed))) == 1


def test_a_line_without_words_and_a_page_without_lines():
    assert blocks_of([]) == []
    line = TextLine("alone", Box(0, 0, 10, 10), 1.0, (Word("alone", 0, 10),))
    assert blocks_of([line]) == [[line]]
