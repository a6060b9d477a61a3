"""The kinds of documents that are written for the questions."""

from collections.abc import Callable, Mapping
from random import Random

from benchmarks.documents.book import Book
from benchmarks.documents.kinds import catalogue, contract, manual, minutes, report

__all__ = ["KINDS"]

KINDS: Mapping[str, Callable[[Random, int], Book]] = {
    "catalogue": catalogue.write,
    "contract": contract.write,
    "manual": manual.write,
    "minutes": minutes.write,
    "report": report.write,
}
"""Each takes what chooses its contents, and how many pages it is to have."""
