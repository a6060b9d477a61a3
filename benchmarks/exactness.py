"""What is lost in views that are not made from all pixels, or not sent as they are.

Run `python -m benchmarks.exactness`. The embedded reader reads coarse views of pages of the
development split: as they would be, resampled bicubically from all pixels and sent losslessly, and
as they may be made for less. A word is the same if the reader finds it as often as in the first;
levels are of 255, the largest difference of any pixel. Words at the edge of what can be read come
and go with the least change of a pixel, so that another column counts in the end: the words of the
page's own text layer that are found, against those found in the exact view. `--only` and `--pages`
take a part of it; `--write` puts the table into `docs/performance.md`.
"""

import argparse
import io
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pypdfium2
from PIL import Image, JpegImagePlugin
from PIL.Image import Resampling

from benchmarks.corpus.model import Document
from benchmarks.corpus.pages import default_cache, load_documents, load_pdf
from benchmarks.page import measured_on, write_section
from ergo_agent.images import DEFAULT_LIMITS, encode_view
from ergo_agent.images.pdfs import PdfReader
from ergo_agent.policies.ocr.reader import ViewReader
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.patches import QWEN2_5_VL

__all__ = ["WAYS", "Page", "measure"]


class Page:
    """One page, in the forms in which it may come."""

    def __init__(self, document: Document, *, budget: int) -> None:
        """Draw it at 300 dots per inch."""
        self.id = document.id
        data, index = load_pdf(document, cache=default_cache())
        with pypdfium2.PdfDocument(data) as opened:
            single = pypdfium2.PdfDocument.new()
            single.import_pages(opened, [index])
            buffer = io.BytesIO()
            single.save(buffer)
        self.pdf = buffer.getvalue()
        with pypdfium2.PdfDocument(self.pdf) as alone:
            self.words = Counter(alone[0].get_textpage().get_text_bounded().split())
        self.drawn = PdfReader(self.pdf, page=1, limits=DEFAULT_LIMITS).decode()
        encoded = io.BytesIO()
        self.drawn.save(encoded, "JPEG", quality=90)
        self.jpeg = encoded.getvalue()
        self.size = Size(*self.drawn.size)
        self.at = QWEN2_5_VL.fit(self.size, max_tokens=budget)


def shrunk(page: Page, gap: float | None = None) -> Image.Image:
    """All pixels, resampled; with `gap` first by boxes of whole pixels, as Pillow has it."""
    return page.drawn.resize(page.at, Resampling.BICUBIC, reducing_gap=gap)


def decoded(page: Page, margin: float) -> Image.Image:
    """A JPEG decoded at no less than `margin` times the view's size, and resampled."""
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(page.jpeg))
    made = image.draft("RGB", (round(margin * page.at.width), round(margin * page.at.height)))
    box = None if made is None else made[1]
    return image.resize(page.at, Resampling.BICUBIC, box=box)


def whole(page: Page) -> Image.Image:
    """All pixels of the JPEG, resampled."""
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(page.jpeg))
    return image.resize(page.at, Resampling.BICUBIC)


def part(page: Page) -> Image.Image:
    """The middle of a JPEG, as large as a view, as it is."""
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(page.jpeg))
    left, top = (image.width - page.at.width) // 2, (image.height - page.at.height) // 2
    return image.crop((left, top, left + page.at.width, top + page.at.height))


def sent(page: Page, make: Callable[[Page], Image.Image]) -> Image.Image:
    """A view as it comes out of the JPEG that is sent."""
    view = encode_view(make(page), lossy=True)
    return Image.open(io.BytesIO(view.data)).convert("RGB")


def drawn(page: Page, larger: float) -> Image.Image:
    """A page of a PDF, drawn at so many times the view's size, and resampled."""
    reader = PdfReader(page.pdf, page=1, limits=DEFAULT_LIMITS)
    return reader.cut(Region.whole(page.size), page.at, Resampling.BICUBIC, larger=larger)


class Way(NamedTuple):
    """One way to make a view, and the exact one that it is compared with."""

    make: Callable[[Page], Image.Image]
    exact: Callable[[Page], Image.Image]
    whole: bool = True
    """Whether it shows all of a page."""


