"""What of a page's text layer its views show: handed to a model beside the views, as pixels are."""

from collections.abc import Iterable, Mapping

from ergo_agent.images.text_layers import TextLayer
from ergo_agent.views.geometry import ViewMap
from ergo_agent.views.view import View

__all__ = ["ShownLayer"]


class ShownLayer:
    """A text layer that was found to be right, and where each view of its page lies on it.

    Who is given one reads no word that no view shows. It is printed, and so traced, without any of
    its text.
    """

    def __init__(self, layer: TextLayer, views: Iterable[View]) -> None:
        """Say what is shown.

        Args:
            layer: Of one page.
            views: Of that page, made.
        """
        self.layer = layer
        self._maps: Mapping[str, ViewMap] = {view.digest: view.map for view in views}

    def map_of(self, digest: str) -> ViewMap | None:
        """Where a view lies, by the digest of its bytes; None for one that is not of the page."""
        return self._maps.get(digest)

    def __repr__(self) -> str:
        """Of which page, and how many views show it."""
        return f"<text layer of page {self.layer.page}, in {len(self._maps)} view(s)>"
