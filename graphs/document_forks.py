"""Time travel in a document: go back to a zoom of one of its pages and take another box.

LangGraph runs what is gone on from as new tasks, and a subgraph's states lie under the name of its
task. So a fork is two states: one of the document, in which the page is about to be looked at, and
below the task of that state one of the page, in which its zoom was decided. What else was looked
at beside that page is taken along, and not paid for again.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from langchain_core.runnables import RunnableConfig
from langgraph.types import StateSnapshot

from ergo_agent._common.text import quoted
from ergo_agent.episode.review import ZoomDecision
from ergo_agent.errors import SettingsError
from ergo_agent.graphs.fork_values import before_zoom, fork_values

__all__ = ["Access", "fork_page"]

_NAMED = ("thread_id", "checkpoint_ns", "checkpoint_id", "checkpoint_map")
_Config = RunnableConfig | None


class Access(NamedTuple):
    """How the states of a graph are read and written: by an async checkpointer or another one."""

    get: Callable[[RunnableConfig], Awaitable[StateSnapshot]]
    update: Callable[[RunnableConfig, Mapping[str, Any], str], Awaitable[RunnableConfig]]
    """Takes the config of what is gone on from, values, and the node that is to have given them."""


class _Opened(NamedTuple):
    """Where an episode is about to look at a page."""

    before: StateSnapshot
    at: int
    """Of `opening`, which of the pages that are looked at side by side it is."""


async def fork_page(
    states: Access, config: RunnableConfig, *, decision: ZoomDecision, zoom: int, page: int | None
) -> RunnableConfig:
    """Fork an episode about a document before a zoom of one of its pages.

    Args:
        states: Of the document's graph.
        config: As for `fork_zoom`.
        decision: What to show instead.
        zoom: Which zoom of that page, from 1.
        page: Its number in the document; the one that was answered from when left out.

    Raises:
        SettingsError: If the page was not looked at, or has no such zoom.
        DecisionError: If a box holds nothing of the page.
    """
    newest = await states.get(config)
    opened = await _where_opened(states, newest, _chosen(newest, page))
    snapshot = before_zoom(await _past_of_page(states, opened), zoom)
    values = {**snapshot.values, **fork_values(snapshot, decision)}
    values["reviews"] = values["reviews"].value  # nothing is there yet that they could replace
    above = await states.update(_bare(opened.before.config), _still_to_do(opened, newest), "open")
    again = await states.get(above)
    place = _task(again, at=0)
    below: RunnableConfig = {
        "configurable": {"thread_id": above["configurable"]["thread_id"], "checkpoint_ns": place}
    }
    made = await states.update(below, values, "policy")
    known = above["configurable"]["checkpoint_id"]
    lies = {"": known, place: made["configurable"]["checkpoint_id"]}
    return {
        "configurable": {
            **_bare(above)["configurable"],
            "checkpoint_ns": "",
            "checkpoint_map": lies,
        }
    }


def _chosen(newest: StateSnapshot, page: int | None) -> int:
    """The page that is meant.

    Raises:
        SettingsError: If none is named, and none was answered from.
    """
    result = newest.values.get("result") or {}
    if page is None and result.get("answer") is None:
        raise SettingsError("no page was answered from; name one of the pages with page=")
    return int(result["image"]["page"]) if page is None else page


async def _where_opened(states: Access, newest: StateSnapshot, page: int) -> _Opened:
    """The state in which a page is about to be looked at.

    Raises:
        SettingsError: If there is none.
    """
    seen: list[int] = []
    for snapshot in [newest, *await _past(states, newest.parent_config)]:
        if "survey" in snapshot.next:
            break  # what lies before is another episode
        if "page" in snapshot.next:
            hits, opening = snapshot.values["hits"], snapshot.values["opening"]
            pages = [int(hits[each["rank"]]["page"]) for each in opening]
            if page in pages:
                return _Opened(snapshot, pages.index(page))
            seen += pages
    there = ", ".join(map(str, sorted(seen))) or "none"
    raise SettingsError(
        f"page={quoted(page)} was not looked at; the pages that were looked at are: {there}"
    )


async def _past_of_page(states: Access, opened: _Opened) -> list[StateSnapshot]:
    """The states of a page's own graph, newest first."""
    place = _task(opened.before, at=opened.at)
    thread = opened.before.config["configurable"]["thread_id"]
    return await _past(states, {"configurable": {"thread_id": thread, "checkpoint_ns": place}})


def _still_to_do(opened: _Opened, newest: StateSnapshot) -> dict[str, Any]:
    """The page, and of those beside it what was found, or that they are still to be opened."""
    opening = opened.before.values["opening"]
    ranks = {each["rank"] for each in opening if each is not opening[opened.at]}
    looks = [look for look in newest.values.get("looks") or [] if look["rank"] in ranks]
    done = {look["rank"] for look in looks}
    others = [each for each in opening if each["rank"] in ranks - done]
    return {"opening": [opening[opened.at], *others], "looks": looks}


def _task(snapshot: StateSnapshot, *, at: int) -> str:
    """Where the states of a page lie that is about to be looked at."""
    (task,) = (each for each in snapshot.tasks if each.name == "page" and each.path[1] == at)
    return f"page:{task.id}"


async def _past(states: Access, config: _Config) -> list[StateSnapshot]:
    """A state and those that lead to it, newest first."""
    past: list[StateSnapshot] = []
    while config is not None:
        past.append(await states.get(_bare(config)))
        config = past[-1].parent_config
    return past


def _bare(config: RunnableConfig) -> RunnableConfig:
    """A config without what LangGraph adds for itself."""
    known = config["configurable"]
    return {"configurable": {name: known[name] for name in _NAMED if name in known}}
