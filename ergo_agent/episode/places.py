"""Where a policy says that it read something: its boxes in original pixels."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ergo_agent.errors import RegionError
from ergo_agent.views.geometry import Region
from ergo_agent.views.view import PlacedBox, View

__all__ = ["ReadPlace", "places_of"]


class ReadPlace(NamedTuple):
    """A place and the view that it was read in."""

    region: Region
    """In original pixels."""

    view: View


def places_of(boxes: Iterable[PlacedBox], views: Sequence[View]) -> list[ReadPlace]:
    """The places of boxes; one outside its view, or in none, says nothing and is left out.

    Args:
        boxes: As a reply gave them, in view pixels.
        views: All views shown so far.
    """
    numbered = {view.number: view for view in views}
    places: list[ReadPlace] = []
    for box, number in boxes:
        view = numbered.get(number)
        if view is None:
            continue
        try:
            places.append(ReadPlace(view.map.to_original(box), view))
        except RegionError:
            continue
    return places
