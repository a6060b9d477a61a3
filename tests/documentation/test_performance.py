"""Every number of the page about performance, and of the README's table, comes from a command."""

import importlib
import inspect
import re

import pytest

from benchmarks.page import PAGE, replaced
from tests.support.documents import ROOT, fences, site_anchor
from tests.support.serving import CPU_ARGUMENTS, CPU_ENVIRONMENT
from tests.support.shell_commands import check, commands_in

TEXT = PAGE.read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
SECTIONS = {part.partition("\n")[0]: part for part in re.split(r"(?m)^## ", TEXT)[1:]}
MARKED = re.findall(r"(?s)<!-- ([\w-]+): begin -->\n(.*?)<!-- \1: end -->", TEXT)
COMMAND = re.compile(r"python -m (benchmarks\.\w+)([^\n`]*)")
README_ROWS = [
    line for line in README.partition("## How good, how fast")[2].splitlines() if "`python" in line
]
NUMBER = re.compile(r"\d[\d,.]*\d|\d")


def commands(text: str) -> list[tuple[str, str]]:
    """The benchmarks that a text names, each with its options."""
    return [(module, options.strip()) for module, options in COMMAND.findall(text)]


@pytest.mark.parametrize("title", SECTIONS)
def test_a_section_with_numbers_names_a_command_that_exists(title: str):
    named = commands(SECTIONS[title])
    assert named, f"{title}: no command prints its numbers"
    for module, options in named:
        for words in commands_in(f"python -m {module} {options}"):
            check(words)


@pytest.mark.parametrize(("name", "block"), MARKED, ids=[name for name, _ in MARKED])
def test_a_marked_part_is_written_by_a_command_above_it(name: str, block: str):
    (section,) = (part for part in SECTIONS.values() if f"<!-- {name}: begin -->" in part)
    writing = [module for module, options in commands(section) if "--write" in options]
    assert any(_writes(module, name) for module in writing), f"no command there writes {name}"
    known = NUMBER.search(block) or block.startswith("Not measured")
    assert known, f"{name} is empty: run its command with --write"


def _writes(module: str, name: str) -> bool:
    package = importlib.import_module(module)
    if hasattr(package, "__path__"):
        package = importlib.import_module(f"{module}.__main__")
    source = inspect.getsource(package)
    written = re.findall(r'write_section\(\s*"([\w-]+)"', source)
    return name in written or f'section = f"{name.partition("-")[0]}-' in source


def test_numbers_in_tables_stand_in_marked_parts():
    outside = TEXT
    for name, block in MARKED:
        outside = outside.replace(f"<!-- {name}: begin -->\n{block}", "")
    rows = [line for line in outside.splitlines() if line.startswith("|")]
    assert [row for row in rows if re.search(r"\| *[\d,.]+ *(\||ms|MB|%)", row)] == []


@pytest.mark.parametrize("row", README_ROWS, ids=lambda row: row[2:30])
def test_a_row_of_the_readme_repeats_the_page(row: str):
    *cells, command = (cell.strip() for cell in row.strip("|").split("|"))
    (module, _), *_ = commands(command)
    written = " ".join(block for name, block in MARKED if _writes(module, name))
    known = set(NUMBER.findall(written))
    known |= {f"{float(number):.0%}"[:-1] for number in known if re.fullmatch(r"0\.\d\d", number)}
    missing = set(NUMBER.findall(cells[1])) - known
    assert missing == set(), f"{module} wrote no {missing} into {PAGE.name}, of: {cells[1]}"


def test_a_number_that_links_to_the_page_is_that_of_the_page():
    linked = re.findall(r"\[([^]]*\d[^]]*)\]\(docs/performance\.md#([\w-]+)\)", README)
    assert linked
    for text, anchor in linked:
        (section,) = (part for title, part in SECTIONS.items() if site_anchor(title) == anchor)
        shares = {f"{share}%" for share in re.findall(r"(\d+) of 100", text)}
        assert shares <= set(re.findall(r"\d+%", section)), f"{anchor} does not say {text}"


def test_all_rows_of_the_readme_are_looked_at():
    table = README.partition("## How good, how fast")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert len(README_ROWS) == len(rows) - 2 > 0


@pytest.mark.parametrize("page", ["docs/performance.md", "docs/policies.md"])
def test_the_command_that_serves_on_a_cpu_is_the_one_that_the_tests_use(page: str):
    blocks = [block.code for block in fences(ROOT / page) if "--enforce-eager" in block.code]
    assert blocks
    for code in blocks:
        words = code.replace("\\\n", " ").split()
        assert {f"{name}={value}" for name, value in CPU_ENVIRONMENT.items()} <= set(words)
        assert set(CPU_ARGUMENTS) <= set(words)


@pytest.mark.parametrize(
    "page", ["nothing", "<!-- a: begin -->", "<!-- a: end --><!-- a: begin -->", "<!-- a: end -->"]
)
def test_a_place_that_is_not_there_is_noticed(page: str):
    with pytest.raises(ValueError, match="<!-- a: begin -->"):
        replaced(page, "a", "x")


def test_a_part_is_replaced_and_nothing_else():
    page = "before\n<!-- a: begin -->\nold\n<!-- a: end -->\nafter"
    new = replaced(page, "a", "new\n")
    assert new == "before\n<!-- a: begin -->\nnew\n<!-- a: end -->\nafter"
