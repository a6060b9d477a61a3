"""Dialects and policies of a stranger's package, installed beside this one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ergo_agent._common.registry import Registry
from ergo_agent.dialects import dialect_names
from ergo_agent.errors import SettingsError
from ergo_agent.policies.registry import policy_names
from tests.support.pictures import save_picture

_MODULE = """
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from PIL import Image

from ergo_agent.dialects import ErgoDialect, choose_dialect, register_dialect
from ergo_agent.images.decoder import Whole
from ergo_agent.images.formats import register_format
from ergo_agent.views.geometry import Size
from ergo_agent.policies.base import Policy
from ergo_agent.policies.registry import register_policy


@register_dialect("loud", models=["shouter"])
class LoudDialect(ErgoDialect):
    def __init__(self):
        super().__init__()
        self.name = "loud"


class Shouter(FakeListChatModel):
    model_name: str = "acme/Shouter-7B"


@register_policy("acme", title="Acme's model", settings={"word": "ACME_WORD"}, required="ACME_WORD")
def create_acme_policy(*, word):
    model = Shouter(responses=[f"<think>t</think><answer>{word}</answer>"])
    return Policy(model, choose_dialect(model=model))


@register_format("acme", begins=lambda data: data.startswith(b"ACME"))
class GreyPage(Whole):
    media_type = "image/x-acme"

    def __init__(self, data, *, page, limits):
        self.stored_size = Size(data[4], data[5])
        self._data = data

    def decode(self):
        return Image.frombytes("L", self.stored_size, self._data[6:]).convert("RGB")
"""

_POINTS = """
[ergo_agent.dialects]
loud = acme_eyes

[ergo_agent.policies]
acme = acme_eyes

[ergo_agent.page_formats]
acme = acme_eyes
"""


@pytest.fixture
def package(tmp_path: Path):
    """A folder that holds an installed package, as pip would leave it."""
    folder = tmp_path / "site"
    facts = folder / "acme_eyes-1.0.dist-info"
    facts.mkdir(parents=True)
    (folder / "acme_eyes.py").write_text(_MODULE)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-eyes\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(_POINTS)
    return folder


def run(*arguments: str, package: Path, **variables: str):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ERGO_")}
    known = os.pathsep.join(
        [str(package), *filter(None, [kept.get("PYTHONPATH"), str(Path.cwd())])]
    )
    return subprocess.run(
        [sys.executable, "-m", "ergo_agent.apps.cli", *arguments],
        env={**kept, "PYTHONPATH": known, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_command_line_knows_them(package: Path, tmp_path: Path):
    page = str(save_picture(tmp_path, size=(100, 80)))
    shown = run("ask", "--help", package=package)
    assert "acme" in shown.stdout
    told = run(
        "ask", page, "q", "--policy", "acme", "--json", package=package, ACME_WORD="forty-two"
    )
    assert (told.returncode, told.stderr.count("error")) == (0, 0)
    assert '"answer": "forty-two"' in told.stdout
    assert '"policy": "acme/Shouter-7B/loud"' in told.stdout


def test_what_it_needs_is_said(package: Path):
    program = "from ergo_agent.policies.choice import why_not_here; print(why_not_here('acme'))"
    said = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(package), str(Path.cwd())])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    assert said == "the acme policy cannot be used: set ACME_WORD\n"


def test_a_package_that_cannot_be_imported_is_named_and_spoils_nothing_else(
    package: Path, tmp_path: Path
):
    (package / "acme_eyes.py").write_text("1 / 0")
    page = str(save_picture(tmp_path, size=(100, 80)))
    told = run("ask", page, "q", "--policy", "acme", package=package)
    assert told.returncode == 2
    assert "'acme' of ergo_agent.policies cannot be loaded (ZeroDivisionError" in told.stderr
    assert run("ask", page, "q", "--policy", "ocr", package=package).returncode == 3


@pytest.mark.parametrize("name", ["", "auto", "Two Words", "a-b", "1st", None])
def test_what_cannot_be_a_name_is_refused(name: str):
    with pytest.raises(SettingsError, match="is no name for a thing"):
        Registry("thing", group="ergo_agent.things").add(name, 1)


def test_pages_of_their_format_are_opened_here_and_under_guard(package: Path, tmp_path: Path):
    page = tmp_path / "grey.acme"
    page.write_bytes(b"ACME" + bytes([40, 30]) + bytes([77]) * 1200)
    program = (
        "import sys; from ergo_agent.images import *\n"
        "from ergo_agent.views.geometry import Region\n"
        "for limits in (DEFAULT_LIMITS, GUARDED_LIMITS):\n"
        "    found = open_original(sys.argv[1], limits=limits)\n"
        "    view = found.shown(Region.whole(found.size), found.size)\n"
        "    print(*found.size, found.media_type, view.getpixel((5, 5)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(page)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(package), str(Path.cwd())])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    assert said == "40 30 image/x-acme (77, 77, 77)\n" * 2


def test_the_guide_names_what_is_registered():
    guide = (Path(__file__).parents[2] / "docs" / "policies.md").read_text()
    assert all(f"| `{name}` |" in guide for name in dialect_names() if name != "auto")
    assert all(f'`"{name}"`' in guide for name in policy_names())
