"""How many items run at once, as the policy is busy and is not."""

import asyncio

from ergo_agent.batch.flow import Flow


async def most_at_once(flow: Flow, items: int) -> int:
    running, most = 0, 0

    async def one() -> None:
        nonlocal running, most
        async with flow:
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1

    await asyncio.gather(*(one() for _ in range(items)))
    return most


async def test_it_lets_through_as_many_as_were_asked_for():
    assert await most_at_once(Flow(5), 40) == 5


async def test_it_halves_once_for_a_round_and_opens_again():
    flow = Flow(8)
    async with flow, flow, flow:
        for _ in range(3):  # all three of them are turned away
            flow.was_busy()
    assert flow.width == 4
    assert await most_at_once(flow, 40) == 4
    for _ in range(100):
        flow.went_well()
    assert flow.width == 8


async def test_it_never_closes():
    flow = Flow(2)
    for _ in range(10):
        flow.was_busy()
        flow.went_well()
    for _ in range(10):
        flow.was_busy()
    assert flow.width == 1
    assert await most_at_once(flow, 4) == 1


async def test_one_that_is_cancelled_takes_no_place():
    flow = Flow(1)
    async with flow:
        waiting = asyncio.create_task(most_at_once(flow, 1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert await asyncio.wait_for(most_at_once(flow, 3), 5) == 1
