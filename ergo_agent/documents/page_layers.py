"""The text layer of a page that is looked at, for a policy that may read it in place of pixels."""

from cachetools import LRUCache

from ergo_agent.episode.episode import Episode
from ergo_agent.errors import ImageError
from ergo_agent.images.maker import ViewMaker
from ergo_agent.images.shown_layers import ShownLayer
from ergo_agent.images.text_layers import TextLayer, read_text_layers
from ergo_agent.images.threads import in_image_thread

__all__ = ["PageLayers"]

_KEPT = 16
"""Layers of pages, for the later turns of an episode; a dense one takes about 1 MB."""


class PageLayers:
    """Reads layers of pages, each once while it is among those used last."""

    def __init__(self, maker: ViewMaker) -> None:
        """Say where documents lie.

        Args:
            maker: Its store has the document, its limits say at how many pixels pages are drawn.
        """
        self._maker = maker
        self._kept: LRUCache[tuple[str, int], TextLayer] = LRUCache(_KEPT)

    async def shown(self, episode: Episode) -> ShownLayer | None:
        """What of its page's layer an episode's views show.

        Args:
            episode: About a page whose layer the survey found to be right.

        Returns:
            None where the layer is not believed, or cannot be read after all: then there are only
            pixels.
        """
        if not episode.trusted_layer:
            return None
        page = episode.facts.digest, episode.facts.page
        layer = self._kept.get(page)
        if layer is None:
            layer = await in_image_thread(self._read, *page, owner=episode.facts.digest)
            if layer is None or layer.size != episode.size:
                return None
            self._kept[page] = layer
        return ShownLayer(layer, episode.views)

    def _read(self, digest: str, page: int) -> TextLayer | None:
        """Blocking."""
        try:
            data = self._maker.store.get(digest)
            layers = read_text_layers(data, first=page, last=page, limits=self._maker.limits)
            layer = next(layers, None)
        except ImageError:
            return None
        return layer if layer is not None and layer.lines else None
