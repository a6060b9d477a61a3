"""Gives freed memory back to the operating system.

glibc keeps what was freed for later: after a view of 1 megapixel was read, a process of 230 MB
stays at 510 MB, and the next image is decoded on top of that.
"""

import ctypes
import sys
from collections.abc import Callable
from functools import cache

__all__ = ["give_back_memory"]


def give_back_memory() -> None:
    """Ask glibc to return freed memory; does nothing where there is no glibc."""
    _trim()(0)


@cache
def _trim() -> Callable[[int], object]:
    if not sys.platform.startswith("linux"):
        return lambda _: None
    trim: Callable[[int], object] = getattr(ctypes.CDLL(None), "malloc_trim", lambda _: None)
    return trim
