"""Commands that the pages show are commands that exist, and print what the pages say."""

import json
import re
from pathlib import Path

import pytest
import typer

from scripts.readme_followed.steps import same_output
from tests.support.documents import PAGES, ROOT, fences, inline_code, name_of
from tests.support.forked import run_forked
from tests.support.shell_commands import check, commands_in, mentioned_options, unknown_extras

OURS = ("ergo-agent ", "python -m benchmarks.", "python -m scripts.", "python examples/", "make ")
UsageError = typer.BadParameter.__base__
SOURCES = [
    path
    for folder in ("ergo_agent", "graphs", "tools", "tests")
    for path in (ROOT / folder).rglob("*.py")
]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_shell_blocks_hold_commands_that_exist(page: Path):
    for block in fences(page):
        if block.language == "shell":
            for words in commands_in(block.code):
                check(words)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_within_the_text_exist(page: Path):
    for code in inline_code(page):
        if not code.startswith((*OURS, "claude mcp add")):
            continue
        for words in commands_in(code):
            if words[0] == "ergo-agent":
                mentioned_options(words)
            else:
                check(words)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_extras_and_variables_exist(page: Path):
    text = page.read_text("utf-8")
    assert unknown_extras(text) == set()
    named = set(re.findall(r"\bERGO_[A-Z_]+\b", text))
    sources = "\n".join(path.read_text("utf-8") for path in SOURCES)
    assert {name for name in named if name not in sources} == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_json_blocks_are_json_whose_commands_exist(page: Path):
    for block in fences(page):
        if block.language == "json":
            for server in json.loads(block.code).get("mcpServers", {}).values():
                check([server["command"], *server["args"]])


SHOWN = [
    pytest.param(words, block.output, id=f"{name_of(page)}:{block.line}")
    for page in PAGES
    for block in fences(page)
    if block.language == "shell" and block.output is not None
    for words in list(commands_in(block.code))[-1:]
]


@pytest.mark.parametrize(("words", "output"), SHOWN)
def test_a_command_prints_what_the_page_says(words: list[str], output: str, workplace: Path):
    assert words[0] == "ergo-agent"
    done = run_forked("-m", "ergo_agent.apps.cli", *words[1:], cwd=workplace)
    assert done.returncode == 0, done.stderr
    assert same_output(output, done.stdout), done.stdout


def test_some_commands_are_run():
    assert len(SHOWN) >= 2


@pytest.mark.parametrize(
    ("line", "noticed"),
    [
        ("ergo-agent ask", "Missing parameter: named"),
        ('ergo-agent ask page.png "What?" --budgets 640', "--budgets"),
        ('ergo-agent ask page.png "What?" --budget many', "valid integer"),
        ("ergo-agent look page.png", "look"),
        ("python -m benchmarks.nothing", "no benchmarks.nothing"),
        ("python -m benchmarks.reader --nothing", "has no .*--nothing"),
        ("python examples/nothing.py", "no examples/nothing.py"),
        ("make nothing", "has no nothing"),
        ("ergo-agnet doctor", "ergo-agnet is no known program"),
    ],
)
def test_a_command_that_does_not_exist_is_noticed(line: str, noticed: str):
    (words,) = commands_in(line)
    with pytest.raises((AssertionError, KeyError, UsageError), match=noticed):
        check(words)


def test_a_mention_of_an_option_that_does_not_exist_is_noticed():
    mentioned_options(["ergo-agent", "ask", "--report", "out.html"])
    with pytest.raises(AssertionError, match="no --paper"):
        mentioned_options(["ergo-agent", "ask", "--paper"])


def test_an_extra_that_does_not_exist_is_noticed():
    assert unknown_extras('pip install "ergo-agent[mcp,served]" ".[nothing]"') == {"nothing"}
