"""The compiled graph of a document: that of one page, with other input."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from ergo_agent._common.text import quoted
from ergo_agent.errors import SettingsError
from ergo_agent.graphs.vision_graph import VisionGraph
from ergo_agent.images import ImageSource
from ergo_agent.images.maker import ViewMaker
from ergo_agent.images.sources import kind_of_source

__all__ = ["DocumentGraph"]


class DocumentGraph(VisionGraph):
    """A compiled graph from `DocumentInput` to `VisionOutput`; see `create_document_graph`."""

    @classmethod
    def of_document(cls, compiled: Any, *, maker: ViewMaker) -> "DocumentGraph":  # noqa: ANN401  # LangGraph's type has four parameters
        """What LangGraph compiled, as a graph of this class."""
        graph = cls.of(compiled, maker=maker)
        assert isinstance(graph, DocumentGraph)
        return graph

    async def _held(self, given: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
        """The input with each file that is given by its bytes named by its digest, and held."""
        document = given["document"]
        sources = list(document) if isinstance(document, list | tuple) else [document]
        held, names = ExitStack(), []
        for source in sources:
            names.append(
                held.enter_context(await self._held_image(source)) if _is_held(source) else source
            )
        return held, {**given, "document": names if document is not sources[0] else names[0]}

    def _needs_holding(self, given: object) -> bool:
        document = given.get("document") if isinstance(given, Mapping) else None
        sources = document if isinstance(document, list | tuple) else [document]
        return any(source is not None and _is_held(source) for source in sources)

    def _check(self, given: object) -> None:
        super()._check(given)
        pages = given.get("pages") if isinstance(given, Mapping) else None
        if not self._keeps(pages):
            raise SettingsError(f'pages={quoted(pages)} names no pages; give for example "2-5"')


def _is_held(source: ImageSource) -> bool:
    """Whether a file is given by its bytes, or by their digest."""
    return kind_of_source(source) not in {"path", "remote"}
