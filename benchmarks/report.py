"""Sections of `docs/performance.md` that benchmarks rewrite, between a begin and an end mark."""

import os
import platform
from pathlib import Path

__all__ = ["REPORT", "machine", "write_section"]

REPORT = Path(__file__).parents[1] / "docs" / "performance.md"


def machine() -> str:
    """What was measured on, in words."""
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"


def write_section(name: str, text: str, *, report: Path = REPORT) -> None:
    """Put a text between the marks of a section.

    Raises:
        ValueError: the report has no such section.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found, rest = report.read_text("utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{report} has no section {name!r}: add the lines {begin} and {end}")
    report.write_text(f"{before}{begin}\n{text}{end}{after}", "utf-8")
