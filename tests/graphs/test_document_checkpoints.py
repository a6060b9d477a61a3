"""What the graph of a document leaves in checkpoints, and how it goes on from them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from ergo_agent import VisionSettings, create_document_graph
from tests.support.manuals import ANSWER, CONFIG, NOT_FOUND, QUESTION, ZOOM
from tests.support.paged import digital, manual
from tests.support.savers import saver
from tests.support.scripted import received, scripted


@pytest.mark.parametrize("form", ["path", "bytes"])
def test_checkpoints_hold_neither_pixels_nor_texts(document: Path, form: str, tmp_path: Path):
    given = str(document) if form == "path" else document.read_bytes()
    kept = InMemorySaver()
    graph = create_document_graph(
        policy=scripted(NOT_FOUND, ZOOM, ANSWER), checkpointer=kept, store=tmp_path
    )
    output = graph.invoke({"document": given, "question": QUESTION}, CONFIG)
    assert output["answer"] == "thirty months"
    said = repr([*kept.blobs.values(), *kept.writes.values()])
    assert "turned until it no longer rocks" not in said
    assert len(said) < 400_000


def test_a_review_stops_the_document_and_is_resumed_from_a_file(document: Path, tmp_path: Path):
    settings = VisionSettings(review_zooms=True)
    first, second = scripted(NOT_FOUND, ZOOM), scripted(ANSWER)
    given: Any = {"document": str(document), "question": QUESTION}
    for policy in (first, second):
        with saver(str(tmp_path / "kept.sqlite")) as kept:
            graph = create_document_graph(
                policy=policy, settings=settings, store=tmp_path / "store", checkpointer=kept
            )
            output = graph.invoke(given, CONFIG)
            if policy is first:
                (asked,) = output["__interrupt__"]
                assert asked.value["kind"] == "zoom_proposal"
        given = Command(resume={"type": "edit", "boxes": [[560, 560, 840, 840]]})
    assert output["answer"] == "thirty months"
    assert (len(received(first)), len(received(second))) == (2, 1)
    assert output["result"]["views"][-1]["region"]["left"] == 560


def test_a_failed_run_goes_on_without_paying_twice(document: Path, tmp_path: Path):
    policy = scripted(NOT_FOUND, OSError("down"), ANSWER)
    with saver(str(tmp_path / "kept.sqlite")) as kept:
        graph = create_document_graph(policy=policy, store=tmp_path / "store", checkpointer=kept)
        with pytest.raises(Exception, match="down"):
            graph.invoke({"document": str(document), "question": QUESTION}, CONFIG)
        output = graph.invoke(None, CONFIG)
    assert output["answer"] == "thirty months"
    assert len(received(policy)) == 3
    assert len(output["result"]["document"]["opened"]) == 2


def test_the_state_of_a_look_at_a_page_is_found_by_its_namespace(document: Path, tmp_path: Path):
    kept = InMemorySaver()
    graph = create_document_graph(policy=scripted(ZOOM, ANSWER), checkpointer=kept, store=tmp_path)
    graph.invoke({"document": str(document), "question": QUESTION}, CONFIG)
    (within,) = (namespace for namespace in kept.storage["1"] if namespace)
    state = graph.get_state({"configurable": {"thread_id": "1", "checkpoint_ns": within}})
    assert len(state.values["views"]) == 2


def test_fifty_pages_leave_less_than_a_megabyte(tmp_path: Path):
    pages = manual({}, pages=50)
    replies: Sequence[str] = [ZOOM, NOT_FOUND] * 5
    kept = InMemorySaver()
    graph = create_document_graph(policy=scripted(*replies), checkpointer=kept, store=tmp_path)
    data = bytes(digital(pages).output())
    output = graph.invoke({"document": data, "question": QUESTION}, CONFIG)
    assert len(output["result"]["document"]["opened"]) == 5
    kept_at = [each for by_id in kept.storage["1"].values() for each in by_id.values()]
    size = sum(len(checkpoint[1]) for checkpoint, *_ in kept_at)
    size += sum(len(blob[1]) for blob in kept.blobs.values())
    assert len(kept_at) >= 30
    assert 20_000 < size < 1_000_000
