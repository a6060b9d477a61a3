import importlib
import re
import subprocess
import sys
from pathlib import Path

from PIL import Image, ImageChops

from ergo_agent import create_vision_graph

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "doc_qa.py"


def _run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLE), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


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


def test_a_missing_file_is_one_line_and_not_a_traceback(tmp_path: Path):
    ran = _run("absent.png", "What is it?", cwd=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: ")
    assert "Traceback" not in ran.stderr


def test_the_page_is_what_its_script_draws():
    sys.path.insert(0, str(EXAMPLE.parent))
    try:
        draw_page = importlib.import_module("make_page").draw_page
    finally:
        sys.path.remove(str(EXAMPLE.parent))
    with Image.open(EXAMPLE.with_name("page.png")) as page:
        difference = ImageChops.difference(page.convert("L"), draw_page().convert("L"))
    assert difference.getbbox() is None


def test_the_readme_shows_the_graph_as_it_is():
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = re.search(r"```mermaid\n(.*?)\n```", readme, re.DOTALL)
    assert shown
    assert shown[1].strip() == create_vision_graph().get_graph().draw_mermaid().strip()


def test_the_readme_names_only_make_targets_and_files_that_exist():
    readme = (ROOT / "README.md").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`make (\S+)`", readme):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", readme):
        assert (ROOT / link).exists(), link
