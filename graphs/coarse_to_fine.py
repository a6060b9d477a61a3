"""One question about one image: observe, ask, zoom, ask again, answer.

Absent on purpose: any path on which the policy is shown more than the budget allows.
"""

import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig, RunnableLambda
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Checkpointer, Send

from ergo_agent.graphs.nodes import NodesWhenReady
from ergo_agent.imaging import DEFAULT_LIMITS, ImageLimits, ImageStore
from ergo_agent.policies.choice import PolicyChoice, choose_policy
from ergo_agent.running import run_sync
from ergo_agent.settings import VisionSettings
from ergo_agent.state import Episode, VisionInput, VisionOutput, VisionState
from ergo_agent.viewing import ViewMaker

__all__ = ["create_vision_graph"]

_Update = dict[str, Any]
_Node = Callable[[_Update, RunnableConfig], Awaitable[_Update]]


def create_vision_graph(  # noqa: PLR0913  # all keyword-only, all optional
    *,
    policy: PolicyChoice = None,
    settings: VisionSettings | None = None,
    store: ImageStore | None = None,
    checkpointer: Checkpointer = None,
    limits: ImageLimits = DEFAULT_LIMITS,
    allowed_roots: Sequence[str | os.PathLike[str]] | None = None,
    allowed_hosts: Sequence[str] = (),
) -> CompiledStateGraph[VisionState, None, VisionInput, VisionOutput]:
    """The graph that answers one question about one image, sync and async.

    Args:
        policy: Whom to ask: a policy's name, a LangChain chat model or a `Policy`, as
            `PolicyChoice` says. "auto" when left out: the server at `ERGO_BASE_URL` where that is
            set, else the embedded reader, which needs no network.
        settings: What an episode may cost; the defaults when left out.
        store: Where originals and views are kept by digest; memory shared by the whole process
            when left out. To resume an episode in another process, give a `DirectoryStore`.
        checkpointer: Keeps the state after each step; none when left out. The state holds digests,
            but LangGraph also keeps the input: give images as paths or digests.
        limits: What is too large to be opened.
        allowed_roots: Folders that image paths must lie in; any when left out.
        allowed_hosts: Hosts that images may be fetched from by `http(s)://` URL, as `AllowedHosts`
            reads them: `example.org`, `.example.org`, `*`; none when left out.

    Returns:
        A compiled graph from `VisionInput` (`image`, `question`, `page`, `options`) to
        `VisionOutput` (`answer`, and `result`, a `VisionAnswer` as JSON).

    Raises:
        SettingsError: If there is no such policy, or an allowed host is none.
        MissingExtraError: If what the policy needs is not installed.
    """
    nodes = NodesWhenReady(
        choose_policy(policy),
        settings=settings or VisionSettings(),
        maker=ViewMaker(
            store=store, limits=limits, allowed_roots=allowed_roots, allowed_hosts=allowed_hosts
        ),
    )
    graph = StateGraph(VisionState, input_schema=VisionInput, output_schema=VisionOutput)
    graph.add_node("observe", _both(nodes, "observe"))
    graph.add_node("policy", _both(nodes, "policy"))
    graph.add_node("zoom", _both(nodes, "zoom"))
    graph.add_node("answer", _both(nodes, "answer"))
    graph.add_edge(START, "observe")
    graph.add_edge("observe", "policy")
    graph.add_conditional_edges("policy", _after_policy, ["zoom", "policy", "answer"])
    graph.add_edge("zoom", "policy")
    graph.add_edge("answer", END)
    return graph.compile(checkpointer=checkpointer, name="coarse_to_fine")


def _both(nodes: NodesWhenReady, name: str) -> RunnableLambda[Any, _Update]:
    """A node for `invoke` and `ainvoke` alike."""

    async def run(state: _Update, config: RunnableConfig) -> _Update:
        node: _Node = getattr(await nodes.get(), name)
        return await node(state, config)

    def run_blocking(state: _Update, config: RunnableConfig) -> _Update:
        return run_sync(run(state, config))

    return RunnableLambda(run_blocking, afunc=run, name=name)


def _after_policy(state: VisionState) -> str | list[Send]:
    """To the crops, each in its own branch; to another question; or to the end."""
    episode = Episode.model_validate(state)
    if episode.next.do == "zoom":
        first = len(episode.views) + 1
        shared = {"facts": state["facts"], "source": state.get("source")}
        crops = state["next"]["crops"]
        return [
            Send("zoom", {**shared, "number": first + at, "crop": crop})
            for at, crop in enumerate(crops)
        ]
    return "answer" if episode.next.do == "answer" else "policy"
