"""The node that looks at one page of a document: it runs the graph of one page as a subgraph."""

from collections.abc import Mapping
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig
from langgraph.config import get_stream_writer

from ergo_agent.episode.pages import DocumentPart, Hit, place_of
from ergo_agent.episode.state import PageInput, read_context
from ergo_agent.errors import ImageError, ImageNotFoundError
from ergo_agent.graphs.document_answer import image_error
from ergo_agent.graphs.document_state import Look
from ergo_agent.graphs.vision_graph import VisionGraph

__all__ = ["PageNode"]

_State = dict[str, Any]


class PageNode(Runnable[Any, _State]):
    """Looks at one page within what it may cost; what is wrong with a page ends only its look.

    It runs the graph as it is run itself, sync or async, for so the checkpointer is called.
    """

    name = "page"

    def __init__(self, graph: VisionGraph) -> None:
        """Say which graph looks at a page."""
        self._graph = graph

    def invoke(
        self,
        input: _State,  # noqa: A002  # LangChain's name
        config: RunnableConfig | None = None,
        **_: Any,
    ) -> _State:
        """Run the node; blocking."""
        asked = _Asked(input)
        try:
            asked.check()
            output: _State = {}
            ran = self._graph.stream(asked.given, config, **asked.options)
            for mode, chunk in ran:
                output = asked.heard(mode, chunk) or output
        except ImageError as error:
            return asked.failed(error)
        return asked.done(output)

    async def ainvoke(
        self,
        input: _State,  # noqa: A002
        config: RunnableConfig | None = None,
        **_: Any,
    ) -> _State:
        """Run the node."""
        asked = _Asked(input)
        try:
            asked.check()
            output: _State = {}
            ran = self._graph.astream(asked.given, config, **asked.options)
            async for mode, chunk in ran:
                output = asked.heard(mode, chunk) or output
        except ImageError as error:
            return asked.failed(error)
        return asked.done(output)


class _Asked:
    """One look: what the page's graph is given, and what becomes of what it says."""

    def __init__(self, state: Mapping[str, Any]) -> None:
        self._hit = Hit.model_validate(state["hit"])
        self._rank = int(state["opening"]["rank"])
        self._batch = int(state["opening"]["batch"])
        parts = [DocumentPart.model_validate(part) for part in state["parts"]]
        place = place_of(parts, self._hit.page)
        self._part = place.part
        self._tell = get_stream_writer()
        self.given: PageInput = {
            "image": place.part.source or place.part.digest,
            "question": str(state["question"]),
            "page": place.page,
            "options": list(state.get("options") or []),
            "surveyed_layer": state["opening"].get("trusted_layer"),
        }
        context = {
            **read_context(state),
            "max_vision_tokens": state["opening"]["max_vision_tokens"],
        }
        if state["opening"].get("deadline") is not None:
            context["deadline"] = state["opening"]["deadline"]
        self.options: dict[str, Any] = {
            "context": context,
            "stream_mode": ["custom", "values"],
            "output_keys": ["answer", "result"],
        }

    def check(self) -> None:
        """Refuse a file that could not be opened when the document was.

        Raises:
            ImageError: If it is one, of the kind that it was then.
        """
        if self._part.error:
            raise image_error(self._part.kind, self._part.error)

    def heard(self, mode: str, chunk: Any) -> _State:  # noqa: ANN401  # whatever the stream has
        """Pass an event on, with the page's number in the document; keep what is the output."""
        if mode != "custom":
            return dict(chunk)
        event = {**chunk, "page": self._hit.page} if isinstance(chunk, Mapping) else chunk
        self._tell(event)
        return {}

    def done(self, output: _State) -> _State:
        """The look, if the page is still the one that was surveyed."""
        result = output["result"]
        if result["image"]["digest"] != self._part.digest:
            return self.failed(
                ImageNotFoundError("the file holds something else now than when it was surveyed")
            )
        return {"looks": [self._look(result=result)]}

    def failed(self, error: ImageError) -> _State:
        """The look at a page that cannot be opened."""
        return {"looks": [self._look(error=error.for_model, kind=type(error).__name__)]}

    def _look(self, *, result: Any = None, error: str = "", kind: str = "") -> Look:  # noqa: ANN401
        look: Look = {
            "rank": self._rank,
            "page": self._hit.page,
            "batch": self._batch,
            "result": result,
            "error": error,
            "kind": kind,
        }
        return look
