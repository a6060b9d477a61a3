"""A question about a document in a process of its own, to be killed in the middle of its survey.

`python -m tests.support.document_process JSON` asks it, or goes on with it where it was, writes
each page that it reads from its pixels to a file, and prints its result as JSON.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from langchain_core.runnables import RunnableConfig
from PIL import Image

from ergo_agent import create_document_graph
from ergo_agent.layout.text import TextLine
from ergo_agent.policies.ocr.reader import ViewReader
from tests.support.episode_process import LONGEST, ROOT
from tests.support.forked import ForkedProgram
from tests.support.savers import saver

__all__ = ["Plan", "looks_of", "started"]


class Plan(NamedTuple):
    """What a process does."""

    saver: str
    store: str
    document: str
    question: str
    looks: str
    """The file that gets a line for each page that is read from its pixels."""

    resume: bool = False
    stop_after: int = 0
    """Pages after which it stops for good; 0 for never."""


def started(plan: Plan) -> ForkedProgram:
    """The process, running."""
    return ForkedProgram("-m", "tests.support.document_process", json.dumps(plan), cwd=ROOT)


def looks_of(plan: Plan) -> int:
    """How many pages were read from their pixels so far."""
    path = Path(plan.looks)
    return len(path.read_text().splitlines()) if path.exists() else 0


def _counted(plan: Plan) -> None:
    """Have every quick look counted before it is taken."""
    read = ViewReader.read

    def counting(
        self: ViewReader, image: Image.Image, *, key: str | None = None, quick: bool = False
    ) -> tuple[TextLine, ...]:
        if quick and plan.stop_after and looks_of(plan) == plan.stop_after:
            Path(f"{plan.looks}.stopped").touch()
            time.sleep(2 * LONGEST)
        if quick:
            with Path(plan.looks).open("a") as file:
                file.write("look\n")
        return read(self, image, key=key, quick=quick)

    ViewReader.read = counting  # type: ignore[method-assign]  # what is counted is the real one


def _main(plan: Plan) -> None:
    _counted(plan)
    config: RunnableConfig = {"configurable": {"thread_id": "1"}}
    given: Any = {"document": plan.document, "question": plan.question}
    with saver(plan.saver) as kept:
        graph = create_document_graph(policy="ocr", store=plan.store, checkpointer=kept)
        output = graph.invoke(None if plan.resume else given, config)
    sys.stdout.write(json.dumps(output["result"]))


if __name__ == "__main__":
    _main(Plan(*json.loads(sys.argv[1])))
