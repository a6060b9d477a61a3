"""A cell is found by its row and its column, however the table is made."""

import random
from collections.abc import Iterator, Sequence

import pytest

from ergo_agent.layout.page import understand
from ergo_agent.policies.ocr.finder.units import Unit, units_of
from tests.support.drawn import NAMES, Sheet, shaken

SEEDS = range(10)


def crossed(sheet: Sheet, seed: int) -> dict[tuple[str, str], str]:
    """Every cell by the names of its row and its column, as the finder is given them."""
    units = units_of(understand(shaken(sheet, seed)))
    return {named_by(unit): unit.text for unit in units if unit.shape == "cell"}


def named_by(unit: Unit) -> tuple[str, str]:
    """What names a cell's row, and its column."""
    row, _, column = unit.key.partition(", ")
    return row, column


def expected(
    heads: Sequence[str], rows: Sequence[Sequence[str]]
) -> Iterator[tuple[tuple[str, str], str]]:
    for name, *cells in rows:
        for head, cell in zip(heads, cells, strict=True):
            if cell:
                yield (name, head), cell


def amounts(seed: int, rows: int, columns: int) -> list[list[str]]:
    chosen = random.Random(seed)
    names = [f"{name} costs" for name in chosen.sample(NAMES, rows)]
    return [[name, *(f"{chosen.randint(200, 9999):,}" for _ in range(columns))] for name in names]


def times(seed: int, rows: int, columns: int) -> list[list[str]]:
    chosen = random.Random(seed)
    return [
        [name, *(f"{chosen.randint(6, 22):02}:{chosen.randint(0, 59):02}" for _ in range(columns))]
        for name in chosen.sample(NAMES, rows)
    ]


def measures(seed: int, rows: int, columns: int) -> list[list[str]]:
    chosen = random.Random(seed)
    units = ["l/24 h", "W", "m/h", "dB"]
    return [
        [f"{name} rate", *(f"{chosen.randint(10, 900)} {units[at % 4]}" for _ in range(columns))]
        for at, name in enumerate(chosen.sample(NAMES, rows))
    ]


HEADS = {
    "years": ("", ["2025", "2024", "2023"], amounts),
    "trips": ("Trip", ["101", "103", "107"], times),
    "conditions": ("Condition", ["20 °C / 60 %", "27 °C / 60 %", "30 °C / 80 %"], measures),
    "zones": ("Weight", ["Zone 1", "Zone 2", "Zone 3"], amounts),
    "dates": ("", ["31.12.2025", "31.12.2024", "31.12.2023"], amounts),
}


@pytest.mark.parametrize("kind", HEADS)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("align", ["right", "centre", "left"])
def test_headers_that_are_numbers_years_or_units(kind: str, seed: int, align: str):
    corner, heads, make = HEADS[kind]
    chosen = random.Random(seed)
    rows, sheet = make(seed, chosen.randint(3, 9), len(heads)), Sheet(1000, 900)
    sheet.put("Annual figures, in thousands", 60, 60, 22)
    sheet.table(
        [[corner, *heads], *rows],
        [60, 420, 640, 860],
        130,
        pitch=chosen.uniform(24, 40),
        align=align,
    )
    found = crossed(sheet, seed)
    missing = [item for item in expected(heads, rows) if found.get(item[0]) != item[1]]
    assert not missing


