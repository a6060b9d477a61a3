"""Threads of their own for what decodes images.

Some files take seconds until they are refused. In the event loop's own few threads, eight of them
would keep everything else waiting: names to be looked up, other tools, the caller's own work.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

__all__ = ["in_image_thread"]

_P = ParamSpec("_P")
_T = TypeVar("_T")

_POOL = ThreadPoolExecutor(32, thread_name_prefix="ergo-agent-images")
"""Most of them only wait for one of the processes that decode."""


async def in_image_thread(function: Callable[_P, _T], *args: _P.args, **options: _P.kwargs) -> _T:
    """Like `asyncio.to_thread`, in these threads."""
    call = partial(copy_context().run, function, *args, **options)
    return await asyncio.get_running_loop().run_in_executor(_POOL, call)
