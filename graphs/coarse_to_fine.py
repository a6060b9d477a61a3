"""One question about one page, and the order of everything that happens to it.

```
observe   the question is checked, the image opened, the whole page shown small
policy    the model is asked about what was shown last; its reply is a move
review    only with `review_zooms`: a person accepts, corrects or rejects the regions
zoom      the regions are shown at full resolution, or as near as the budget allows, side by side
verify    only with `verify`: the answer is asked for again from its crops alone, at most twice
answer    the places of the answer are mapped to original pixels, the record is closed
```

After `policy` comes `zoom` (or `review` before it) while the reply asks for a region that shows
something new and can be paid for; `policy` again where a reply could not be used, once, or where
no further zoom is possible: then it is the last question; and `answer` (or `verify` before it) once
there is an answer, or no time for one. Every reason to stop is in `ergo_agent.episode.stopping`.

Absent on purpose: any path on which the policy is shown more than the budget allows.
"""

import os
from collections.abc import Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.types import Checkpointer, Send

from ergo_agent.episode.episode import read_episode
from ergo_agent.episode.settings import VisionContext, VisionSettings
from ergo_agent.episode.state import VisionInput, VisionOutput, VisionState, as_json
from ergo_agent.graphs.nodes import BothWays, NodesWhenReady
from ergo_agent.graphs.vision_graph import VisionGraph
from ergo_agent.images import DEFAULT_LIMITS, ImageLimits, ImageStore, open_store
from ergo_agent.images.maker import ViewMaker
from ergo_agent.policies.choice import PolicyChoice, choose_policy

__all__ = ["create_vision_graph", "page_graph"]

_Update = dict[str, Any]


def create_vision_graph(  # noqa: PLR0913  # all keyword-only, all optional
    *,
    policy: PolicyChoice = None,
    settings: VisionSettings | None = None,
    store: ImageStore | str | os.PathLike[str] | None = None,
    checkpointer: Checkpointer = None,
    limits: ImageLimits = DEFAULT_LIMITS,
    allowed_roots: Sequence[str | os.PathLike[str]] | None = None,
    allowed_hosts: Sequence[str] = (),
) -> VisionGraph:
    """The graph that answers one question about one image, sync and async.

    It may stand by itself or be a node of another graph: `parent.add_node("look", graph)`. A run
    may set things its own way, `graph.invoke(given, context={"max_zooms": 1})`; the fields are
    those of `VisionContext`, and lower what `settings` sets. While it runs, the `custom` stream
    tells of views, tokens and moves (`ergo_agent.episode.events`). With `review_zooms` a person is
    asked before each zoom (`ergo_agent.episode.review`); `fork_zoom` goes back to a zoom and takes
    another box.

    Args:
        policy: Whom to ask: a policy's name, a LangChain chat model or a `Policy`, as
            `PolicyChoice` says. "auto" when left out: the server at `ERGO_BASE_URL` where that is
            set, else the embedded reader, which needs no network.
        settings: What an episode may cost; the defaults when left out.
        store: Where originals and views are kept by digest: a store, the path of a folder, or any
            fsspec URL; memory shared by the whole process when left out. To resume an episode in
            another process, give one that outlives this one.
        checkpointer: Keeps the state after each step, before the next one begins; none when left
            out. The state holds words, boxes and digests: about 20 kB a checkpoint in an episode
            of 14 zooms.
        limits: What is too large to be opened.
        allowed_roots: Folders that image paths must lie in; any when left out. A relative path
            starts at the first of them in which it leads to something.
        allowed_hosts: Hosts that images may be fetched from by `http(s)://` URL, as `AllowedHosts`
            reads them: `example.org`, `.example.org`, `*`; none when left out.

    Returns:
        A compiled graph from `VisionInput` (`image`, `question`, `page`, `options`) to
        `VisionOutput` (`answer`, and `result`, a `VisionAnswer` as JSON).

    Raises:
        SettingsError: If there is no such policy, store or root, or an allowed host is none.
        MissingExtraError: If what the policy needs is not installed.
    """
    maker = ViewMaker(
        store=None if store is None else open_store(store),
        limits=limits,
        allowed_roots=allowed_roots,
        allowed_hosts=allowed_hosts,
    )
    nodes = NodesWhenReady(
        choose_policy(policy), settings=settings or VisionSettings(), maker=maker
    )
    return page_graph(nodes, maker=maker, input_schema=VisionInput, checkpointer=checkpointer)


def page_graph(
    nodes: NodesWhenReady,
    *,
    maker: ViewMaker,
    input_schema: type[Any],
    checkpointer: Checkpointer = None,
) -> VisionGraph:
    """The nodes in their order.

    Args:
        nodes: What each does.
        maker: Opens images.
        input_schema: `VisionInput`, or `PageInput` for a page of a document.
        checkpointer: As for `create_vision_graph`.
    """
    graph = StateGraph(
        VisionState,
        context_schema=VisionContext,
        input_schema=input_schema,
        output_schema=VisionOutput,
    )
    graph.add_node("observe", _node("observe", nodes))
    graph.add_node("policy", _node("policy", nodes))
    graph.add_node("review", _node("review", nodes))
    graph.add_node("zoom", _node("zoom", nodes))
    graph.add_node("verify", _node("verify", nodes))
    graph.add_node("answer", _node("answer", nodes))

    graph.add_edge(START, "observe")
    graph.add_edge("observe", "policy")
    after = ["review", "zoom", "policy", "verify", "answer"]
    graph.add_conditional_edges("policy", _after_policy, after)
    graph.add_conditional_edges("review", _after_review, ["zoom", "policy"])
    graph.add_edge("zoom", "policy")
    graph.add_conditional_edges("verify", _after_verify, ["verify", "answer"])
    graph.add_edge("answer", END)
    compiled = graph.compile(checkpointer=checkpointer, name="coarse_to_fine")
    return VisionGraph.of(compiled, maker=maker)


def _after_policy(state: VisionState) -> str | list[Send]:
    """To a person, the crops, another question, what confirms the answer, or the end."""
    do = read_episode(state).next.do
    return do if do in {"answer", "review", "verify"} else _after_review(state)


def _after_verify(state: VisionState) -> str:
    """To one more look, or to the end."""
    return "verify" if read_episode(state).next.do == "verify" else "answer"


def _after_review(state: VisionState) -> str | list[Send]:
    """To the crops, each in its own branch, or to another question."""
    decided = read_episode(state).next
    if decided.do != "zoom":
        return "policy"
    shared = {name: state.get(name) for name in ("facts", "source", "context")}
    return [Send("zoom", {**shared, "crop": as_json(crop)}) for crop in decided.crops]


def _node(name: str, nodes: NodesWhenReady) -> BothWays:
    """A node for `invoke` and `ainvoke` alike; its work is done by the method of `Nodes`."""

    async def run(state: _Update, config: RunnableConfig) -> _Update:
        return await nodes.run(name, state, config)

    return BothWays(run, name=name)
