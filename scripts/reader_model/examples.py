"""Pages with questions as the model learns from them: passages, and the places of the answers.

One page is one line of a JSON file, so that examples can be made by one program, looked through,
and read by another that trains.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ergo_agent._common.stems import stems_in
from ergo_agent.policies.ocr.finder.units import Unit

__all__ = ["Asked", "Page", "Span", "likely_of", "occurrences", "read_pages", "write_pages"]


@dataclass(frozen=True)
class Span:
    """Where an answer stands."""

    passage: int
    start: int
    end: int
    """Characters of the passage: the first, and the one after the last."""


@dataclass(frozen=True)
class Asked:
    """One question about a page."""

    question: str
    spans: tuple[Span, ...]
    """The places that answer; none where the page does not answer."""
    likely: tuple[int, ...]
    """Passages that do not answer, those that share most words with the question first."""


@dataclass(frozen=True)
class Page:
    """The passages of a page and what is asked about it."""

    name: str
    passages: tuple[str, ...]
    asked: tuple[Asked, ...]


def write_pages(path: Path, pages: Iterable[Page]) -> int:
    """Write pages, one a line; gives the number of questions."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for page in pages:
            count += len(page.asked)
            file.write(json.dumps(asdict(page), ensure_ascii=False) + "\n")
    return count


def read_pages(path: Path) -> Iterator[Page]:
    """Read what `write_pages` wrote."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            page = json.loads(line)
            asked = tuple(
                Asked(
                    each["question"],
                    tuple(Span(**span) for span in each["spans"]),
                    tuple(each["likely"]),
                )
                for each in page["asked"]
            )
            yield Page(page["name"], tuple(page["passages"]), asked)


def likely_of(question: str, units: Sequence[Unit], *, without: Iterable[int]) -> tuple[int, ...]:
    """The units that share most words with a question, by rarity, but for some; at most 24."""
    said = [stems_in(unit.passage) for unit in units]
    spread = Counter(stem for stems in said for stem in stems)
    asked = sorted(stem for stem in stems_in(question) if spread[stem])
    rarity = {stem: math.log(1 + len(units) / spread[stem]) for stem in asked}
    shared = [sum(weight for stem, weight in rarity.items() if stem in stems) for stems in said]
    left = set(range(len(units))) - set(without)
    return tuple(sorted(left, key=lambda at: (-shared[at], at))[:24])


def occurrences(text: str, passage: str) -> list[tuple[int, int]]:
    """Where a text stands in a passage as words of its own, in any case and spacing."""
    pieces = [re.escape(word) for word in text.split()]
    if not pieces:
        return []
    before = r"(?<!\w)" if re.match(r"\w", text.strip()) else ""
    after = r"(?!\w)" if re.search(r"\w$", text.strip()) else ""
    pattern = re.compile(before + r"\s+".join(pieces) + after, re.IGNORECASE)
    return [match.span() for match in pattern.finditer(passage)]
