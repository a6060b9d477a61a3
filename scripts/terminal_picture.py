"""The picture of a question in a terminal, from a real run of the command in one.

    python -m scripts.terminal_picture

It writes `docs/images/terminal.svg`. The command runs in a pseudo-terminal, and what is left on its
screen at the end, progress and answer, is drawn by rich, in the monospaced font of whoever looks.
"""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from tests.support.terminals import opened_terminal, written_to

__all__ = ["PICTURE", "screen"]

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "terminal.svg"

ARGUMENTS = ("ask", "examples/page.png", "What is the total due?")
COLUMNS = 92

_CONTROL = re.compile(r"(\x1b\[(?!\d*(?:;\d+)*m)[?\d;]*[A-Za-z]|[\r\n])")
"""What moves the cursor or clears; colours are left in the text."""

_FORMAT = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "Fira Code,", "ui-monospace, DejaVu Sans Mono,"
)


def main() -> None:
    """Run the command and draw its screen."""
    lines = screen()
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), color_system="truecolor")
    for line in lines:
        console.print(Text.from_ansi(line), soft_wrap=True)
    drawn = console.export_svg(title="ergo-agent", code_format=_FORMAT, unique_id="terminal")
    PICTURE.write_text("\n".join(line.rstrip() for line in drawn.splitlines()) + "\n", "utf-8")
    print("\n".join(lines))
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size:,} bytes")


def screen() -> list[str]:
    """The lines on a terminal after the command was typed and has ended, with their colours."""
    command = [sys.executable, "-m", "ergo_agent.apps.cli", *ARGUMENTS]
    with opened_terminal() as (ours, theirs):
        running = subprocess.Popen(
            command, stdout=theirs, stderr=theirs, cwd=ROOT, env=_environment()
        )
        os.close(theirs)
        written = written_to(ours)
    if running.wait() != 0:
        sys.exit(f"the command failed:\n{written}")
    typed = " ".join(f'"{each}"' if " " in each else each for each in ("ergo-agent", *ARGUMENTS))
    return [f"\x1b[32m$\x1b[0m {typed}", *_left(written)]


def _environment() -> dict[str, str]:
    """This process's, without what chooses another policy or another way to print."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ERGO_", "TTY_", "LANGSMITH_"))
        and name not in {"NO_COLOR", "FORCE_COLOR"}
    }
    return {**ours, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}


def _left(written: str) -> Iterator[str]:
    """What is left on the screen: rich writes its spinner, goes back and clears it."""
    lines, row = [""], 0
    for part in _CONTROL.split(written):
        if part == "\n":
            row += 1
            if row == len(lines):
                lines.append("")
        elif part.endswith("A") and part.startswith("\x1b["):
            row = max(0, row - int(part[2:-1] or 1))
        elif part == "\x1b[2K":
            lines[row] = ""
        elif not _CONTROL.fullmatch(part):
            lines[row] += part
    return (line for line in lines if line)


if __name__ == "__main__":
    main()
