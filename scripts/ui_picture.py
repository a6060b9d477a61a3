"""The picture of the local page in its guide, from a real run of the embedded reader.

    python -m scripts.ui_picture

It needs what `tests/browser` needs, and writes `docs/images/ui.png`.
"""

import io
import sys
from pathlib import Path

from PIL import Image

from tests.support.browser import open_page, started_chromium
from tests.support.local_page import Browser, page_process
from tests.support.page_steps import ask, open_listed, the_answer

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "examples"
PICTURE = ROOT / "docs" / "images" / "ui.png"

QUESTION = "What is the total due?"
WINDOW = (1280, 900)
MOST_BYTES = 300_000


def main() -> None:
    """Ask, choose the zoom, and photograph the window."""
    with (
        page_process("--root", FOLDER) as process,
        Browser(process.url) as client,
        started_chromium() as browser,
        open_page(browser, client.entrance, size=WINDOW, reduced_motion="reduce") as page,
    ):
        open_listed(page)
        ask(page, QUESTION)
        answer = the_answer(page)
        page.click(".box[data-view='2'] .frame")
        page.evaluate("scrollTo(0, 0)")
        photograph = Image.open(io.BytesIO(page.screenshot()))
    _save(photograph)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size:,} bytes; {answer}")
    if PICTURE.stat().st_size > MOST_BYTES:
        sys.exit(f"more than {MOST_BYTES:,} bytes")


def _save(photograph: Image.Image) -> None:
    """As PNG with 128 colours: a third of the bytes, and text stays sharp."""
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    photograph.convert("RGB").quantize(128).save(PICTURE, "PNG", optimize=True)


if __name__ == "__main__":
    main()
