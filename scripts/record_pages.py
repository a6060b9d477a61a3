"""Record what the reader finds on pages of the development set, to test layout and finder on.

Run `python -m scripts.record_pages [PAGE ...]`. It reads each page, all of `PAGES` when none is
named, as the coarse view of the default budget shows it, and writes one JSON file a page into
`tests/policies/ocr/recorded`.
"""

import sys
from collections.abc import Sequence

from benchmarks.corpus.pages import draw_page, load_documents
from ergo_agent.dialects.reading import ReadingDialect
from ergo_agent.fitting import Budget, fit_coarse
from ergo_agent.geometry import Region
from ergo_agent.imaging import open_original
from ergo_agent.policies.ocr.reader import ViewReader
from ergo_agent.settings import VisionSettings
from tests.support.recorded import record

PAGES = (
    "bzip2-manual-p9",
    "fhs-p14",
    "fontconfig-guide-p5",
    "invoice-1",
    "letter-1",
    "measurements-1",
    "simh-gri-p4",
    "simh-hp2100-p5",
    "spec-sheet-1",
    "tariff-1",
    "timetable-2",
    "warranty-1",
)
"""Most are generated, the others from manuals whose licences allow copies: see the README there."""


def main(pages: Sequence[str]) -> int:
    """Read and record pages."""
    documents = {document.id: document for document in load_documents("development")}
    settings = VisionSettings()
    budget = Budget(ReadingDialect().token_rule, settings, settings.episode_budget)
    reader = ViewReader()
    for page in pages or PAGES:
        original = open_original(draw_page(documents[page]))
        shown = fit_coarse(original.size, budget=budget)
        view = original.shown(Region.whole(original.size), shown)
        record(page, reader.read(view), shown=shown)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
