"""Records what the reader finds on a split's pages, for `measure`, `calibrate`, `reader_numbers`.

Run `python -m scripts.reader_model.record SPLIT FOLDER`. Each page is read as the coarse view of
the default budget shows it, by the exact engine, and written as `PAGE.json`. What was recorded
before is left alone, and pages that cannot be had are named.
"""

import argparse
import json
from pathlib import Path

from benchmarks.corpus.pages import CorpusError, draw_page, load_documents
from ergo_agent.dialects.reader import ReadingDialect
from ergo_agent.episode.planning import plan_coarse
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.images import open_original
from ergo_agent.policies.ocr.reader import ViewReader
from ergo_agent.views.geometry import Region


def main() -> None:
    """Record the pages."""
    parser = argparse.ArgumentParser(prog="python -m scripts.reader_model.record")
    parser.add_argument("split")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    reader = ViewReader()
    for document in load_documents(options.split):
        path = options.folder / f"{document.id}.json"
        if path.is_file():
            continue
        try:
            data = draw_page(document).read_bytes()
        except CorpusError as error:
            print(f"left out: {document.id} ({str(error)[:80]})")
            continue
        path.write_text(json.dumps(_lines(data, reader), ensure_ascii=False), "utf-8")


def _lines(data: bytes, reader: ViewReader) -> list[list[object]]:
    """Text, box, score, words with their spans, and whether it is turned, of each line."""
    original = open_original(data)
    terms = Terms(VisionSettings(), ReadingDialect().token_rule)
    shown = plan_coarse(original.size, page=1, terms=terms).shown
    view = original.shown(Region.whole(original.size), shown)
    return [
        [line.text, line.box, line.score, line.words, line.turned]
        for line in reader.look(view).lines
    ]


if __name__ == "__main__":
    main()
