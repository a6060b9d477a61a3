"""Peak memory of one question about an image of 100 megapixels, in a process of its own.

Run `python -m benchmarks.memory`, on Linux: the peak is what the kernel counted for the process
that asked (`VmHWM`), models and all. `getrusage` would count its parent's peak, too. The exit
status is 1 where a peak reaches the limit. `--write` puts the line into `docs/performance.md`.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from benchmarks.page import measured_on, spread, write_section

__all__ = ["LIMIT", "Peak", "draw_page", "measure", "peak_memory"]

LIMIT = 1_200_000_000
"""Bytes."""
QUESTION = "What is the value of part number 7?"
ANSWER = "KX-200"


class Peak(NamedTuple):
    """What one question took."""

    peak: int
    """Bytes that lay in memory at once."""

    answer: str | None


def main() -> int:
    """Draw the image, ask, print the peak."""
    parser = argparse.ArgumentParser(prog="benchmarks.memory", description=__doc__)
    parser.add_argument("--side", type=int, default=10_000, help="of the image, in pixels")
    parser.add_argument("--rounds", type=int, default=3, help="processes, one after the other")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    parser.add_argument("--ask", type=Path, help="only ask about this image, and print JSON")
    options = parser.parse_args()
    if options.ask is not None:
        print(json.dumps(_asked(options.ask)))
        return 0
    with TemporaryDirectory(prefix="ergo-agent-memory-") as folder:
        page = draw_page(Path(folder) / "page.jpg", side=options.side)
        found = [measure(page) for _ in range(options.rounds)]
    peaks = [each.peak for each in found]
    line = (
        f"One question about a JPEG of {options.side:,} x {options.side:,} pixels: "
        f"{spread([peak / 1e6 for peak in peaks], ',.0f')} MB at the peak, models and all."
    )
    print(f"{line}\nanswer: {found[0].answer}")
    if options.write:
        write_section("memory", f"{measured_on()}, {options.rounds} times.\n{line}")
    return int(max(peaks) >= LIMIT)


def draw_page(path: Path, *, side: int) -> Path:
    """Write a JPEG of `side` x `side` pixels with 40 lines of text, one of which is `ANSWER`'s."""
    page = Image.new("RGB", (side, side), "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(side // 83)
    for row in range(40):
        text = f"Item {row}: the value of part number {row} is KX-{193 + row}"
        pen.text((side // 20, side * (row + 1) // 42), text, fill="black", font=font)
    page.save(path, quality=90)
    return path


def measure(path: Path) -> Peak:
    """Ask about an image in a fresh process.

    Raises:
        subprocess.CalledProcessError: If the question ends in an error.
    """
    command = [sys.executable, "-m", "benchmarks.memory", "--ask", str(path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return Peak(*json.loads(done.stdout))


def _asked(path: Path) -> Peak:
    """Ask in this process."""
    from ergo_agent import ask  # noqa: PLC0415  # only the process that is measured needs it

    answer = ask(path, QUESTION).answer
    return Peak(peak_memory(), answer)


def peak_memory() -> int:
    """Most bytes that ever lay in the memory of this process at once."""
    status = Path("/proc/self/status").read_text("ascii").split()
    return 1024 * int(status[status.index("VmHWM:") + 1])


if __name__ == "__main__":
    sys.exit(main())
