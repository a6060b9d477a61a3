"""Be asked before each zoom: accept what the policy wants to see, correct it, or reject it.

    python examples/human_in_the_loop.py                              # you are asked
    python examples/human_in_the_loop.py --decisions accept           # nobody is asked
    python examples/human_in_the_loop.py --decisions "edit 200,700,2300,1200" reject

No GPU, no key and no network: the embedded policy reads the page on the CPU. Boxes are left, top,
right, bottom in pixels of the original image.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from ergo_agent import ErgoError, VisionAnswer, VisionSettings, create_vision_graph
from ergo_agent.episode.events import NextDecided, TokensSpent, ViewMade, read_event
from ergo_agent.graphs import VisionGraph, fork_zoom
from ergo_agent.report import visible

PAGE = Path(__file__).with_name("page.png")
QUESTION = "What is the due date?"
THREAD: RunnableConfig = {"configurable": {"thread_id": "example"}}


def main() -> int:
    """Run an episode that asks; the exit status is 1 when something could not be used."""
    options = _options()
    decisions = iter(options.decisions or [])
    graph = create_vision_graph(
        policy="ocr",
        settings=VisionSettings(review_zooms=True),
        checkpointer=InMemorySaver(),  # a durable one would wait for days
    )
    try:
        given: Any = {"image": options.image, "question": options.question}
        _to_the_end(graph, given, THREAD, decisions=decisions)
        if options.fork:
            print("\nback to the first zoom, with another box:")
            fork = fork_zoom(graph, THREAD, boxes=[_box(options.fork)])
            _to_the_end(graph, None, fork, decisions=decisions)
    except (ErgoError, OSError) as error:
        print(visible(f"error: {error}"), file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Be asked before each zoom.")
    parser.add_argument("image", nargs="?", default=str(PAGE), help="image or PDF")
    parser.add_argument("question", nargs="?", default=QUESTION, help="what to answer")
    parser.add_argument(
        "--decisions",
        nargs="*",
        help='answers instead of yours: accept, reject, "edit LEFT,TOP,RIGHT,BOTTOM"',
    )
    parser.add_argument("--fork", help="afterwards go back to the first zoom with this box")
    return parser.parse_args()


def _to_the_end(
    graph: VisionGraph,
    given: Any,  # noqa: ANN401  # an input, or None to go on
    config: RunnableConfig,
    *,
    decisions: Iterator[str],
) -> None:
    """Run, decide about each zoom, and print the answer."""
    _run(graph, given, config)
    while graph.get_state(THREAD).interrupts:
        _run(graph, Command(resume=_decision(graph, decisions)), THREAD)
    answer = VisionAnswer.model_validate(graph.get_state(THREAD).values["result"])
    said = answer.answer or "not found"
    print(visible(f"Q: {answer.question}\nA: {said} ({answer.stop_reason})"))


def _run(graph: VisionGraph, given: Any, config: RunnableConfig) -> None:  # noqa: ANN401
    """Run to the end or to the next question, and print what happens."""
    for chunk in graph.stream(given, config, stream_mode="custom"):
        event = read_event(chunk)
        if isinstance(event, ViewMade):
            print(f"view {event.number}: {event.region.as_tuple()} for {event.tokens} tokens")
        elif isinstance(event, TokensSpent):
            print(f"spent: {event.vision_tokens} of {event.max_vision_tokens} vision tokens")
        elif isinstance(event, NextDecided):
            print(f"{event.by} decided: {event.next}")


def _decision(graph: VisionGraph, decisions: Iterator[str]) -> dict[str, Any]:
    """What is decided about the proposed zoom."""
    (asked,) = graph.get_state(THREAD).interrupts
    proposal = asked.value
    if proposal["error"]:
        print(f"that could not be used: {proposal['error']}")
    print(f"the policy wants to see {proposal['boxes']} of {proposal['size']} pixels")
    print(visible(f"because: {proposal['reasoning']}"))
    said = next(decisions, None)
    if said is None:
        said = input("accept, reject, or edit LEFT,TOP,RIGHT,BOTTOM? ")
    word, _, box = said.strip().partition(" ")
    return {"type": word, "boxes": [_box(box)]} if box else {"type": word}


def _box(text: str) -> list[int]:
    """The numbers of a box; anything else is no box, and the graph says so."""
    return [int(part) for part in text.split(",") if part.strip().isdigit()]


if __name__ == "__main__":
    sys.exit(main())
