"""The threads in which images are read, decoded and encoded: as many as cores."""

import os
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from ergo_agent._common.pool import FairPool, cores

__all__ = ["in_image_thread"]

_T = TypeVar("_T")


def _made() -> FairPool:
    return FairPool(threads=cores(), name="ergo-agent-images")


_pool = _made()


async def in_image_thread(
    function: Callable[..., _T], *arguments: Any, owner: Hashable = None
) -> _T:
    """Like `asyncio.to_thread`, in threads of their own, which owners share fairly.

    Args:
        function: What to run.
        *arguments: Its arguments.
        owner: Whose work it is, as the digest of a document: a hundred pages of one must not keep
            the single page of another waiting. Nobody else's when left out.
    """
    return await _pool.run(object() if owner is None else owner, function, *arguments)


def _forget() -> None:
    """In a forked child, which has none of the threads."""
    global _pool  # noqa: PLW0603  # one per process is the point
    _pool = _made()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