def _ways() -> dict[str, Way]:
    ways = {
        "JPEG, all decoded, sent as JPEG of quality 95": Way(partial(sent, make=whole), whole),
        "JPEG, a crop as it is, sent as JPEG of quality 95": Way(
            partial(sent, make=part), part, whole=False
        ),
    }
    for margin in (1.5, 1.4, 1.2, 1.0):
        made = partial(decoded, margin=margin)
        name = f"JPEG, decoded at {margin:g} times the view or more"
        ways[name] = Way(made, whole)
        ways[f"{name}, sent as JPEG of quality 95"] = Way(partial(sent, make=made), whole)
    for gap in (2.0, 1.1):
        ways[f"PNG, reducing_gap {gap:g}"] = Way(partial(shrunk, gap=gap), shrunk)
    for larger in (3.0, 2.0, 1.5):
        made = partial(drawn, larger=larger)
        ways[f"PDF, drawn at {larger:g} times the view"] = Way(made, shrunk)
    return ways


WAYS = _ways()
"""By what the table calls them."""


class Found(NamedTuple):
    """How near one way came, over all pages."""

    words: int
    """Of the exact views."""

    same: int
    right: int
    """Of the words that are printed on the pages, found in their views."""

    exactly_right: int
    """The same of the exact views."""

    levels: int
    """Largest difference of any pixel."""

    milliseconds: float
    """Of the processor, to make one view, mean."""


def measure(ways: Sequence[str], pages: Sequence[Page]) -> Iterator[tuple[str, Found]]:
    """How near some ways come, one after the other."""
    reader = ViewReader(remembered=4 * len(pages))
    for name in ways:
        way, total = WAYS[name], Found(0, 0, 0, 0, 0, 0.0)
        for page in pages:
            started = time.process_time()
            view = way.make(page).convert("RGB")
            spent = time.process_time() - started
            found = _compared(reader, view, way.exact(page).convert("RGB"), page.words)
            total = _added(total, found, spent)
        yield name, total._replace(milliseconds=total.milliseconds / len(pages))


def _compared(
    reader: ViewReader, view: Image.Image, exact: Image.Image, printed: Counter[str]
) -> Found:
    seen, before = (_words(reader, each) for each in (view, exact))
    difference = np.abs(np.asarray(view, dtype=int) - np.asarray(exact))
    return Found(
        before.total(),
        (seen & before).total(),
        (seen & printed).total(),
        (before & printed).total(),
        int(difference.max()),
        0.0,
    )


def _added(total: Found, one: Found, spent: float) -> Found:
    return Found(
        total.words + one.words,
        total.same + one.same,
        total.right + one.right,
        total.exactly_right + one.exactly_right,
        max(total.levels, one.levels),
        total.milliseconds + 1000 * spent,
    )


def _words(reader: ViewReader, view: Image.Image) -> Counter[str]:
    return Counter(word.text for line in reader.read(view) for word in line.words)


def _row(name: str, found: Found) -> str:
    share = f"{100 * found.same / found.words:.2f} %"
    right = f"{100 * found.right / found.exactly_right:.2f} %" if WAYS[name].whole else ""
    return (
        f"| {name} | {share} | {found.words:,} | {right} | {found.levels} levels "
        f"| {found.milliseconds:.0f} ms |"
    )


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.exactness", description=__doc__)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--budget", type=int, default=1280, help="vision tokens of a view")
    parser.add_argument("--only", default="", help="ways whose names hold this")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    documents = load_documents("development")
    chosen = documents[:: max(1, len(documents) // options.pages)][: options.pages]
    pages = [Page(document, budget=options.budget) for document in chosen]
    lines = [
        f"{len(pages)} pages at {options.budget} vision tokens.",
        "",
        "| view | words the same | of | words right | largest difference | CPU |",
        "|---|---|---|---|---|---|",
    ]
    print("\n".join(lines))
    for name, found in measure([name for name in WAYS if options.only in name], pages):
        lines.append(_row(name, found))
        print(lines[-1], flush=True)
    if options.write:
        write_section("exactness", "\n".join([f"{measured_on()}: {lines[0]}", *lines[1:]]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
