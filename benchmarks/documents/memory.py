"""Peak memory of a question over 50 scanned pages at 300 dots per inch, against one page.

Each in a process of its own: the peak is what the kernel counted for the process that asked
(`VmHWM`), models and all.
"""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from benchmarks.documents.corpus import kept, written
from benchmarks.documents.scans import scanned
from benchmarks.memory import peak_memory

__all__ = ["LIMIT", "Peaks", "measure"]

LIMIT = 600_000_000
"""Bytes that 50 pages may take more than one."""
PAGES = 50


class Peaks(NamedTuple):
    """Bytes at the peak."""

    one: int
    """With `page=` given."""

    many: int

    @property
    def in_words(self) -> str:
        """A sentence."""
        return (
            f"Peak memory, models and all: {self.one / 1e6:,.0f} MB for a question about one page, "
            f"{self.many / 1e6:,.0f} MB for one over {PAGES} scanned pages at 300 dots per inch, "
            f"{(self.many - self.one) / 1e6:,.0f} MB more."
        )


def measure(*, seed: int, folder: Path) -> Peaks:
    """Ask about one page and about all, in fresh processes.

    Args:
        seed: Of the document.
        folder: Where it is kept meanwhile.

    Raises:
        subprocess.CalledProcessError: If a question ends in an error.
    """
    from random import Random  # noqa: PLC0415

    document = written("minutes", PAGES, "born digital", seed=seed)
    scan = scanned(document.pdf, random=Random(seed), dpi=300)  # noqa: S311  # invents data
    path = kept(document._replace(pdf=scan), folder)
    question = next(asked.question for asked in document.asked if asked.gold)
    one, many = (_peak(path, question, page) for page in ("2", ""))
    return Peaks(one, many)


def _peak(path: Path, question: str, page: str) -> int:
    command = [sys.executable, "-m", "benchmarks.documents.memory", str(path), question, page]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return int(done.stdout.split()[-1])


if __name__ == "__main__":
    from ergo_agent import ask

    ask(sys.argv[1], sys.argv[2], page=int(sys.argv[3]) if sys.argv[3] else None, policy="ocr")
    print(peak_memory())
