"""Writes example files: `python -m scripts.reader_model.prepare --help`."""

import argparse
from pathlib import Path

from scripts.reader_model.corpus import corpus_pages
from scripts.reader_model.examples import write_pages
from scripts.reader_model.invented.pages import invented_pages

__all__ = ["main"]


def main() -> None:
    """Write one file a split, and one of invented pages, into a folder."""
    parser = argparse.ArgumentParser(prog="python -m scripts.reader_model.prepare")
    parser.add_argument("out", type=Path, help="folder for the files")
    parser.add_argument("splits", nargs="*", help="splits of the corpus")
    parser.add_argument("--invented", type=int, default=0, help="number of invented pages")
    parser.add_argument("--seed", type=int, default=0, help="of the invented pages")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for split in options.splits:
        count = write_pages(options.out / f"{split}.jsonl", corpus_pages(split))
        print(f"{split}: {count} questions")
    if options.invented:
        pages = invented_pages(options.invented, seed=options.seed)
        count = write_pages(options.out / f"invented-{options.seed}.jsonl", pages)
        print(f"invented: {count} questions")


if __name__ == "__main__":
    main()
