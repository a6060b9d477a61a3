"""Record what the reader finds on pages of the training set, to test layout and finder on.

Run `python -m scripts.record_pages [PAGE ...]`. It reads each page, all of `PAGES` when none is
named, as the coarse view of the default budget shows it, and writes one JSON file a page into
`tests/policies/ocr/recorded`. A page is named by its id in the corpus, or `example`; with `-quick`
behind it, it is read by the quick engine, as coarse views are, which joins what stands close by.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.corpus.pages import draw_page, load_documents
from ergo_agent.dialects.reader import ReadingDialect
from ergo_agent.episode.planning import plan_coarse
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.images import open_original
from ergo_agent.policies.ocr.reader import ViewReader
from ergo_agent.views.geometry import Region
from tests.support.recorded import record

PAGES = (
    "bzip2-manual-p9",
    "bzip2-manual-p9-quick",
    "example-quick",
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

_QUICK = "-quick"
_EXAMPLE = Path(__file__).parents[1] / "examples" / "page.png"


def main(pages: Sequence[str]) -> int:
    """Read and record pages."""
    documents = {document.id: document for document in load_documents("training")}
    terms = Terms(VisionSettings(), ReadingDialect().token_rule)
    reader = ViewReader()
    for page in pages or PAGES:
        name = page.removesuffix(_QUICK)
        original = open_original(_EXAMPLE if name == "example" else draw_page(documents[name]))
        shown = plan_coarse(original.size, page=1, terms=terms).shown
        view = original.shown(Region.whole(original.size), shown)
        record(page, reader.read(view, quick=page.endswith(_QUICK)), shown=shown)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
