"""Every Python block of the pages runs, each page's in one namespace, and prints what it says.

A block whose first line is a comment that begins with "needs" cannot run here: its imports are
carried out and its calls bound to their signatures.
"""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from scripts.readme_followed.steps import same_output
from tests.support.calling import check_calls
from tests.support.documents import PAGES, fences, name_of

LANGUAGES = {"python", "shell", "text", "json", "mermaid", "toml"}
NEEDS = re.compile(r"# needs (a|an) \w+")
WITH_PYTHON = [page for page in PAGES if any(each.language == "python" for each in fences(page))]


@pytest.mark.parametrize("page", WITH_PYTHON, ids=name_of)
def test_the_python_of_a_page_runs(page: Path, workplace: Path, model: object):
    assert workplace == Path.cwd()
    names = {"__name__": "__main__", "model": model}
    for block in fences(page):
        if block.language != "python":
            continue
        first = block.code.partition("\n")[0]
        if first.startswith("# needs"):
            assert NEEDS.match(first), first
            check_calls(block.code, dict(names))
            continue
        where = "\n" * (block.line - 1)  # so that a traceback names the page's line
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(where + block.code, str(page), "exec"), names)
        if block.output is not None:
            said = printed.getvalue()
            assert same_output(block.output, said), f"{name_of(page)}:{block.line}: {said}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_says_what_it_is(page: Path):
    unknown = [block.line for block in fences(page) if block.language not in LANGUAGES]
    assert unknown == [], f"{name_of(page)}: lines {unknown} begin a block of no known language"


def test_most_blocks_are_run():
    blocks = [
        block.code for page in WITH_PYTHON for block in fences(page) if block.language == "python"
    ]
    assert sum(block.startswith("# needs") for block in blocks) < len(blocks) / 3


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("from ergo_agent import look", ImportError),
        ("import ergo_agent\nergo_agent.look()", AttributeError),
        ("from ergo_agent import ask\nask('page.png')", TypeError),
        ("from ergo_agent.policies.ocr import create_ocr_policy as c\nc(model='x')", TypeError),
        (
            "from ergo_agent import ask\nanswer = ask('a', 'b')\nanswer.save_report('a', 'b', 'c')",
            TypeError,
        ),
        ("ask(", SyntaxError),
    ],
)
def test_a_block_that_could_not_work_is_noticed(code: str, error: type[Exception]):
    with pytest.raises(error):
        check_calls(code, {})
