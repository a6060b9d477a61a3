"""Sync calls on one background loop."""

import asyncio
import contextvars
import os
import threading

import pytest

from ergo_agent._common.sync import run_sync

name = contextvars.ContextVar("name", default="nobody")


async def loop_and_name() -> tuple[int, str]:
    return id(asyncio.get_running_loop()), name.get()


def test_all_calls_share_one_loop_and_see_their_callers_context() -> None:
    seen = []

    def call(who: str) -> None:
        name.set(who)
        seen.append(run_sync(loop_and_name()))

    threads = [threading.Thread(target=call, args=(who,)) for who in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({loop for loop, _ in seen}) == 1
    assert {who for _, who in seen} == {"a", "b", "c"}


def test_errors_come_through() -> None:
    async def fail() -> None:
        raise KeyError("gone")

    with pytest.raises(KeyError, match="gone"):
        run_sync(fail())


def test_a_sync_call_inside_the_loop_itself_does_not_wait_for_itself() -> None:
    async def inner() -> int:
        return 7

    async def outer() -> int:
        return run_sync(inner())

    assert run_sync(outer()) == 7


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_has_its_own_loop() -> None:
    run_sync(loop_and_name())
    child = os.fork()
    if child == 0:
        os._exit(0 if run_sync(loop_and_name())[1] == "nobody" else 1)
    assert os.waitpid(child, 0)[1] == 0
