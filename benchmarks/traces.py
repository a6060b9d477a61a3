"""Bytes that a traced 8K episode posts to LangSmith, and the time that tracing adds to it.

Run `python -m benchmarks.traces`. The real client of langsmith uploads to an endpoint on the
loopback, compressed as LangSmith takes it. Replies are scripted, so that the times are those of the
graph and of tracing, not of a model. Every episode of a round is about the same image, which no
other round has: decoding, views and thumbnails are paid for each time. `--write` puts the table
into `docs/performance.md`.
"""

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from benchmarks.page import measured_on, spread, write_section
from ergo_agent import ask
from ergo_agent.images import MemoryStore
from ergo_agent.tracing.images import VARIABLE
from tests.support.langsmith_endpoint import receiving, traced_to
from tests.support.scripted import scripted

SIZE = (7680, 4320)
SETTINGS = (None, "thumbnails", "full", "none")
"""Not traced, and traced in each of the three ways."""

ONE_ZOOM = ("<think>a</think><zoom>[300, 300, 420, 380]</zoom>",)
THREE_ZOOMS = tuple(
    '<think>a</think><zoom view="1">'
    + ", ".join(f"[{left}, {top}, {left + 90}, {top + 60}]" for left in (0, 300, 600, 900))
    + "</zoom>"
    for top in (0, 300, 600)
)
ANSWER = "<think>read</think><answer>A. red</answer>"


class Traced(NamedTuple):
    """What one episode took."""

    posted: int
    """Bytes of all uploads, on the wire."""

    seconds: float
    """Until the answer was there."""

    processor: float
    """Seconds of processor time, until everything was uploaded."""


def main() -> None:
    """Run all rounds, and print a table."""
    parser = argparse.ArgumentParser(prog="benchmarks.traces", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="images of each kind")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    lines = [
        "| 8K image | views | thumbnails (default), kB | full, kB | none, kB "
        "| thumbnails, not compressed, kB | thumbnails add, processor s | times as long |",
        "|---|---|---|---|---|---|---|---|",
    ]
    with TemporaryDirectory(prefix="ergo-agent-traces-") as folder:
        for kind in ("page of text", "noise"):
            for zooms in (ONE_ZOOM, THREE_ZOOMS):
                images = _images(Path(folder), kind, options.rounds)
                found = [_round(image, zooms, number) for number, image in enumerate(images)]
                image = next(_images(Path(folder), kind, 1))
                plain = _episode(image, zooms, "thumbnails", zstd=False).posted
                views = 2 if zooms == ONE_ZOOM else 13
                lines.append(f"| {kind} | {views} | {_cells(found, plain)} |")
    table = "\n".join(lines)
    print(table)
    if options.write:
        rounds = f"{options.rounds} images of each kind, medians with the least and the most"
        write_section("traces", f"{measured_on()}; {rounds}.\n\n{table}")


def _cells(found: list[dict[str | None, Traced]], plain: int) -> str:
    """What rounds posted in each way, and what the default adds to an episode without a trace."""
    posted = [
        spread([each[setting].posted / 1000 for each in found], ",.0f") for setting in SETTINGS[1:]
    ]
    added = [each["thumbnails"].processor - each[None].processor for each in found]
    longer = [each["thumbnails"].seconds / each[None].seconds for each in found]
    cells = (*posted, f"{plain / 1000:,.0f}", spread(added, ".2f"), spread(longer, ".2f"))
    return " | ".join(cells)


def _round(image: Path, zooms: tuple[str, ...], number: int) -> dict[str | None, Traced]:
    """One episode in each way, each time beginning with another."""
    start = number % len(SETTINGS)
    order = SETTINGS[start:] + SETTINGS[:start]
    return {setting: _episode(image, zooms, setting) for setting in order}


def _episode(
    image: Path, zooms: tuple[str, ...], setting: str | None, *, zstd: bool = True
) -> Traced:
    policy = scripted(*zooms, ANSWER)
    with ExitStack() as stack:
        endpoint = stack.enter_context(receiving(zstd=zstd))
        processor = time.process_time()
        with ExitStack() as tracing:
            if setting is not None:
                tracing.enter_context(_images_traced(setting))
                tracing.enter_context(traced_to(endpoint.url, settled=zstd))
            started = time.perf_counter()
            answer = ask(image, "What colour?", policy=policy, store=MemoryStore())
            seconds = time.perf_counter() - started
        processor = time.process_time() - processor
    assert answer.answer == "A. red"
    return Traced(endpoint.posted, seconds, processor)


@contextmanager
def _images_traced(setting: str) -> Iterator[None]:
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = setting
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


def _images(folder: Path, kind: str, count: int) -> Iterator[Path]:
    """Images of a kind, each unlike the others."""
    path = folder / "image.jpg"
    font = ImageFont.load_default(60)
    for number in range(count):
        if kind == "noise":
            small = Image.effect_noise((480, 270), 90).convert("RGB")
            page = small.resize(SIZE, Image.Resampling.NEAREST)
        else:
            page = Image.new("RGB", SIZE, "white")
            pen = ImageDraw.Draw(page)
            for row in range(60):
                line = (
                    f"{number}.{row}: the value of part {row * 37 % 101} is KX-{row * 53 % 997}. "
                )
                pen.text((80, 30 + 71 * row), line * 5, fill="black", font=font)
        page.save(path, quality=90)
        yield path


if __name__ == "__main__":
    main()
