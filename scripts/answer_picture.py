"""The picture at the top of the README, from a real run of the embedded reader.

    python -m scripts.answer_picture

It writes `docs/images/answer.png`: on the left the page as it was looked at first, with the region
that was looked at closely (blue), on the right a part of that region, with the box that the answer
was read in (red).
"""

import io
import sys
from pathlib import Path

from PIL import Image, ImageDraw

from ergo_agent import VisionAnswer, ask
from ergo_agent.report.drawing import EVIDENCE_COLOUR, ZOOM_COLOUR
from ergo_agent.views.geometry import Region

__all__ = ["PICTURE", "QUESTION", "drawn"]

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "examples" / "page.png"
PICTURE = ROOT / "docs" / "images" / "answer.png"

QUESTION = "What is the total due?"
HEIGHT = 300
"""Of the picture, in its pixels: a third of a screen."""

PART = (620, HEIGHT)
"""Of what stands on the right, in pixels of the picture."""

SCALE = 0.45
"""At which that is shown: print of the page is then as high as the text around the picture."""

MOST_BYTES = 60_000
_GAP = 24


def main() -> None:
    """Ask, draw and save."""
    answer = ask(PAGE, QUESTION)
    with Image.open(PAGE) as page:
        picture = drawn(page.convert("RGB"), answer)
    buffer = io.BytesIO()
    picture.quantize(64).save(buffer, "PNG", optimize=True)
    PICTURE.write_bytes(buffer.getvalue())
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size:,} bytes; {answer!r}")
    if PICTURE.stat().st_size > MOST_BYTES:
        sys.exit(f"more than {MOST_BYTES:,} bytes")


def drawn(page: Image.Image, answer: VisionAnswer) -> Image.Image:
    """The page and the place of the answer, side by side.

    Args:
        page: The original, at full resolution.
        answer: What was answered about it, from one place.
    """
    small = page.resize(
        (round(page.width * HEIGHT / page.height), HEIGHT), Image.Resampling.LANCZOS
    )
    for view in answer.views:
        if not view.is_coarse:
            _outline(small, view.region, ZOOM_COLOUR, scale=HEIGHT / page.height)
    (found,) = answer.evidence
    part = _around(found.region, page)
    close = page.crop(part.as_tuple()).resize(PART, Image.Resampling.LANCZOS)
    _outline(close, found.region, EVIDENCE_COLOUR, scale=SCALE, at=(part.left, part.top))
    picture = Image.new("RGB", (small.width + _GAP + close.width, HEIGHT), "white")
    for image, left in ((small, 0), (close, small.width + _GAP)):
        ImageDraw.Draw(image).rectangle((0, 0, image.width - 1, HEIGHT - 1), outline="#999999")
        picture.paste(image, (left, 0))
    return picture


def _around(region: Region, page: Image.Image) -> Region:
    """What is shown on the right: the place in its middle, as far as the page goes."""
    width, height = (round(side / SCALE) for side in PART)
    left = min(max(0, (region.left + region.right - width) // 2), page.width - width)
    top = min(max(0, (region.top + region.bottom - height) // 2), page.height - height)
    return Region(left=left, top=top, right=left + width, bottom=top + height)


def _outline(
    image: Image.Image,
    region: Region,
    colour: str,
    *,
    scale: float,
    at: tuple[int, int] = (0, 0),
) -> None:
    """A frame around a region, in a picture whose corner lies at a point of the page."""
    left, top, right, bottom = region.as_tuple()
    near = ((left - at[0]) * scale - 3, (top - at[1]) * scale - 3)
    far = ((right - at[0]) * scale + 3, (bottom - at[1]) * scale + 2)
    frame = [round(edge) for edge in (*near, *far)]
    ImageDraw.Draw(image).rectangle(frame, outline=colour, width=2)


if __name__ == "__main__":
    main()
