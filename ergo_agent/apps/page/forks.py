"""A run that goes on from an earlier zoom with other boxes.

A fork has a checkpointer of its own, into which the past of the run is copied: so each run is
forgotten by itself, and none waits for another.
"""

from collections.abc import Sequence

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.checkpoint.memory import InMemorySaver

from ergo_agent.apps.page.answers import Refused
from ergo_agent.apps.page.log import ENDS, Said
from ergo_agent.apps.page.run import CONFIG, Begun, Run
from ergo_agent.graphs import acheck_fork, afork_zoom
from ergo_agent.policies.base import Policy

__all__ = ["fork_of", "kept_events"]


async def fork_of(
    run: Run, policy: Policy, *, zoom: int, boxes: Sequence[Sequence[int]]
) -> tuple[Begun, InMemorySaver]:
    """What a fork begins with, and the checkpointer that keeps it.

    Args:
        run: What is forked.
        policy: Whom it asks.
        zoom: Which zoom, from 1.
        boxes: What to show instead, in original pixels.

    Raises:
        Refused: If the run has not begun, or is about all pages of a document.
        SettingsError: If it has no such zoom.
        DecisionError: If a box is malformed, lies outside, or shows nothing new.
        PolicyError: If the policy's server cannot say what it serves.
    """
    if run.asked.page is None:
        raise Refused(409, "a run over all pages is not gone on from; ask about its page alone")
    if run.newest is None:
        raise Refused(409, "the run has not begun yet; wait for its first zoom")
    saver = InMemorySaver()
    newest = await _copied(run.saver, run.newest, into=saver)
    graph = run.asked.graph(policy, saver)
    terms = (await policy.ready()).terms(run.asked.settings)
    await acheck_fork(graph, newest, boxes=boxes, zoom=zoom, terms=terms)
    config = await afork_zoom(graph, newest, boxes=boxes, zoom=zoom)
    return Begun(graph, None, config), saver


def kept_events(said: Sequence[Said], *, zoom: int) -> tuple[Said, ...]:
    """What was said up to the policy's wish for a zoom, which another box now replaces."""
    kept: list[Said] = []
    for event in said:
        if event.name in ENDS:
            break
        kept.append(event)
        if event.data.get("zoom") == zoom:
            break
    return tuple(kept)


async def _copied(
    saver: InMemorySaver, newest: RunnableConfig, *, into: InMemorySaver
) -> RunnableConfig:
    """Copy a checkpoint and all that lie before it, and return the config of the copy."""
    past: list[CheckpointTuple] = []
    config: RunnableConfig | None = newest
    while config is not None:
        found = await saver.aget_tuple(config)
        if found is None:
            break
        past.append(found)
        config = found.parent_config
    copy: RunnableConfig = {"configurable": {**CONFIG["configurable"], "checkpoint_ns": ""}}
    for each in reversed(past):
        versions = each.checkpoint["channel_versions"]
        copy = await into.aput(copy, each.checkpoint, each.metadata, versions)
    return copy
