"""The command line: exit codes, streams, and what a stranger reads."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from ergo_agent.apps.cli import app
from ergo_agent.report.drawing import EVIDENCE_COLOUR, ZOOM_COLOUR
from tests.support.html import named, parsed, text_of, with_class
from tests.support.pictures import save_bad_pictures, save_picture
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer><evidence>[40, 40, 90, 90]</evidence>"
NOT_FOUND = "<think>nothing</think><answer></answer><not_found/>"


@pytest.fixture
def page(tmp_path: Path):
    return save_picture(tmp_path, size=(2000, 1500))


def run(*arguments: object, replies: Sequence[Any] = (ZOOM, ANSWER)):
    return CliRunner().invoke(app, [*map(str, arguments)], obj=scripted(*replies))


def test_the_answer_is_on_stdout(page: Path):
    result = run("ask", page, "What colour?")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "A. red"
    assert "page 1, pixels (" in result.stdout
    assert "vision tokens in 2 views" in result.stdout


@pytest.mark.parametrize(
    ("command", "usage"),
    [
        ("ask", "FILE... [QUESTION]"),
        ("extract", "FILE..."),
        ("batch", "WORKSPACE"),
        ("eval", "BENCHMARK [RUNS...]"),
        ("serve", "[EXTRA...]"),
        ("train export", "RUN"),
        ("ui", ""),
    ],
)
def test_how_a_command_is_called_is_plain(command: str, usage: str):
    called = CliRunner().invoke(app, [*command.split(), "--help"], prog_name="ergo-agent")
    (line,) = [each.strip() for each in called.stdout.splitlines() if "Usage:" in each]
    assert line == f"Usage: ergo-agent {command} [OPTIONS] {usage}".strip()


def test_in_a_pipe_progress_is_plain_lines_on_stderr(page: Path):
    result = run("ask", page, "What colour?")
    assert [line.split(" (")[0] for line in result.stderr.splitlines()] == [
        "view 1: the whole image, shown at 1148x840; 1,230 of 5,120 vision tokens",
        "turn 1: asks to see a region closer",
        "view 2: pixels",
        "turn 2: answers",
    ]
    assert result.stderr.splitlines()[2].endswith(" of 5,120 vision tokens")
    assert "10 reply tokens" in result.stderr.splitlines()[3]


def test_quiet_says_nothing_but_the_answer(page: Path):
    result = run("ask", page, "What colour?", "--quiet")
    assert result.stdout.splitlines()[0] == "A. red"
    assert result.stderr == ""


def test_an_answer_that_was_paid_for_is_printed_though_the_report_fails(page: Path, tmp_path: Path):
    (tmp_path / "out.html").mkdir()
    result = run("ask", page, "What colour?", "--report", tmp_path / "out.html")
    assert result.exit_code == 2
    assert result.stdout.splitlines()[0] == "A. red"
    assert "out.html cannot be written" in result.stderr


def test_the_report_is_saved(page: Path, tmp_path: Path):
    report = tmp_path / "out.html"
    assert run("ask", page, "What colour?", "--report", report).exit_code == 0
    root = parsed(report.read_text("utf-8"))
    assert text_of(with_class(root, "answer")[0]) == "A. red"
    assert text_of(with_class(root, "image-name")[0]).startswith(page.name)
    assert len(named(root, "img")) == 3


def test_json_and_nothing_else(page: Path):
    result = run("ask", page, "What colour?", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["answer"] == "A. red"


def test_not_found_has_its_own_exit_code(page: Path):
    result = run("ask", page, "q", replies=["<answer></answer><not_found/>"])
    assert result.exit_code == 3
    assert result.stdout.startswith("not found")


def test_saved_page_shows_evidence_and_crops(page: Path, tmp_path: Path):
    drawn = tmp_path / "drawn.png"
    assert run("ask", page, "q", "--save", drawn).exit_code == 0
    with Image.open(drawn) as image:
        assert image.size == (2000, 1500)
        colours = {colour for _, colour in image.getcolors(maxcolors=2**24) or []}
    for colour in (EVIDENCE_COLOUR, ZOOM_COLOUR):
        assert tuple(bytes.fromhex(colour[1:])) in colours


def test_a_document_says_which_page(tmp_path: Path):
    path = tmp_path / "pages.tiff"
    pages = [Image.new("RGB", (300, 400), "white") for _ in range(3)]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    result = run("ask", path, "q", replies=[NOT_FOUND, ANSWER])
    assert "page 2 of 3: opened (nothing is known of its text)" in result.stderr
    assert "page 2, view 1: the whole page" in result.stderr
    assert "looked at pages 1-2 of 3, not at page 3" in result.stdout
    assert "page 2, pixels" in result.stdout
    for option, value in (("--page", 2), ("--pages", "2")):
        result = run("ask", path, "q", option, value, replies=[ANSWER])
        assert "page 2, pixels" in result.stdout
    result = run("ask", path, "q", "--pages", "1-2", "--max-pages", 1, replies=[NOT_FOUND])
    ended = "the pages allowed to be opened gave no answer" in result.stdout
    assert (result.exit_code, ended) == (3, True)


def test_a_folder_is_a_document(tmp_path: Path):
    for name in ("1.png", "2.png"):
        Image.new("RGB", (300, 400), "white").save(tmp_path / name)
    saved, report = tmp_path / "saved.jpg", tmp_path / "report.html"
    options = ("--save", saved, "--report", report, "--page", 2)
    result = run("ask", tmp_path, "q", *options, replies=[ANSWER])
    assert "page 2, pixels" in result.stdout
    assert saved.exists()
    assert report.exists()


def test_an_animation_is_about_its_first_frame(tmp_path: Path):
    frames = [Image.new("RGB", (300, 400), colour) for colour in ("white", "black")]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    result = run("ask", tmp_path / "moving.gif", "q", replies=[ANSWER])
    assert "frame 1 of 2; choose with --page" in result.stderr


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["ask", "missing.png", "q"], 4, "missing.png"),
        (["ask", "{folder}/empty", "q"], 4, "a folder, and no image lies in it"),
        (["ask", "{page}", ""], 2, "the question is empty"),
        (["ask", "{page}", "x" * 100_000], 2, "the question has 100,000 characters"),
        (["ask", "{page}", "q", "--budget", "-5"], 2, "view_budget=-5"),
        (["ask", "{page}", "q", "--budget", "1"], 2, "view_budget=1"),
        (["ask", "{page}", "q", "--max-vision-tokens", "0"], 2, "max_vision_tokens=0"),
        (["ask", "{page}", "q", "--deadline", "0"], 2, "deadline=0"),
        (["ask", "{page}", "q", "--page", "9"], 4, "there is no page 9"),
        (["ask", "{page}", "q", "--save", "/nowhere/a.png"], 2, "there is no folder /nowhere"),
        (["ask", "{page}", "q", "--save", "a.exe"], 2, "give a name that ends in .png, "),
        (["ask", "{page}", "q", "--report", "/nowhere/a.html"], 2, "there is no folder /nowhere"),
        (["ask", "{page}", "q", "--report", "a.pdf"], 2, "give a name that ends in .html, .htm"),
    ],
)
def test_every_error_is_short_and_has_its_exit_code(
    page: Path, options: list[str], code: int, message: str
):
    (page.parent / "empty").mkdir()
    filled = [option.format(page=page, folder=page.parent) for option in options]
    result = run(*filled)
    assert result.exit_code == code
    assert result.stdout == ""
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) <= 2


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("missing.png", 4, "missing.png"),
        ("folder.png", 4, "not a regular file"),
        ("empty.png", 4, "is empty"),
        ("text.png", 4, "no image of a known kind"),
        ("truncated.jpg", 4, "cut short"),
        ("bomb.png", 4, "40,000,000,000 pixels"),
        ("thin.png", 2, "1500 times longer than wide"),
    ],
)
def test_a_bad_image_is_one_short_message(tmp_path: Path, name: str, code: int, message: str):
    save_bad_pictures(tmp_path)
    result = run("ask", tmp_path / name, "q")
    assert result.exit_code == code
    assert result.stdout == ""
    assert message in result.stderr
    if code == 4:
        assert name in result.stderr
    assert len(result.stderr.strip().splitlines()) <= 2
    assert "Traceback" not in result.stderr


def test_a_file_that_is_not_there_is_answered_with_what_may_have_been_meant(page: Path):
    result = run("ask", page.with_name(page.name.replace("x", "")), "q")
    assert result.exit_code == 4
    assert f"check the path; there is {str(page)!r}" in result.stderr
    (page.parent / ".2000x1500.png").touch()
    elsewhere = run("ask", page.parent / "nothing" / page.name, "q")
    assert "there is '" not in elsewhere.stderr
    assert elsewhere.stderr.rstrip().endswith("check the path")


def test_a_page_that_is_not_there_is_answered_with_those_that_are(page: Path):
    assert "the image has 1 page; give 1, or none" in run("ask", page, "q", "--page", 4).stderr


def test_a_single_pixel_is_an_image(tmp_path: Path):
    pixel = save_picture(tmp_path, size=(1, 1))
    result = run("ask", pixel, "q", replies=["<answer></answer><not_found/>"])
    assert result.exit_code == 3


def test_the_smallest_budget_that_holds_a_view_works(page: Path):
    result = run("ask", page, "q", "--budget", 4, "--max-vision-tokens", 4, replies=[ANSWER])
    assert result.exit_code == 0
    assert "4 vision tokens in 1 view" in result.stdout


def test_a_failing_policy(page: Path):
    result = run("ask", page, "q", replies=[OSError("down")])
    assert result.exit_code == 5
    assert "down" in result.stderr


@pytest.mark.parametrize("options", [["ask"], ["ask", "a.png"], ["ask", "a", "b", "--nothing"]])
def test_wrong_usage(options: list[str]):
    assert run(*options).exit_code == 2


def test_help_is_for_strangers():
    assert "ask" in run("--help").output
    text = run("ask", "--help").output
    options = "page json save report quiet budget max-vision-tokens max-zooms deadline policy"
    for option in options.split():
        assert f"--{option}" in text
    assert "3 not found" in text
    wide = CliRunner().invoke(app, ["ask", "--help"], env={"COLUMNS": "120"}).output
    assert "Several files are the pages of one document; to ask about each by itself" in wide
    assert "there is batch. Of several pages" in wide


COMMANDS = "\x1b[31mred\x07 \x9b2J \u202egnp.terces\u2066 \u200b\ud800 10\u202f000\u00a0€ סוף"
"""What a terminal obeys, what turns letters around, and what stays as it is."""


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_document_cannot_command_the_terminal(page: Path, options: list[str]):
    """Of C1 a terminal obeys one letter; of the controls of direction none is needed."""
    result = run("ask", page, f"q {COMMANDS}", *options, replies=[f"<answer>{COMMANDS}</answer>"])
    assert result.exit_code == 0
    assert not set(result.stdout) & set(COMMANDS[:1] + "\x07\x9b\u202e\u2066\u200b\ud800")
    assert "[31mred" in result.stdout
    assert "\\u202egnp.terces\\u2066" in result.stdout
    assert "10\u202f000\u00a0€ סוף" in result.stdout
    if options:
        assert json.loads(result.stdout)["answer"] == COMMANDS.replace("\ud800", "?")


def test_nor_can_an_error(tmp_path: Path):
    result = run("ask", tmp_path / COMMANDS.replace("\ud800", ""), "q")
    assert result.exit_code == 4
    assert not set(result.stderr) & set("\x1b\x07\x9b\u202e\u2066\u200b")