@pytest.mark.parametrize("seed", SEEDS)
def test_one_column_of_one_year(seed: int):
    rows, sheet = amounts(seed, 6, 1), Sheet(800, 600)
    sheet.table([["", "2025"], *rows], [60, 420], 60, align="right")
    found = crossed(sheet, seed)
    assert all(found.get((name, "2025")) == cell for name, cell in rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cell_merged_over_columns_stands_under_all_of_them(seed: int):
    chosen = random.Random(seed)
    sheet, middles = Sheet(1000, 700), [100.0, 300.0, 540.0, 780.0]
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    heads = ["Morning", "Afternoon", "Evening"]
    names = iter(chosen.sample(NAMES, 20))
    merged = chosen.randrange(len(days))
    pair = chosen.choice([(1, 2), (2, 3)])
    for head, middle in zip(["Day", *heads], middles, strict=True):
        sheet.put(head, middle, 60, align="centre")
    wanted = {}
    for at, day in enumerate(days):
        top = 100 + 38 * at
        sheet.put(day, middles[0], top, align="centre")
        for column in (1, 2, 3):
            if at == merged and column in pair:
                continue
            text = next(names)
            sheet.put(text, middles[column], top, align="centre")
            wanted[day, heads[column - 1]] = text
        if at == merged:
            middle = (middles[pair[0]] + middles[pair[1]]) / 2
            sheet.put("Site visit, bring your boots", middle, top, align="centre")
            both = ", ".join(heads[column - 1] for column in pair)
            wanted[day, both] = "Site visit, bring your boots"
    found = crossed(sheet, seed)
    assert {key: found.get(key) for key in wanted} == wanted


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cell_merged_over_rows_names_each_of_them(seed: int):
    chosen = random.Random(seed)
    sheet, lefts = Sheet(1000, 700), [60, 300, 540, 780]
    names = iter(chosen.sample(NAMES, 18))
    sheet.table([["Ward", "Nurse", "Doctor", "Porter"]], lefts, 60)
    top, wanted = 100.0, []
    for ward in ("North", "South", "East"):
        staff = [[next(names) for _ in range(3)] for _ in range(2)]
        sheet.put(ward, 60, top + 17)
        sheet.table([["", *row] for row in staff], lefts, top, pitch=34)
        wanted += [((ward, "Doctor"), row[1]) for row in staff]
        top += 72
    units = units_of(understand(shaken(sheet, seed)))
    found = [(named_by(unit), unit.text) for unit in units if unit.shape == "cell"]
    assert [item for item in wanted if item not in found] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_heading_inside_a_table_names_the_rows_below_it(seed: int):
    parts = {"Assets": amounts(seed, 3, 2), "Liabilities": amounts(seed, 3, 2)}
    rows = [["", "2025", "2024"]]
    for at, (part, inside) in enumerate(parts.items()):
        for row in inside:
            row[1:] = [f"{at + 1},{cell[-3:]}" for cell in row[1:]]
        rows += [[part, "", ""], *inside]
    sheet = Sheet(900, 700)
    sheet.table(rows, [60, 500, 700], 80, align="right")
    found = crossed(sheet, seed)
    for part, inside in parts.items():
        for name, newer, older in inside:
            assert found.get((f"{part} {name}", "2025")) == newer
            assert found.get((f"{part} {name}", "2024")) == older


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("repeated", [True, False])
def test_a_table_that_goes_on_keeps_the_names_of_its_columns(seed: int, *, repeated: bool):
    heads, rows = ["Name", "Price", "Stock"], amounts(seed, 8, 2)
    sheet, lefts = Sheet(900, 900), [60, 400, 600]
    end = sheet.table([heads, *rows[:4]], lefts, 80, align="right")
    rest = [heads, *rows[4:]] if repeated else rows[4:]
    sheet.table(rest, lefts, end + (0 if repeated else 90), align="right")
    found = crossed(sheet, seed)
    assert all(found.get((name, "Price")) == price for name, price, _ in rows)
    assert all(found.get((name, "Stock")) == stock for name, _, stock in rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_names_of_groups_above_names_of_columns(seed: int):
    rows, sheet = amounts(seed, 5, 4), Sheet(1000, 700)
    lefts = [60, 400, 540, 680, 820]
    for year, middle in (("2025", 470), ("2024", 750)):
        sheet.put(year, middle, 60, align="centre")
    sheet.table([["Region", "Plan", "Actual", "Plan", "Actual"]], lefts, 92, align="centre")
    sheet.table(rows, lefts, 124, align="centre")
    found = crossed(sheet, seed)
    heads = ["2025 Plan", "2025 Actual", "2024 Plan", "2024 Actual"]
    missing = [item for item in expected(heads, rows) if found.get(item[0]) != item[1]]
    assert not missing


@pytest.mark.parametrize("seed", SEEDS)
def test_labels_keep_their_values(seed: int):
    chosen, sheet = random.Random(seed), Sheet(800, 700)
    labels = chosen.sample(["Fuse", "Weight", "Colour", "Serial number", "Voltage", "Made in"], 5)
    values = chosen.sample(["T 5 A", "14.6 kg", "RAL 9016", "KX-193", "230 V AC", "Portugal"], 5)
    sheet.table(list(zip(labels, values, strict=True)), [60, 400], 60, align="right")
    page = understand(shaken(sheet, seed))
    pairs = {(pair.label.text, pair.text) for pair in page.pairs}
    assert pairs >= set(zip(labels, values, strict=True))
