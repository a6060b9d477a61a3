"""One question about a document of many pages, and the order of everything that happens to it.

```
survey    the document is opened, and each of its pages has a text: its layer's, or a quick reading
find      a page finder ranks the pages for the question
open      it is decided which page, or pages, are looked at next, and what that may cost
page      one page is looked at: the whole graph of `coarse_to_fine`, as a subgraph
answer    the looks are joined into one record, under one ledger
```

After `page` comes `open` again, until a page has answered, `max_pages` were opened, the budget or
the time is used up, or no page is left; then `answer`. With one page asked about there is nothing
to survey or to find.

Absent on purpose: texts and pixels in the state. The survey's texts lie on the shelf beside the
store, and a node that needs them reads them there.
"""

import os
from collections.abc import Sequence
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.types import Checkpointer, Send

from ergo_agent.documents.finders import FinderChoice, choose_finder
from ergo_agent.episode.settings import VisionContext, VisionSettings
from ergo_agent.episode.state import PageInput, VisionOutput
from ergo_agent.graphs.coarse_to_fine import page_graph
from ergo_agent.graphs.document_graph import DocumentGraph
from ergo_agent.graphs.document_nodes import DocumentNodes
from ergo_agent.graphs.document_state import DocumentInput, DocumentState
from ergo_agent.graphs.nodes import BothWays, NodesWhenReady
from ergo_agent.graphs.page_node import PageNode
from ergo_agent.images import DEFAULT_LIMITS, ImageLimits, ImageStore, open_store
from ergo_agent.images.maker import ViewMaker
from ergo_agent.policies.choice import PolicyChoice, choose_policy

__all__ = ["create_document_graph"]


def create_document_graph(  # noqa: PLR0913  # all keyword-only, all optional
    *,
    policy: PolicyChoice = None,
    finder: FinderChoice = None,
    settings: VisionSettings | None = None,
    store: ImageStore | str | os.PathLike[str] | None = None,
    checkpointer: Checkpointer = None,
    limits: ImageLimits = DEFAULT_LIMITS,
    allowed_roots: Sequence[str | os.PathLike[str]] | None = None,
    allowed_hosts: Sequence[str] = (),
) -> DocumentGraph:
    """The graph that answers one question about a document of many pages, sync and async.

    Each page that is opened runs through the graph of `create_vision_graph`, as a subgraph. What
    holds for that holds for this: `context`, the `custom` stream (whose events say which page),
    `review_zooms`, checkpoints, resuming, traces.

    Args:
        policy: Whom to ask, as for `create_vision_graph`.
        finder: Who says which pages to open, as `FinderChoice` says: "text" when left out.
        settings: What an episode may cost, over all pages; the defaults when left out.
        store: As for `create_vision_graph`; surveys are kept beside it.
        checkpointer: As for `create_vision_graph`; a checkpoint holds neither texts nor pixels.
        limits: What is too large to be opened.
        allowed_roots: Folders that paths must lie in, as for `create_vision_graph`.
        allowed_hosts: Hosts that images may be fetched from, as for `create_vision_graph`.

    Returns:
        A compiled graph from `DocumentInput` (`document`, `question`, `page`, `pages`, `options`)
        to `VisionOutput` (`answer`, and `result`, a `VisionAnswer` as JSON).

    Raises:
        SettingsError: If there is no such policy, finder, store or root, or a host is none.
        MissingExtraError: If what the policy needs is not installed.
    """
    maker = ViewMaker(
        store=None if store is None else open_store(store),
        limits=limits,
        allowed_roots=allowed_roots,
        allowed_hosts=allowed_hosts,
    )
    chosen, asked = settings or VisionSettings(), choose_policy(policy)
    looking = page_graph(
        NodesWhenReady(asked, settings=chosen, maker=maker),
        maker=maker,
        input_schema=PageInput,
        # a subgraph takes its parent's; where that has none, it is not lent its caller's either
        checkpointer=False if checkpointer is False else None,
    )
    nodes = DocumentNodes(asked, finder=choose_finder(finder), settings=chosen, maker=maker)
    graph = StateGraph(
        DocumentState,
        context_schema=VisionContext,
        input_schema=DocumentInput,
        output_schema=VisionOutput,
    )
    graph.add_node("survey", BothWays(nodes.survey, name="survey"))
    graph.add_node("find", BothWays(nodes.find, name="find"))
    graph.add_node("open", BothWays(nodes.open, name="open"))
    graph.add_node("page", PageNode(looking))
    graph.add_node("answer", BothWays(nodes.answer, name="answer"))

    graph.add_edge(START, "survey")
    graph.add_edge("survey", "find")
    graph.add_edge("find", "open")
    graph.add_conditional_edges("open", _after_open, ["page", "answer"])
    graph.add_edge("page", "open")
    graph.add_edge("answer", END)
    compiled = graph.compile(checkpointer=checkpointer, name="document")
    within: list[Any] = [looking]
    compiled.nodes["page"].subgraphs = within  # so that its states and forks are found
    return DocumentGraph.of_document(compiled, maker=maker)


def _after_open(state: DocumentState) -> str | list[Send]:
    """To the pages, each in its own branch, or to the end."""
    opening = state.get("opening") or []
    if not opening:
        return "answer"
    shared: dict[str, Any] = {
        name: state.get(name) for name in ("question", "options", "parts", "context")
    }
    hits = state["hits"]
    return [
        Send("page", {**shared, "opening": each, "hit": hits[each["rank"]]}) for each in opening
    ]
