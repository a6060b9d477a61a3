"""The picture of a report in the README, from a real run of the embedded reader.

    python -m scripts.report_picture

It needs what `tests/browser` needs, and writes `docs/images/report.png`.
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

from ergo_agent import ask
from tests.support.browser import open_page, started_chromium

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "examples" / "page.png"
PICTURE = ROOT / "docs" / "images" / "report.png"

QUESTION = "What is the total due?"
WINDOW = (1280, 900)
MOST_BYTES = 300_000


def main() -> None:
    """Ask, save the report, and photograph it from top to bottom."""
    result = ask(PAGE, QUESTION)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.html"
        result.save_report(report, image=PAGE)
        photograph = _photograph(report.as_uri())
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_bytes(_small(photograph))
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size:,} bytes; {result.answer}")
    if PICTURE.stat().st_size > MOST_BYTES:
        sys.exit(f"more than {MOST_BYTES:,} bytes")


def _photograph(address: str) -> Image.Image:
    with (
        started_chromium() as browser,
        open_page(browser, address, size=WINDOW, reduced_motion="reduce") as page,
    ):
        page.keyboard.press("ArrowRight")
        page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
        page.evaluate("scrollTo(0, 0)")
        return Image.open(io.BytesIO(page.screenshot(full_page=True)))


def _small(photograph: Image.Image) -> bytes:
    """As PNG with 128 colours: a third of the bytes, and text stays sharp."""
    buffer = io.BytesIO()
    photograph.convert("RGB").quantize(128).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
