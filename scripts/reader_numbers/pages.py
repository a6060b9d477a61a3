"""Whether the page that holds the answer is among the first of the default finder's."""

from benchmarks.documents.book import Asked
from benchmarks.documents.corpus import written
from benchmarks.documents.kinds import KINDS
from ergo_agent.documents.page_text import PageText
from ergo_agent.documents.text_finder import rank_pages
from ergo_agent.documents.text_layer import seen_layer
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.text_layers import read_text_layers

__all__ = ["Pages"]

_PAGES = 30
_QUESTIONS, _TWO_PAGES = 12, 3
_SEED = 40_000
"""And the number of the document: a seed that no other documents have."""

_FIRST = 3


class Pages:
    """Documents that the benchmark writes, each with the texts of its pages."""

    def __init__(self, *, every: int) -> None:
        """Write them.

        Args:
            every: Of five times four documents one of so many is taken.
        """
        self._documents = [_written(number) for number in range(0, 4 * len(KINDS), every)]

    def score(self) -> dict[str, float]:
        """Of how many questions the answer's page comes first, and among the first three."""
        ranks: list[int] = []
        for pages, asked in self._documents:
            for question in asked:
                found = [hit.page for hit in rank_pages(question.question, pages)]
                ranks.append(found.index(question.pages[0]))
        return {
            "first": sum(rank == 0 for rank in ranks),
            "first three": sum(rank < _FIRST for rank in ranks),
            "of": len(ranks),
        }


def _written(number: int) -> tuple[dict[int, PageText], list[Asked]]:
    kind = sorted(KINDS)[number % len(KINDS)]
    made = written(
        kind,
        _PAGES,
        "born digital",
        seed=_SEED + number,
        questions=_QUESTIONS,
        two_pages=_TWO_PAGES,
    )
    layers = read_text_layers(made.pdf, first=1, last=made.pages, limits=ImageLimits())
    pages = {
        layer.page: PageText("text_layer", layer.size, seen_layer(layer).lines, "")
        for layer in layers
    }
    return pages, [asked for asked in made.asked if asked.pages]
