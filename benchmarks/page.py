"""The parts of `docs/performance.md` that benchmarks write themselves."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from ergo_agent.evaluation.statistics.intervals import Estimate

__all__ = ["PAGE", "measured_on", "percent", "replaced", "spread", "write_section"]

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def measured_on() -> str:
    """When and on what, to begin a section with."""
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    return f"Measured on {datetime.now(UTC).date().isoformat()} on {machine}"


def spread(values: Sequence[float], form: str) -> str:
    """The median, and in brackets the least and the most where they differ.

    Args:
        values: One of each round.
        form: A format, as `.2f`.
    """
    low, middle, high = (format(each, form) for each in (min(values), median(values), max(values)))
    return middle if low == high else f"{middle} ({low} to {high})"


def percent(found: Estimate | None) -> str:
    """A share in percent, and in brackets its interval; a dash where there is none."""
    return "-" if found is None else f"{found.value:.0%} ({found.low:.0%} to {found.high:.0%})"


def write_section(name: str, section: str) -> None:
    """Put a section in its place in the page.

    Raises:
        ValueError: If the page has no such place.
    """
    PAGE.write_text(replaced(PAGE.read_text("utf-8"), name, section), "utf-8")


def replaced(page: str, name: str, section: str) -> str:
    """A page with another text between two marks.

    Args:
        page: In Markdown.
        name: Of the marks, `<!-- NAME: begin -->` and `<!-- NAME: end -->`.
        section: What stands between them from now on.

    Raises:
        ValueError: If the marks are not there, once each and in that order.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, found, rest = page.partition(begin)
    _, ended, after = rest.partition(end)
    if not (found and ended) or begin in after or end in after:
        raise ValueError(f"the page needs {begin} and {end}, once each")
    return f"{before}{begin}\n{section.strip()}\n{end}{after}"
