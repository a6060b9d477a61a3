"""A graph run as a guest: its caller may stand in a node or a tool of another graph.

LangGraph lends such a run the caller's checkpointer, thread and store, since it takes it for a
subgraph. A question that is asked in passing is none: what it has is its own, and it is asked anew
where the caller's node runs again. Callbacks, and so traces, cancellation and what `stream_mode`
shows of subgraphs still go through; the events of the custom stream become the caller's own, and
are passed on to whoever listens.
"""

from collections.abc import Callable, Mapping
from contextlib import aclosing
from typing import Any

from langchain_core.runnables import RunnableConfig

from ergo_agent.episode.events import hear
from ergo_agent.graphs.threads import runtime_of_caller
from ergo_agent.graphs.vision_graph import VisionGraph

__all__ = ["run_as_guest"]

_RUNTIME = "__pregel_runtime"
"""Where LangGraph keeps the runtime in a config; there is no public name for it."""


async def run_as_guest(graph: VisionGraph, given: Mapping[str, Any]) -> dict[str, Any]:
    """Run a graph to its end, whoever calls.

    Args:
        graph: Made with `checkpointer=False`.
        given: Its input.

    Returns:
        Its output.

    Raises:
        ErgoError: As the graph raises it.
    """
    tell, config = _of_caller()
    output: dict[str, Any] = {}
    ran = graph.astream(
        given, config, stream_mode=["custom", "values"], output_keys=graph.output_channels
    )
    async with aclosing(ran) as chunks:  # type: ignore[type-var]  # it is a generator
        async for mode, chunk in chunks:
            if mode == "custom":
                tell(chunk)
                hear(chunk)
            else:
                output = chunk
    return output


def _of_caller() -> tuple[Callable[[Any], None], RunnableConfig]:
    """Where events go, and the config that takes back what LangGraph would lend."""
    runtime = runtime_of_caller()
    if runtime is None:
        return lambda _: None, {}
    # a caller that is told to stop stops after its node, so the guest runs to its end
    own = runtime.override(store=None, control=None)
    return runtime.stream_writer, {"configurable": {"thread_id": None, _RUNTIME: own}}
