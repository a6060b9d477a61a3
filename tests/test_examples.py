import importlib
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image, ImageChops

from ergo_agent._common.installation import install_command
from ergo_agent.images import GUARDED_LIMITS
from ergo_agent.images.text_layers import read_text_layers
from tests.support.episodes import short_episode
from tests.support.forked import run_forked

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "doc_qa.py"


def _run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return run_forked(EXAMPLE, *arguments, cwd=cwd)


def test_the_example_answers_its_questions_and_draws_the_regions(tmp_path: Path):
    ran = _run("--save", "out.png", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    answers = re.findall(r"^A: (.*)$", ran.stdout, re.MULTILINE)
    wanted = ("TL-20418", "13 April 2026", "415.50", "24 months", "help@tamarlane.example")
    for answer, gold in zip(answers, wanted, strict=False):
        assert gold in answer
    assert answers[-1] == "not found"
    with (
        Image.open(tmp_path / "out.png") as drawn,
        Image.open(EXAMPLE.with_name("page.png")) as page,
    ):
        assert drawn.size == page.size


def test_it_answers_about_a_document_and_says_which_pages_were_looked_at(tmp_path: Path):
    manual = str(EXAMPLE.with_name("manual.pdf"))
    ran = _run(manual, "How long is the guarantee?", "--save", "out.png", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"^A: 24 months", ran.stdout, re.MULTILINE)
    assert "original pixels): page 11: (" in ran.stdout
    assert re.search(r"looked at pages? (\S+, )?11\b.* of 12, not at pages 1", ran.stdout)
    with Image.open(tmp_path / "out.png") as drawn:
        assert drawn.width < drawn.height


def test_a_missing_file_is_one_line_and_not_a_traceback(tmp_path: Path):
    ran = _run("absent.png", "What is it?", cwd=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: ")
    assert "Traceback" not in ran.stderr


def _run_example(name: str, *arguments: str) -> str:
    """What an example prints, once it has ended well."""
    ran = run_forked(EXAMPLE.with_name(name), *arguments)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_a_person_edits_a_zoom_and_goes_back_to_it():
    decisions = ("edit 200,700", "edit 1200,600,2400,900", "accept", "accept")
    said = _run_example(
        "human_in_the_loop.py", "--decisions", *decisions, "--fork", "1100,640,2400,880"
    )
    assert "that could not be used: boxes.0 = [200, 700] cannot be used" in said
    assert re.findall("^A: (.*)", said, re.MULTILINE) == ["13 April 2026 (answered)"] * 2
    assert len(re.findall("^person decided: zoom", said, re.MULTILINE)) >= 2
    assert "back to the first zoom" in said


def test_a_killed_run_is_picked_up_again(tmp_path: Path):
    said = _run_example("resume.py", "--folder", str(tmp_path))
    first, _, second = said.partition("  first process | killed\n")
    assert "done: policy" in first
    assert "done: answer" not in first
    assert second.startswith(" second process | resumed before: zoom\n")
    assert "done: observe" not in second
    assert "A: 13 April 2026" in second
    assert "asked 2 times" in second


@pytest.mark.parametrize(
    ("name", "module", "needs"),
    [
        ("langchain_agent", "langchain", install_command("langchain")),
        ("mcp_client", "mcp", install_command("mcp")),
        ("resume", "langgraph.checkpoint.sqlite", "pip install langgraph-checkpoint-sqlite"),
        ("make_page", "fpdf", "pip install fpdf2"),
        ("make_manual", "fpdf", "pip install fpdf2"),
    ],
    ids=["langchain_agent", "mcp_client", "resume", "make_page", "make_manual"],
)
def test_what_an_example_needs_is_one_line_and_not_a_traceback(name: str, module: str, needs: str):
    program = (
        f"import runpy, sys; sys.modules[{module!r}] = None; "
        f"runpy.run_path({str(EXAMPLE.with_name(name))!r} + '.py', run_name='__main__')"
    )
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.count("\n") == 1
    assert ran.stderr.startswith("error: this example ")
    assert ran.stderr.endswith(f"{needs}\n")


def _script(name: str) -> ModuleType:
    sys.path.insert(0, str(EXAMPLE.parent))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(EXAMPLE.parent))


def test_the_page_is_what_its_script_draws():
    drawn = _script("make_page").draw_page()
    with Image.open(EXAMPLE.with_name("page.png")) as page:
        difference = ImageChops.difference(page.convert("L"), drawn.convert("L"))
    assert difference.getbbox() is None


def test_the_manual_says_what_its_script_writes():
    written = EXAMPLE.with_name("manual.pdf").read_bytes()
    texts = []
    for data in (written, _script("make_manual").made_manual()):
        layers = read_text_layers(data, first=1, last=20, limits=GUARDED_LIMITS)
        texts.append([[word.text for line in each.lines for word in line] for each in layers])
    assert len(texts[0]) == 12
    assert texts[0] == texts[1]


def test_the_readme_names_only_make_targets_and_files_that_exist():
    readme = (ROOT / "README.md").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`make (\S+)`", readme):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", readme):
        assert (ROOT / link).exists(), link


def test_an_example_prints_no_control_of_a_document(capsys: pytest.CaptureFixture[str]):
    record = short_episode(EXAMPLE.with_name("page.png"))
    hostile = "\x9b2J\u202egnp.terces"
    answer = record.model_copy(update={"answer": hostile, "question": hostile})
    runpy.run_path(str(EXAMPLE))["_print"](answer)
    said = capsys.readouterr().out
    assert said.count("\\x9b2J\\u202egnp.terces") == 2
    assert not set(said) & {"\x9b", "\u202e"}
