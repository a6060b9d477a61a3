import subprocess
from pathlib import Path

from PIL import Image

from tests.support.forked import run_forked

EXAMPLE = Path(__file__).parents[3] / "examples" / "mcp_client.py"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run_forked(EXAMPLE, *arguments)


def test_it_asks_looks_and_saves_what_it_saw(tmp_path: Path):
    ran = run("--save", str(tmp_path))
    assert ran.returncode == 0, ran.stderr
    assert "tools: ask_image, extract, observe, zoom" in ran.stdout
    assert "TL-20418" in ran.stdout
    assert "step 1: view 1: the whole image" in ran.stderr
    with Image.open(tmp_path / "view-1.png") as whole, Image.open(tmp_path / "view-2.png") as crop:
        assert whole.height > whole.width
        assert crop.width > crop.height  # a line of the page


def test_an_error_is_told_and_ends_it():
    ran = run("absent.png", "What is it?")
    assert ran.returncode == 1
    assert "ask_image: error" in ran.stdout
    assert "absent.png" in ran.stdout
