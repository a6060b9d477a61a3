"""Pseudo-terminals, for what a program writes only where a person looks."""

import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["opened_terminal", "shown_until", "written_to"]


@contextmanager
def opened_terminal() -> Iterator[tuple[int, int]]:
    """Our end of a terminal, and the end for a program, which the caller closes once it runs."""
    ours, theirs = pty.openpty()
    try:
        yield ours, theirs
    finally:
        os.close(ours)


def written_to(terminal: int) -> str:
    """What a program writes to a terminal until it closes it.

    Args:
        terminal: Our end.
    """
    written = b""
    while True:
        try:
            more = os.read(terminal, 65_536)
        except OSError:  # Linux says so where the other end is closed
            more = b""
        if not more:
            return written.decode("utf-8", "replace")
        written += more


def shown_until(terminal: int, text: str) -> str:
    """What a program writes to a terminal until a text is among it, or it closes it.

    Args:
        terminal: Our end.
        text: What is waited for.
    """
    written = ""
    while text not in written:
        try:
            more = os.read(terminal, 65_536)
        except OSError:
            break
        if not more:
            break
        written += more.decode("utf-8", "replace").replace("\r\n", "\n")
    return written
