"""Every number in the code that reads a page stands in a table that says what chose it."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

from scripts.reader_numbers.numbers import numbers_in
from tests.support.documents import ROOT

PACKAGES = ("ergo_agent.policies.ocr", "ergo_agent.layout")
TEXT = (ROOT / "scripts/reader_numbers/README.md").read_text("utf-8")


def modules() -> Iterator[str]:
    for package in PACKAGES:
        path = importlib.import_module(package).__path__
        yield from (found.name for found in pkgutil.walk_packages(path, f"{package}."))


def told(text: str) -> set[str]:
    """The numbers of these packages that a text names, by what they stand in and their value."""
    names = {module.rpartition(".")[2] for module in modules()}
    found = re.finditer(r"`([a-z_]+)\.\w[\w.]*` \d[\d.e-]*\b", text)
    return {each[0] for each in found if each[1] in names}


USED = {number.key for module in modules() for number in numbers_in(module)}


def test_no_number_is_without_what_chose_it():
    assert len(USED) > 150  # the finder of numbers finds some
    assert sorted(USED - told(TEXT)) == [], "measure them: python -m scripts.reader_numbers"


def test_what_is_told_is_of_numbers_as_they_are():
    assert sorted(told(TEXT) - USED) == [], "the code has other numbers by now"
