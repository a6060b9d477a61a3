"""The API reference and the page about the command line keep up with the code."""

import importlib
import re

import pytest

import ergo_agent
from scripts.command_line_page import PAGE, command_line_page
from tests.support.documents import DOCS

REFERENCE = "\n".join(page.read_text("utf-8") for page in sorted((DOCS / "reference").glob("*.md")))
TARGETS = re.findall(r"^::: ([\w.]+)$", REFERENCE, re.MULTILINE)
MEMBERS = [
    (target, member.strip())
    for target, members in re.findall(
        r"^::: ([\w.]+)\n    options:\n(?:      .*\n)*?      members: \[(.*)\]$",
        REFERENCE,
        re.MULTILINE,
    )
    for member in members.split(",")
]


def _named(path: str) -> object:
    """A module, or something in one."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(_named(module), name)


def _names(path: str) -> list[str]:
    """What a module promises; nothing for what is in one."""
    return list(getattr(_named(path), "__all__", []))


@pytest.mark.parametrize("target", TARGETS)
def test_what_the_reference_describes_is_there(target: str):
    assert _named(target) is not None


def test_members_that_are_picked_are_there():
    assert MEMBERS
    for target, member in MEMBERS:
        assert member in _names(target), f"{target}.{member}"


@pytest.mark.parametrize("name", ergo_agent.__all__)
def test_every_public_name_is_described(name: str):
    described = f"ergo_agent.{name}" in TARGETS or any(name in _names(target) for target in TARGETS)
    assert described or f"`ergo_agent.{name}`" in REFERENCE


def test_the_page_about_the_command_line_is_current():
    current = "run python -m scripts.command_line_page"
    assert PAGE.read_text("utf-8") == command_line_page(), current
