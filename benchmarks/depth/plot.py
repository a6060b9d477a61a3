"""What is found, and what it costs, over the pixels, drawn as an SVG for light and dark pages."""

from collections.abc import Callable, Sequence
from math import log10
from pathlib import Path
from typing import NamedTuple

from benchmarks.depth.table import Row

__all__ = ["PICTURE", "draw"]

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "depth.svg"

_WIDTH, _HEIGHT, _LEFT, _TOP, _ACROSS, _DOWN = 760, 330, 56, 40, 300, 220
_OURS, _FULL = "#2f7ed8", "#d9822b"


def draw(rows: Sequence[Row]) -> str:
    """Two panels: the share of needles found, with its interval, and vision tokens.

    The scale of the pixels, and that of the tokens, is logarithmic.
    """
    most = max(row.full_tokens for row in rows)
    share, cost = _Scale(0.0, 1.0, float), _Scale(2.0, log10(most), log10)
    found = _Panel(rows, 0, "found, of those that full resolution finds", share)
    tokens = _Panel(rows, _ACROSS + 2 * _LEFT - 24, "vision tokens", cost)
    parts = [
        f'<text x="{_LEFT}" y="16" fill="{_OURS}">coarse to fine</text>',
        f'<text x="{_LEFT + 120}" y="16" fill="{_FULL}">all of it at full resolution</text>',
        *found.frame((0, 0.25, 0.5, 0.75, 1), "{:.0%}"),
        *(found.bar(row, row.share.low, row.share.high) for row in rows),
        found.line(lambda row: row.share.value, _OURS),
        *tokens.frame([10**n for n in range(2, int(log10(most)) + 1)], "{:,}"),
        tokens.line(lambda row: row.tokens, _OURS),
        tokens.line(lambda row: row.full_tokens, _FULL),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'aria-label="Needles found and vision tokens over megapixels" font-family="sans-serif" '
        f'font-size="13">{"".join(parts)}</svg>\n'
    )


class _Scale(NamedTuple):
    low: float
    high: float
    of: Callable[[float], float]


class _Panel:
    """One of the two."""

    def __init__(self, rows: Sequence[Row], left: float, title: str, scale: _Scale) -> None:
        self._rows, self._left, self._title, self._scale = rows, left + _LEFT, title, scale

    def frame(self, ticks: Sequence[float], form: str) -> list[str]:
        """Title, ticks and the sizes of the images."""
        parts = [f'<text x="{self._left}" y="{_TOP - 6}" fill="#808080">{self._title}</text>']
        for tick in ticks:
            y = self._y(tick)
            parts.append(
                f'<line x1="{self._left}" x2="{self._left + _ACROSS}" y1="{y:.1f}" y2="{y:.1f}" '
                f'stroke="#808080" stroke-opacity="0.35"/><text x="{self._left - 6}" '
                f'y="{y + 4:.1f}" text-anchor="end" fill="#808080">{form.format(tick)}</text>'
            )
        parts += [
            f'<text x="{self._x(row):.1f}" y="{_TOP + _DOWN + 18}" text-anchor="middle" '
            f'fill="#808080">{row.megapixels:g}</text>'
            for row in self._rows
        ]
        middle = self._left + _ACROSS / 2
        return [
            *parts,
            f'<text x="{middle}" y="{_TOP + _DOWN + 36}" text-anchor="middle" fill="#808080">'
            "megapixels</text>",
        ]

    def line(self, value: Callable[[Row], float], colour: str) -> str:
        """A value over the pixels."""
        points = " ".join(f"{self._x(row):.1f},{self._y(value(row)):.1f}" for row in self._rows)
        return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'

    def bar(self, row: Row, low: float, high: float) -> str:
        """An interval."""
        x = self._x(row)
        return (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{self._y(low):.1f}" y2="{self._y(high):.1f}" '
            f'stroke="{_OURS}" stroke-opacity="0.6"/>'
        )

    def _x(self, row: Row) -> float:
        first, last = (log10(self._rows[at].megapixels) for at in (0, -1))
        return self._left + (log10(row.megapixels) - first) / (last - first or 1) * _ACROSS

    def _y(self, value: float) -> float:
        low, high, of = self._scale
        at = (of(value) - low) / (high - low or 1)
        return _TOP + (1 - min(1.0, max(0.0, at))) * _DOWN
