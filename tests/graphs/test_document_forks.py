"""Time travel in a document: an earlier zoom of one of its pages, with another box."""

from collections.abc import Sequence
from typing import Any

import pytest
from langchain_core.messages import BaseMessage
from langgraph.checkpoint.memory import InMemorySaver
from PIL import Image

from ergo_agent import create_document_graph
from ergo_agent.errors import DecisionError, SettingsError
from ergo_agent.graphs import afork_zoom, fork_zoom
from ergo_agent.images import MemoryStore
from ergo_agent.policies.base import Policy
from tests.support.manuals import CONFIG, NOT_FOUND, ZOOM
from tests.support.scripted import Reply, image_urls, received, scripted

ANSWER = "<answer>A. red</answer>"
OTHER = "<answer>B. blue</answer>"
BOX = [1400, 900, 1680, 1180]


class SideBySide(Policy):
    """Two pages at once."""

    @property
    def pages_at_once(self) -> int:
        return 2


def asked(*replies: Reply, beside: bool = False) -> tuple[Any, Policy]:
    """An episode about three pages, at its end."""
    policy = scripted(*replies)
    if beside:
        policy = SideBySide(policy.model, policy.dialect)
    graph: Any = create_document_graph(
        policy=policy,
        finder="test_in_order",
        store=MemoryStore(),
        checkpointer=InMemorySaver(),
    )
    pages = [Image.new("RGB", (2400, 1800), colour) for colour in ("white", "grey", "black")]
    graph.invoke({"document": pages, "question": "q"}, CONFIG)
    return graph, policy


def first_zoom_then_answer(messages: Sequence[BaseMessage]) -> str:
    """What is replied to either page, whichever asks first."""
    return ZOOM if len(image_urls(messages)) == 1 else ANSWER


def seen(output: dict[str, Any]) -> list[tuple[int, list[int]]]:
    """The crops: page and region."""
    views = output["result"]["views"]
    return [(each["page"], list(each["region"].values())) for each in views if each["parent"]]


def test_a_fork_goes_on_from_one_page_and_keeps_what_others_came_to():
    graph, policy = asked(ZOOM, NOT_FOUND, ZOOM, ANSWER, OTHER)
    before = graph.get_state(CONFIG)
    output = graph.invoke(None, fork_zoom(graph, CONFIG, boxes=[BOX]))
    assert output["answer"] == "B. blue"
    assert len(received(policy)) == 5
    first, second = seen(output)
    assert first == seen(before.values)[0]
    assert second == (2, BOX)
    (review,) = output["result"]["reviews"]
    assert review["decision"]["boxes"] == [BOX]
    assert graph.get_state(before.config).values["answer"] == "A. red"


def test_an_earlier_page_is_gone_on_from_and_later_ones_follow_anew():
    graph, policy = asked(ZOOM, NOT_FOUND, ZOOM, ANSWER, NOT_FOUND, OTHER)
    output = graph.invoke(None, fork_zoom(graph, CONFIG, boxes=[BOX], page=1))
    assert output["answer"] == "B. blue"
    assert seen(output) == [(1, BOX)]
    assert [each["page"] for each in output["result"]["document"]["opened"]] == [1, 2]
    assert len(received(policy)) == 6


def test_pages_beside_it_are_not_asked_about_again():
    graph, policy = asked(first_zoom_then_answer, beside=True)
    before = seen(graph.get_state(CONFIG).values)
    assert [page for page, _ in before] == [1, 2]
    output = graph.invoke(None, fork_zoom(graph, CONFIG, boxes=[BOX], page=1))
    assert output["answer"] == "A. red"
    assert len(received(policy)) == 5
    assert seen(output) == [(1, BOX), before[1]]


async def test_a_fork_can_be_forked_with_an_async_checkpointer():
    graph, _ = asked(ZOOM, ANSWER, OTHER, ANSWER)
    await graph.ainvoke(None, await afork_zoom(graph, CONFIG, boxes=[BOX]))
    other = [0, 0, 280, 280]
    output = await graph.ainvoke(None, await afork_zoom(graph, CONFIG, boxes=[other]))
    assert (output["answer"], seen(output)) == ("A. red", [(1, other)])


def test_a_page_a_zoom_and_a_box_that_are_not_there_are_refused():
    graph, _ = asked(ZOOM, ANSWER)
    with pytest.raises(SettingsError, match=r"page=3 was not looked at; the pages .* are: 1"):
        fork_zoom(graph, CONFIG, boxes=[BOX], page=3)
    with pytest.raises(SettingsError, match="zoom=2 is no zoom of the episode; its zooms are: 1"):
        fork_zoom(graph, CONFIG, boxes=[BOX], page=1, zoom=2)
    with pytest.raises(DecisionError):
        fork_zoom(graph, CONFIG, boxes=[[9000, 9000, 9100, 9100]])
    graph, _ = asked(NOT_FOUND)
    with pytest.raises(SettingsError, match="name one of the pages"):
        fork_zoom(graph, CONFIG, boxes=[BOX])
