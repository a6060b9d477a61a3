"""The embedded reader beside RapidOCR as it comes and Tesseract: time, and words read right.

Run `python -m benchmarks.readers`; `--write` puts the table into `docs/performance.md`. Every
reader is shown the same clean pages at 300 dots per inch, whose words are known from the text layer
of the PDF that they were drawn from. One thread each: run it as `OMP_THREAD_LIMIT=1 taskset -c 0
python -m benchmarks.readers`. Tesseract is left out where the program is not installed (`apt-get
install tesseract-ocr`). "Coarse" is the first look of the embedded reader, with 1280 vision
tokens, "whole" the same page in one view.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from typing import Any

import numpy as np
from PIL import Image
from rapidocr import RapidOCR

from benchmarks.corpus.model import Document, Look
from benchmarks.corpus.pages import draw_page, load_documents, page_text
from benchmarks.page import measured_on, write_section
from ergo_agent.images import open_original
from ergo_agent.policies.ocr.reader import ViewReader
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.patches import QWEN2_5_VL

_Reader = Callable[[Image.Image], str]


def main() -> int:
    """Read the pages with every reader and print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.readers", description=__doc__)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    pages = [_page(document) for document in _clean(options.pages)]
    rows = [
        "| reader | seconds a page, median | processor seconds | words read right |",
        "|---|---|---|---|",
    ]
    for name, read in _readers().items():
        read(pages[0][0])  # loads the models
        runs = [_run(read, *page) for page in pages]
        wall, spent = (median(run[at] for run in runs) for at in (0, 1))
        right, words = (sum(run[at] for run in runs) for at in (2, 3))
        rows.append(f"| {name} | {wall:.2f} | {spent:.2f} | {right / words:.1%} |")
        print(rows[-1], flush=True)
    if options.write:
        write_section("readers", _report("\n".join(rows), len(pages)))
    return 0


def _report(table: str, count: int) -> str:
    return (
        f"{measured_on()}, CPU only, {count} pages, with\n\n"
        "```shell\nOMP_THREAD_LIMIT=1 taskset -c 0 python -m benchmarks.readers --write\n```\n\n"
        f"{table}\n"
    )


def _clean(count: int) -> list[Document]:
    """Clean development pages, from all over the split."""
    clean = [document for document in load_documents("development") if document.look == Look()]
    return clean[:: max(1, len(clean) // count)][:count]


def _page(document: Document) -> tuple[Image.Image, Counter[str]]:
    """A page as it is looked at, and its words."""
    original = open_original(draw_page(document).read_bytes())
    whole = original.shown(Region.whole(original.size), original.size)
    return whole, _words(page_text(document))


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def _readers() -> dict[str, _Reader]:
    ours, plain = ViewReader(), RapidOCR(params={"Global.log_level": "critical"})

    def coarse(page: Image.Image) -> str:
        ours.forget()
        size = QWEN2_5_VL.fit(Size(*page.size), max_tokens=1280, min_tokens=64)
        small = page.resize(size, Image.Resampling.BICUBIC)
        return "\n".join(line.text for line in ours.read(small, quick=True))

    def whole(page: Image.Image) -> str:
        ours.forget()
        return "\n".join(line.text for line in ours.read(page))

    def rapid(page: Image.Image) -> str:
        read: Any = plain(np.ascontiguousarray(np.asarray(page)[:, :, ::-1]))
        return "\n".join(read.txts or ())

    readers: dict[str, _Reader] = {
        "embedded, coarse": coarse,
        "embedded, whole": whole,
        "RapidOCR as it comes": rapid,
    }
    program = shutil.which("tesseract")
    if program:
        readers["Tesseract"] = lambda page: _tesseract(program, page)
    return readers


def _tesseract(program: str, page: Image.Image) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        page.save(path, compress_level=1, dpi=(300, 300))
        command = [program, str(path), "stdout"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _run(read: _Reader, page: Image.Image, words: Counter[str]) -> tuple[float, float, int, int]:
    """Seconds, seconds of the processor, words read right, words on the page."""
    started, spent = time.perf_counter(), _spent()
    found = _words(read(page))
    return time.perf_counter() - started, _spent() - spent, (found & words).total(), words.total()


def _spent() -> float:
    children = getrusage(RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    sys.exit(main())
