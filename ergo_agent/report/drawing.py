"""Where an answer was read, drawn on the page."""

from PIL import Image, ImageDraw

from ergo_agent.episode.record import Record
from ergo_agent.views.geometry import Region

__all__ = ["EVIDENCE_COLOUR", "ZOOM_COLOUR", "draw_answer"]

EVIDENCE_COLOUR = "#d62728"
"""Red: where the answer was read."""

ZOOM_COLOUR = "#1f77b4"
"""Blue: what else was looked at closely. Both can be told apart by colour-blind readers."""


def draw_answer(page: Image.Image, answer: Record) -> Image.Image:
    """A copy of the page with the regions shown (blue) and the evidence (red).

    The evidence itself stays as it is on the page: no frame, its own or another's, lies over it.

    Args:
        page: The original, at full resolution.
        answer: What was answered about it.
    """
    drawn = page.convert("RGB")
    if drawn is page:
        drawn = page.copy()
    pen = ImageDraw.Draw(drawn)
    width = max(2, round(max(page.size) / 500))
    for view in answer.views:
        if view.is_coarse or view.page != answer.image.page:
            continue
        _outline(pen, view.region, colour=ZOOM_COLOUR, width=width)
    read = [found.region for found in answer.evidence if found.page == answer.image.page]
    for region in read:
        _outline(pen, region, colour=EVIDENCE_COLOUR, width=width)
    for region in read:
        edges = region.as_tuple()
        drawn.paste(page.crop(edges), edges[:2])
    return drawn


def _outline(pen: ImageDraw.ImageDraw, region: Region, *, colour: str, width: int) -> None:
    """A frame around a region, drawn outside it so that what was read stays readable."""
    left, top, right, bottom = region.as_tuple()
    frame = (left - width, top - width, right - 1 + width, bottom - 1 + width)
    pen.rectangle(frame, outline=colour, width=width)
