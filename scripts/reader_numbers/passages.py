"""How many of the passages of some pages become others: what leaves all alone changes no answer."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from ergo_agent.layout.page import understand
from ergo_agent.layout.text import TextLine
from ergo_agent.policies.ocr.finder.units import units_of

__all__ = ["Passages"]


class Passages:
    """The passages that a question is asked of, by page."""

    def __init__(self, pages: Callable[[], Mapping[str, Sequence[TextLine]]]) -> None:
        """Say what gives the lines of each page."""
        self._pages = pages
        self._first = self._found()

    def score(self) -> dict[str, float]:
        """Passages that are gone, those that are new, and all."""
        found = self._found()
        return {
            "gone": (self._first - found).total(),
            "new": (found - self._first).total(),
            "passages": self._first.total(),
        }

    def _found(self) -> Counter[tuple[str, str]]:
        return Counter(
            (page, unit.passage)
            for page, lines in self._pages().items()
            for unit in units_of(understand(lines))
        )
