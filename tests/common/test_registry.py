"""Dialects and policies of a stranger's package, installed beside this one."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

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


_PROGRAM = """
import json, os, sys
from typer.testing import CliRunner
from ergo_agent.apps.cli import app
from ergo_agent.images import DEFAULT_LIMITS, GUARDED_LIMITS, open_original
from ergo_agent.policies.choice import why_not_here
from ergo_agent.views.geometry import Region

def run(*words, **variables):
    done = CliRunner().invoke(app, words, env=variables)
    return {"code": done.exit_code, "out": done.stdout, "err": done.stderr}

def opened(limits):
    found = open_original(sys.argv[1], limits=limits)
    pixel = found.shown(Region.whole(found.size), found.size).getpixel((5, 5))
    return [*found.size, found.media_type, *pixel]

def apart(expression):
    ours, theirs = os.pipe()
    if not os.fork():
        with open(theirs, "w") as file:
            json.dump(eval(expression), file)
        os._exit(0)
    os.close(theirs)
    with open(ours) as file:
        return json.load(file)

print(json.dumps([apart(each) for each in sys.argv[2:]]))
"""
"""Evaluates expressions, each in a fork: none finds there what another has loaded, and what all
need is imported once, which takes seconds."""


def package_in(tmp_path: Path, *, module: str) -> Path:
    """A folder that holds an installed package, as pip would leave it."""
    folder = tmp_path / "site"
    facts = folder / "acme_eyes-1.0.dist-info"
    facts.mkdir(parents=True)
    (folder / "acme_eyes.py").write_text(module)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-eyes\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(_POINTS)
    return folder


def told(*expressions: str, package: Path, page: Path) -> list[Any]:
    """What expressions come to, in processes of their own that can import a package."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ERGO_")}
    known = os.pathsep.join(
        [str(package), *filter(None, [kept.get("PYTHONPATH"), str(Path.cwd())])]
    )
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(page), *expressions],
        env={**kept, "PYTHONPATH": known},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """All that is asked where the package works."""
    folder = tmp_path_factory.mktemp("strangers")
    page = folder / "grey.acme"
    page.write_bytes(b"ACME" + bytes([40, 30]) + bytes([77]) * 1200)
    picture = str(save_picture(folder, size=(100, 80)))
    asked = ("ask", picture, "q", "--policy", "acme", "--json")
    expressions = {
        "help": "run('ask', '--help')",
        "answer": f"run(*{asked!r}, ACME_WORD='forty-two')",
        "why not": "why_not_here('acme')",
        "pages": "[opened(limits) for limits in (DEFAULT_LIMITS, GUARDED_LIMITS)]",
    }
    package = package_in(folder, module=_MODULE)
    return dict(
        zip(expressions, told(*expressions.values(), package=package, page=page), strict=True)
    )


def test_the_command_line_knows_them(found: dict[str, Any]):
    assert "acme" in found["help"]["out"]
    answer = found["answer"]
    assert (answer["code"], answer["err"].count("error")) == (0, 0)
    assert '"answer": "forty-two"' in answer["out"]
    assert '"policy": "acme/Shouter-7B/loud"' in answer["out"]


def test_what_it_needs_is_said(found: dict[str, Any]):
    assert found["why not"] == "the acme policy cannot be used: set ACME_WORD"


def test_pages_of_their_format_are_opened_here_and_under_guard(found: dict[str, Any]):
    assert found["pages"] == [[40, 30, "image/x-acme", 77, 77, 77]] * 2


def test_a_package_that_cannot_be_imported_is_named_and_spoils_nothing_else(tmp_path: Path):
    package = package_in(tmp_path, module="1 / 0")
    page = save_picture(tmp_path, size=(100, 80))
    asked = ("ask", str(page), "q", "--policy")
    expressions = (f"run(*{(*asked, name)!r})" for name in ("acme", "ocr"))
    acme, ocr = told(*expressions, package=package, page=page)
    assert acme["code"] == 2
    assert "'acme' of ergo_agent.policies cannot be loaded (ZeroDivisionError" in acme["err"]
    assert ocr["code"] == 3


@pytest.mark.parametrize("name", ["", "auto", "Two Words", "a-b", "1st", None])
def test_what_cannot_be_a_name_is_refused(name: str):
    with pytest.raises(SettingsError, match="is no name for a thing"):
        Registry("thing", group="ergo_agent.things").add(name, 1)


def test_the_guide_names_what_is_registered():
    guide = (Path(__file__).parents[2] / "docs" / "policies.md").read_text()
    assert all(f"| `{name}` |" in guide for name in dialect_names() if name != "auto")
    assert all(f'`"{name}"`' in guide for name in policy_names())
