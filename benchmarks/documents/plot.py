"""Cost over the number of pages, drawn as an SVG that reads on light and dark pages."""

from collections.abc import Callable, Sequence
from math import log10
from pathlib import Path

from benchmarks.documents.cost import Cost

__all__ = ["PICTURE", "draw"]

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "documents.svg"

_WIDTH, _HEIGHT, _LEFT, _TOP, _ACROSS, _DOWN = 760, 340, 56, 40, 300, 230
_COLOURS = {"born digital": "#2f7ed8", "scanned": "#d9822b"}


def draw(found: Sequence[Cost]) -> str:
    """Two panels, vision tokens and seconds, both scales logarithmic.

    Dashed lines are reading every page, full ones a question; of seconds the first one.
    """
    tokens = _panel(found, 0, "vision tokens", lambda one: one.tokens, lambda one: one.all_tokens)
    seconds = _panel(
        found, _ACROSS + 2 * _LEFT - 24, "seconds, first question",
        lambda one: one.first, lambda one: one.all_seconds,
    )  # fmt: skip
    key = "".join(
        f'<text x="{_LEFT + 130 * at}" y="18" fill="{colour}">{form}</text>'
        for at, (form, colour) in enumerate(_COLOURS.items())
    )
    note = f'<text x="{_LEFT + 270}" y="18" fill="#808080">dashed: every page read whole</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'aria-label="Cost of a question over the number of pages" font-family="sans-serif" '
        f'font-size="13">{key}{note}{tokens}{seconds}</svg>\n'
    )


def _panel(
    found: Sequence[Cost],
    left: float,
    title: str,
    ours: Callable[[Cost], float],
    whole: Callable[[Cost], float],
) -> str:
    values = [each for one in found for each in (ours(one), whole(one))]
    low, high = 10 ** int(log10(min(values)) - (min(values) < 1)), max(values)
    pages = sorted({one.pages for one in found})

    def place(one: Cost, value: float) -> tuple[float, float]:
        x = (log10(one.pages) - log10(pages[0])) / (log10(pages[-1]) - log10(pages[0]) or 1)
        y = (log10(value) - log10(low)) / (log10(high) - log10(low) or 1)
        return left + _LEFT + x * _ACROSS, _TOP + (1 - y) * _DOWN

    parts = [f'<text x="{left + _LEFT}" y="{_TOP - 6}" fill="#808080">{title}</text>']
    tick = float(low)
    while tick <= high:
        y = place(found[0], tick)[1]
        parts.append(
            f'<line x1="{left + _LEFT}" x2="{left + _LEFT + _ACROSS}" y1="{y:.1f}" y2="{y:.1f}" '
            f'stroke="#808080" stroke-opacity="0.35"/><text x="{left + _LEFT - 6}" y="{y + 4:.1f}" '
            f'text-anchor="end" fill="#808080">{tick:,.0f}</text>'
        )
        tick *= 10
    for one in {one.pages: one for one in found}.values():
        x = place(one, low)[0]
        parts.append(
            f'<text x="{x:.1f}" y="{_TOP + _DOWN + 18}" text-anchor="middle" fill="#808080">'
            f"{one.pages}</text>"
        )
    parts.append(
        f'<text x="{left + _LEFT + _ACROSS / 2}" y="{_TOP + _DOWN + 38}" text-anchor="middle" '
        'fill="#808080">pages</text>'
    )
    for form, colour in _COLOURS.items():
        some = sorted((one for one in found if one.form == form), key=lambda one: one.pages)
        for value, dash in ((ours, ""), (whole, ' stroke-dasharray="5 4"')):
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(o, value(o)) for o in some))
            parts.append(
                f'<polyline points="{points}" fill="none" stroke="{colour}"{dash} '
                'stroke-width="2"/>'
            )
    return "".join(parts)
