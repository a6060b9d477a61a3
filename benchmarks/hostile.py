"""What decoding costs at most: the worst file known of each format, and two honest ones.

Run `python -m benchmarks.hostile`, on Linux. Each hostile file is opened under `GUARDED_LIMITS`, as
an agent's tool opens it: megabytes of this process and of the one that decodes, together, beyond
what this one took before, and seconds of the processor of both. An honest A4 page at 300 dpi and a
photograph of 12 megapixels are opened and shown whole and in part, under those limits and without
them, in turn. The exit status is 1 where a limit does not hold, or an honest image costs more than
30 ms of the processor beyond what it costs without limits.
"""

import io
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from ergo_agent.images import DEFAULT_LIMITS, GUARDED_LIMITS, ImageLimits, open_original
from ergo_agent.views.geometry import Region, Size
from tests.support.bombs import HOSTILE
from tests.support.caged import Cage, seconds_taken

__all__ = ["honest_cost", "main"]

MOST_MEGABYTES = 500
"""`max_memory`, and what this process takes for the view and the reply."""
MOST_SECONDS = 4.0
"""`decode_seconds`, the start of a process, and the header before."""
MOST_MILLISECONDS = 30.0
ROUNDS = 15


def main() -> int:
    """Print both tables."""
    held = _hostile()
    for name, make in (("A4 page, 300 dpi, PNG", _page), ("photograph, 12 MP, JPEG", _photo)):
        plain, guarded = honest_cost(make())
        more = guarded.processor - plain.processor
        print(
            f"{name:28} {plain.processor:6.1f} ms of the processor, guarded {more:+5.1f} ms; ",
            end="",
        )
        print(f"by the clock {plain.clock:6.1f} ms, guarded {guarded.clock - plain.clock:+5.1f} ms")
        held &= more <= MOST_MILLISECONDS
    return 0 if held else 1


def _hostile() -> bool:
    """Whether each held its limits; in a process that opens them one after the other."""
    held, cage = True, Cage()
    with TemporaryDirectory(prefix="ergo-agent-hostile-") as folder:
        for name, (make, page) in HOSTILE.items():
            Path(folder, name).write_bytes(make())
            out = cage.ask(name, roots=[folder], page=page)
            print(f"{name:28} {out.memory:4.0f} MB {out.cpu:5.2f} s of the processor  {out.end}")
            held &= out.memory < MOST_MEGABYTES and out.cpu < MOST_SECONDS
    cage.close()
    return held


class Cost(NamedTuple):
    """Milliseconds."""

    processor: float
    """Of this process and the one that decodes; the median."""
    clock: float
    """The least: what others do on the machine only adds."""


def honest_cost(data: bytes) -> tuple[Cost, Cost]:
    """What it takes to open and show an image, without limits, and guarded; in turn."""
    took: dict[bool, list[Cost]] = {False: [], True: []}
    _shown(data, GUARDED_LIMITS)  # the process is started by the first
    for _ in range(ROUNDS):
        for limits in (DEFAULT_LIMITS, GUARDED_LIMITS):
            took[limits.guarded].append(_shown(data, limits))
    plain, guarded = (
        Cost(statistics.median(c.processor for c in costs), min(c.clock for c in costs))
        for costs in took.values()
    )
    return plain, guarded


def _shown(data: bytes, limits: ImageLimits) -> Cost:
    clock, processor = time.perf_counter(), seconds_taken()
    original = open_original(data, limits=limits)
    original.shown(Region.whole(original.size), Size(896, 1120))
    original.shown(Region(left=0, top=0, right=1200, bottom=1200), Size(1008, 1008))
    wall = time.perf_counter() - clock
    return Cost(1000 * (seconds_taken() - processor), 1000 * wall)


def _encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _page() -> bytes:
    page = Image.new("RGB", (2480, 3508), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(40)
    for row in range(70):
        pen.text((150, 40 + row * 49), f"Line {row} of an invoice: 12,345.67 " * 3, "black", font)
    return _encoded(page, "PNG")


def _photo() -> bytes:
    noise = Image.effect_noise((1000, 750), 60).resize((4000, 3000))
    return _encoded(noise.convert("RGB"), "JPEG", quality=90)


if __name__ == "__main__":
    sys.exit(main())
