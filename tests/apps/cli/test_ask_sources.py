"""`ergo-agent ask`: several files, stdin, other hosts; several questions, and a prompt for them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ergo_agent.apps.cli import app
from tests.support.html import parsed, text_of, with_class
from tests.support.paged import digital, save
from tests.support.pictures import save_picture
from tests.support.scripted import scripted
from tests.support.terminals import opened_terminal, shown_until
from tests.support.web import Page, web

ROOT = Path(__file__).parents[3]
ANSWER = "<think>read</think><answer>A. red</answer>"
NOT_FOUND = "<think>nothing</think><answer></answer><not_found/>"


@pytest.fixture
def page(tmp_path: Path):
    return save_picture(tmp_path, size=(600, 400))


def run(*arguments: object, replies: Sequence[Any] = (ANSWER,), given: bytes | None = None):
    return CliRunner().invoke(app, [*map(str, arguments)], obj=scripted(*replies), input=given)


def test_several_files_are_the_pages_of_one_document(page: Path, tmp_path: Path):
    back = save_picture(tmp_path, size=(300, 200), name="back.png")
    saved = tmp_path / "saved.png"
    result = run("ask", page, back, "q", "--save", saved, replies=[NOT_FOUND, ANSWER])
    assert result.exit_code == 0, result.stderr
    assert "page 2, pixels (0, 0, 300, 200) of 300x200" in result.stdout
    assert saved.exists()


def test_a_dash_is_what_comes_in(page: Path, tmp_path: Path):
    report, saved = tmp_path / "out.html", tmp_path / "saved.png"
    options = ("--report", report, "--save", saved)
    result = run("ask", "-", "q", *options, given=page.read_bytes())
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("A. red\n  page 1, pixels (0, 0, 600, 400)")
    assert text_of(with_class(parsed(report.read_text("utf-8")), "answer")[0]) == "A. red"
    assert saved.exists()


def test_a_document_comes_in_too(tmp_path: Path):
    save(bytes(digital([["one"], ["two"]]).output()), tmp_path / "two.pdf")
    data = (tmp_path / "two.pdf").read_bytes()
    result = run("ask", "-", "q", "--page", 2, given=data)
    assert "page 2, pixels" in result.stdout
    result = run("ask", "-", "q", replies=[NOT_FOUND], given=data)
    assert "looked at pages 1-2" in result.stdout
    filled = json.dumps({"total": {"text": "two"}})
    schema = ("--schema", tmp_path / "any.json")
    (tmp_path / "any.json").write_text(
        json.dumps({"type": "object", "properties": {"total": {"type": "string"}}})
    )
    result = run("extract", "-", *schema, "--values", replies=[filled], given=data)
    assert json.loads(result.stdout) == {"total": "two"}


def test_another_host_is_asked_only_where_it_is_allowed(page: Path):
    with web({"/page.png": Page(page.read_bytes())}) as site:
        address = f"http://{site.host}/page.png"
        result = run("ask", address, "q")
        assert (result.exit_code, site.asked) == (4, [])
        assert result.stderr.endswith("or name the host with --allow-host\n")
        result = run("ask", address, "q", "--allow-host", f"private:{site.host}")
        assert (result.exit_code, site.asked) == (0, ["/page.png"])
        assert result.stdout.startswith("A. red")


def test_of_a_batch_too(page: Path, tmp_path: Path):
    with web({"/page.png": Page(page.read_bytes())}) as site:
        rows = tmp_path / "rows.jsonl"
        rows.write_text(json.dumps({"document": f"http://{site.host}/page.png", "question": "q"}))
        options = ("--inputs", rows, "--json", "--quiet")
        assert run("batch", tmp_path / "closed", *options).exit_code == 4
        result = run("batch", tmp_path / "open", *options, "--allow-host", f"private:{site.host}")
        assert (result.exit_code, json.loads(result.stdout)["failed"]) == (0, 0)


def test_several_questions(page: Path):
    asked = ("ask", page, "--question", "one?", "--question", "two?")
    result = run(*asked, replies=[ANSWER, NOT_FOUND])
    assert result.exit_code == 3
    lines = [line for line in result.stdout.splitlines() if not line.startswith(" ")]
    assert lines == ["one?", "A. red", "two?", "not found"]
    told = json.loads(run(*asked, "--json", replies=[ANSWER, NOT_FOUND]).stdout)
    assert [each["answer"] for each in told] == ["A. red", None]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{page}"], "no question was given"),
        (["{page}", "{page}"], "no question was given"),
        (["-"], "no question was given"),
        (["-", "-", "q"], "- is given 2 times"),
        (["{page}", "--question", "a", "--question", ""], "the question is empty"),
        (["{page}", "--question", "a", "--question", "b", "--save", "a.png"], "show one answer"),
        (["http://example.org/a.png", "q", "--allow-host", "a b"], "give example.org"),
    ],
)
def test_wrong_usage(page: Path, arguments: list[str], message: str):
    result = run("ask", *[each.format(page=page) for each in arguments])
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


PROGRAM = """
from ergo_agent.apps.cli import app
from tests.support.scripted import scripted

app(obj=scripted("<answer>A. red</answer>", OSError("down"), "<answer>blue</answer>"))
"""


@contextmanager
def in_a_terminal(*arguments: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Our end of the terminal in which the command runs, and the command."""
    command = [sys.executable, "-c", PROGRAM, *arguments]
    environment = {**os.environ, "TERM": "dumb"}
    with (
        opened_terminal() as (ours, theirs),
        subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environment
        ) as running,
    ):
        os.close(theirs)
        yield ours, running


def test_in_a_terminal_one_asks_sees_and_asks_on(page: Path, tmp_path: Path):
    report = tmp_path / "out.html"
    with in_a_terminal("ask", str(page), "--quiet", "--report", str(report)) as (ours, running):
        assert "Ctrl-D ends." in shown_until(ours, "\n? ")
        for typed, said in (("one?", "A. red\n"), ("two?", "down"), ("", ""), ("three?", "blue\n")):
            os.write(ours, f"{typed}\n".encode())
            assert said in shown_until(ours, "\n? ")
        os.write(ours, b"\x04")
        assert running.wait(timeout=60) == 0
    assert text_of(with_class(parsed(report.read_text("utf-8")), "answer")[0]) == "blue"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["missing.png"], 4, "missing.png"),  # before the first question is asked for
        (["-", "q"], 2, "stdin, which is a terminal; pipe one in"),
    ],
)
def test_what_is_wrong_in_a_terminal(
    arguments: list[str],
    code: int,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    with opened_terminal() as (_, theirs), os.fdopen(theirs) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with pytest.raises(SystemExit) as ended:
            app(["ask", *arguments], obj=scripted(ANSWER))
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (code, "")
    assert message in printed.err
    assert "? " not in printed.err
