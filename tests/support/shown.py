"""Views for tests of dialects."""

from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import View

__all__ = ["ORIGINAL", "shown_views"]

ORIGINAL = Size(4000, 3000)


def shown_views(count: int = 1, *, shown: Size = Size(1148, 840)) -> list[View]:  # noqa: B008
    """The whole of a large image and parts of it, the parts at other sizes than the whole."""
    whole = View(number=1, region=Region.whole(ORIGINAL), shown=shown, original=ORIGINAL)
    parts = [
        View(
            number=number,
            region=Region(left=100 * number, top=100, right=100 * number + 1120, bottom=660),
            shown=Size(560, 280),
            original=ORIGINAL,
            parent=1,
        )
        for number in range(2, count + 1)
    ]
    return [whole, *parts]
