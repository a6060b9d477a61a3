"""The ledger as bars: what each view cost, against one pass at full resolution."""

from typing import NamedTuple

from ergo_agent.episode.ledger import Ledger

__all__ = ["CostBars", "Segment", "cost_bars"]


class Segment(NamedTuple):
    """A view's part of the bar, in percent of the bar's whole length."""

    view: int
    tokens: int
    left: float
    width: float

    @property
    def has_room(self) -> bool:
        """Whether the view's number fits into it on a phone, 3 % of 340 pixels being a digit."""
        return self.width >= 3


class CostBars(NamedTuple):
    """Two bars of one scale; lengths in percent."""

    segments: tuple[Segment, ...]
    spent: float
    full_resolution: float


def cost_bars(ledger: Ledger) -> CostBars:
    """The bars of a ledger; the longer of them is 100 % long."""
    percent = 100 / max(ledger.spent, ledger.full_resolution)
    segments: list[Segment] = []
    left = 0.0
    for entry in ledger.entries:
        width = entry.cost * percent
        segments.append(Segment(entry.view, entry.cost, left, width))
        left += width
    return CostBars(tuple(segments), ledger.spent * percent, ledger.full_resolution * percent)
