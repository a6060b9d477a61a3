"""What checkpoints take: bytes of an episode about an 8K image, and the time that saving adds.

Run `python -m benchmarks.checkpoints`. The bytes are those of the SQLite file after an episode of
14 zooms, whose replies each hold about 400 characters of reasoning. The time is that of an episode
with and without a checkpointer, in turns: of that one, where the model replies at once and all
views are made already, so that nearly all that is left is the saving; and of one of the embedded
reader on the example's page, marked by another pixel each time, for it remembers what it read.
SQLite waits for the disk at each step, so the times are those of the disk, too. `--write` puts the
lines into `docs/performance.md`.
"""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import uuid4

from langchain_core.language_models import FakeListChatModel
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite import SqliteSaver
from PIL import Image, ImageDraw, ImageFont

from benchmarks.page import measured_on, spread, write_section
from ergo_agent import Policy, VisionSettings, create_vision_graph
from ergo_agent.dialects import ErgoDialect
from ergo_agent.policies.choice import PolicyChoice

__all__ = ["LIMIT", "SIZE", "Kept", "draw_8k", "measure_bytes"]

SIZE = (7680, 4320)
LIMIT = 1_000_000
"""Bytes that 30 checkpoints may take."""
ZOOMS = 14
_PAGE = Path(__file__).parents[1] / "examples" / "page.png"
_REASONING = "The value has to stand in the row below the heading, at the end of the line. " * 5
_CONFIG: RunnableConfig = {"configurable": {"thread_id": "1"}}


class Kept(NamedTuple):
    """What an episode left in the checkpointer."""

    checkpoints: int
    bytes: int
    """Of the file, indexes and pending writes included."""

    views: int


def main() -> int:
    """Measure and print; the exit status is 1 where 30 checkpoints reach the limit."""
    parser = argparse.ArgumentParser(prog="benchmarks.checkpoints", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="pairs of episodes of each kind")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    rounds, worst, lines = options.rounds, 0.0, []
    with TemporaryDirectory(prefix="ergo-agent-checkpoints-") as name:
        folder = Path(name)
        page = draw_8k(folder / "page.png")
        for form, image in (("path", str(page)), ("bytes", page.read_bytes())):
            kept = measure_bytes(image, folder=folder / form)
            thirty = 30 * kept.bytes / kept.checkpoints
            worst = max(worst, thirty)
            lines.append(
                f"- 8K image of {page.stat().st_size / 1e6:.1f} MB as {form}: {kept.checkpoints} "
                f"checkpoints, {kept.bytes / 1e3:.0f} kB, so {thirty / 1e3:.0f} kB for 30"
            )
        same = [page] * 2 * (rounds + 1)
        lines.append(_times("a model that replies at once", same, folder, _at_once()))
        pages = [_marked(_PAGE, folder, number) for number in range(2 * (rounds + 1))]
        lines.append(_times("the embedded reader", pages, folder, "ocr"))
    print("\n".join(lines))
    if options.write:
        write_section("checkpoints", f"{measured_on()}.\n\n" + "\n".join(lines))
    return 0 if worst < LIMIT else 1


def draw_8k(path: Path) -> Path:
    """Write a page of 7680 x 4320 pixels with lines of text."""
    page = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(48)
    for row in range(60):
        text = "   ".join(f"part {row}-{column}: KX-{17 * row + column}" for column in range(12))
        pen.text((150, 70 * row + 50), text, fill="black", font=font)
    page.save(path, compress_level=1)
    return path


def measure_bytes(image: str | bytes, *, folder: Path) -> Kept:
    """Run an episode of 14 zooms and count what its checkpoints take.

    Args:
        image: The image, by its path or its bytes.
        folder: Where the checkpoints and the store are kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "kept.sqlite"
    with SqliteSaver.from_conn_string(str(file)) as saver:
        graph = create_vision_graph(
            policy=_at_once(), settings=_SETTINGS, store=folder / "store", checkpointer=saver
        )
        output = graph.invoke(_given(image), _CONFIG)
        count = len(list(graph.get_state_history(_CONFIG)))
        saver.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what is in the journal, too
    return Kept(count, file.stat().st_size, len(output["result"]["views"]))


_SETTINGS = VisionSettings(max_zooms=ZOOMS, max_vision_tokens=50_000)


def _at_once() -> Policy:
    """A policy that zooms into one place after another and then answers, without any delay."""
    places = [(x, y) for y in range(0, 700, 90) for x in range(0, 1100, 90)][:ZOOMS]
    zooms = [f'<zoom view="1">[{x}, {y}, {x + 70}, {y + 70}]</zoom>' for x, y in places]
    moves = [*zooms, "<answer>KX-200</answer>"]
    replies = [f"<think>{_REASONING}</think>{move}" for move in moves]
    return Policy(FakeListChatModel(responses=replies), ErgoDialect())


def _given(image: str | bytes) -> Any:  # noqa: ANN401  # the graph's input
    return {"image": image, "question": "What is the due date?"}


def _marked(page: Path, folder: Path, number: int) -> Path:
    """A copy of a page in which one pixel in the margin is another."""
    with Image.open(page) as image:
        copy = image.convert("RGB")
    copy.putpixel((number, 0), (0, 0, 0))
    path = folder / f"marked-{number}.png"
    copy.save(path, compress_level=1)
    return path


def _times(what: str, pages: list[Path], folder: Path, policy: PolicyChoice) -> str:
    """Compare episodes in pairs, one page each; the first pair, which loads models, is left out."""
    pairs: list[tuple[float, float]] = []
    file = folder / f"times-{len(what)}.sqlite"
    with SqliteSaver.from_conn_string(str(file)) as saver:
        graphs = (
            create_vision_graph(policy=policy, settings=_SETTINGS),
            create_vision_graph(policy=policy, settings=_SETTINGS, checkpointer=saver),
        )
        for first, second in zip(pages[::2], pages[1::2], strict=True):
            pairs.append((_seconds(graphs[0], first), _seconds(graphs[1], second)))
        each = saver.conn.execute("SELECT count(*) FROM checkpoints").fetchone()[0] / len(pairs)
    before, after = (
        spread([1e3 * time_ for time_ in times], ".0f") for times in zip(*pairs[1:], strict=True)
    )
    longer = spread([saving / plain for plain, saving in pairs[1:]], ".2f")
    return (
        f"- {what}: {before} ms an episode, {after} ms with {each:.0f} SQLite checkpoints: "
        f"{longer} times as long"
    )


def _seconds(graph: Any, page: Path) -> float:  # noqa: ANN401
    config: RunnableConfig = {"configurable": {"thread_id": str(uuid4())}}
    started = time.perf_counter()
    graph.invoke(_given(str(page)), config)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
