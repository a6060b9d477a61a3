"""Whether pages of different splits repeat each other: runs of words that both hold.

Run `python -m benchmarks.corpus.overlap`; it needs every page and downloads what is not kept yet.
"""

import re
import sys
from collections.abc import Iterable
from itertools import combinations

from benchmarks.corpus.model import Document, Split, load_documents
from benchmarks.corpus.pages import CorpusError, page_text

__all__ = ["Run", "runs_of", "runs_on"]

LENGTH = 8
"""Words; shorter runs are set phrases such as "the end of the previous chapter"."""
_LETTERS = 5
"""Words of a run that must be letters, so that rows of numbers do not count."""

Run = tuple[str, ...]


def main() -> int:
    """Print the pages that share runs with another split; 1 where there are any."""
    found = {split: runs_on(load_documents(split)) for split in Split}
    shared = 0
    for one, other in combinations(Split, 2):
        known = set().union(*found[one].values())
        for name, runs in found[other].items():
            if common := runs & known:
                shared += 1
                example = " ".join(sorted(common)[0])
                print(f"{name} ({other}) shares {len(common)} runs with {one}: {example!r}")
    print({split.value: len(pages) for split, pages in found.items()}, f"{shared} pages share runs")
    return 1 if shared else 0


def runs_of(text: str) -> set[Run]:
    """The runs of eight words of a text, case folded, of which at least five are letters."""
    words = re.findall(r"\w+", text.casefold())
    runs = zip(*(words[start:] for start in range(LENGTH)), strict=False)
    return {run for run in runs if sum(word.isalpha() for word in run) >= _LETTERS}


def runs_on(documents: Iterable[Document]) -> dict[str, set[Run]]:
    """The runs of pages, by their ids; pages that cannot be had are named and left out."""
    found = {}
    for document in documents:
        try:
            found[document.id] = runs_of(page_text(document))
        except CorpusError as error:
            print(f"left out: {document.id} ({error})", file=sys.stderr)
    return found


if __name__ == "__main__":
    sys.exit(main())
