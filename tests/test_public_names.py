"""The public face: these names are promised."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import ergo_agent

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"


def test_the_public_names_are_those_of_the_reference():
    pages = "\n".join(page.read_text() for page in REFERENCE.glob("*.md"))
    documented = set(re.findall(r"^::: ergo_agent\.(\w+)$", pages, re.MULTILINE)) - {"errors"}
    errors = {name for name in ergo_agent.__all__ if hasattr(ergo_agent.errors, name)}
    assert set(ergo_agent.__all__) == documented | errors | {"__version__"}
    assert set(dir(ergo_agent)) == set(ergo_agent.__all__)


@pytest.mark.parametrize("name", sorted(set(ergo_agent.__all__) - {"__version__"}))
def test_every_name_is_there_and_documented(name: str):
    found = getattr(ergo_agent, name)
    assert found.__name__ == name
    assert found.__doc__


@pytest.mark.parametrize("first", ["import ergo_agent.ask", "from ergo_agent import aask", "pass"])
def test_ask_is_the_function_whatever_was_imported_before(first: str):
    program = (
        f"{first}; import ergo_agent; from ergo_agent import ask; ask.__name__, ergo_agent.ask()"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert "TypeError: ask() missing 2 required positional arguments" in output.stderr


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = ergo_agent.nothing


def test_importing_the_package_loads_nothing_heavy():
    program = (
        "import sys, ergo_agent; "
        "print([m for m in ('langgraph', 'PIL', 'numpy', 'onnxruntime') if m in sys.modules])"
    )
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert output.stdout.strip() == "[]"


def test_results_name_their_fields():
    fields = set(ergo_agent.VisionAnswer.model_fields)
    assert {
        "answer",
        "evidence",
        "image",
        "ledger",
        "policy",
        "reasoning",
        "stop_reason",
        "timings",
        "turns",
        "verified",
    } <= fields
