import asyncio
import threading
from contextvars import ContextVar

import pytest

from ergo_agent._common.pool import FairPool, cores, workers

said: ContextVar[str] = ContextVar("said", default="nothing")


@pytest.fixture
def pool() -> FairPool:
    return FairPool(threads=1, name="test")


async def test_one_owner_with_much_work_does_not_keep_others_waiting(pool: FairPool):
    free, done = threading.Event(), []
    first = asyncio.create_task(pool.run("first", free.wait))
    works = [asyncio.create_task(pool.run("many", done.append, "many")) for _ in range(100)]
    works += [asyncio.create_task(pool.run(owner, done.append, owner)) for owner in ("a", "b")]
    await asyncio.sleep(0)
    free.set()
    await asyncio.gather(first, *works)
    assert done[:4] == ["many", "a", "b", "many"]
    assert len(done) == 102


async def test_what_is_raised_and_what_was_said_come_through(pool: FairPool):
    said.set("something")
    assert await pool.run(1, said.get) == "something"
    with pytest.raises(KeyError, match="absent"):
        await pool.run(1, {}.__getitem__, "absent")


async def test_what_is_cancelled_before_its_turn_is_not_done(pool: FairPool):
    free, done = threading.Event(), []
    first = asyncio.create_task(pool.run(1, free.wait))
    second = asyncio.create_task(pool.run(1, done.append, "second"))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    free.set()
    await asyncio.gather(first, pool.run(2, done.append, "third"))
    assert done == ["third"]


def test_heavy_work_gets_no_more_threads_than_cores_and_no_more_than_four():
    with workers("heavy") as pool:
        assert pool._max_workers == min(4, cores())
        threads = set(pool.map(lambda _: threading.current_thread().name, range(20)))
    assert all(name.startswith("heavy") for name in threads)
