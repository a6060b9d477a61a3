"""An episode in a process of its own, which can be stopped at a point and killed there."""

import asyncio
import json
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import RunnableConfig

from ergo_agent import create_vision_graph
from ergo_agent.policies.served import create_served_policy
from tests.support.forked import FORKED, imported_with
from tests.support.savers import async_saver, saver

__all__ = ["EpisodeProcess", "Plan"]

ROOT = Path(__file__).parents[2]
LONGEST = 60.0
"""Seconds after which a process that should have done something counts as stuck."""


class Plan(NamedTuple):
    """What a process does."""

    saver: str
    """A path for SQLite, or the address of a PostgreSQL."""

    store: str
    server: str
    image: str
    use_async: bool = False
    resume: bool = False
    stop_in: str = ""
    """The tool to stop in, before it does its work; none when empty."""

    marker: str = ""
    """The file that says that the process has stopped there."""


class EpisodeProcess:
    """A running process; end it with `kill`, or wait for its `result`."""

    def __init__(self, plan: Plan, **environment: str) -> None:
        """Start it.

        Args:
            plan: What it does.
            **environment: Variables that are set in it, and not here.
        """
        self._plan = plan
        self._told, sending = FORKED.Pipe(duplex=False)
        self._process = FORKED.Process(target=_tell, args=(plan, sending))
        with imported_with(**environment):
            self._process.start()
        sending.close()

    def wait_until_stopped(self) -> None:
        """Wait until it has reached the point where it is to stop."""
        end = time.monotonic() + LONGEST
        while not Path(self._plan.marker).exists():
            assert self._process.is_alive(), self._told.recv()
            assert time.monotonic() < end, "the process never came to its point"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it with SIGKILL: nothing in it can be tidied up."""
        assert self._process.is_alive(), self._told.recv()
        self._process.kill()
        self._ended()

    def result(self) -> dict[str, Any]:
        """What the episode came to, once the process has ended well."""
        assert self._told.poll(LONGEST), "the process never came to its end"
        found: dict[str, Any] | str = self._told.recv()
        assert isinstance(found, dict), found
        assert self._ended() == 0
        return found

    def _ended(self) -> int | None:
        """Its exit code."""
        self._process.join(LONGEST)
        code = self._process.exitcode
        self._told.close()
        self._process.close()
        return code


class _StopIn(BaseCallbackHandler):
    """Stops for good when a tool begins."""

    run_inline = True

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def on_tool_start(self, serialized: dict[str, Any], *_: object, **__: object) -> None:
        if serialized["name"] == self._plan.stop_in:
            Path(self._plan.marker).touch()
            time.sleep(2 * LONGEST)


def _tell(plan: Plan, sending: Connection) -> None:
    """Run in the process: what came of the plan, or of the error that ended it."""
    try:
        found: dict[str, Any] | str = _result(plan)
    except BaseException:
        sending.send(traceback.format_exc())
        raise
    sending.send(found)


def _result(plan: Plan) -> dict[str, Any]:
    policy = create_served_policy(base_url=plan.server, model="ergo")
    given = None if plan.resume else {"image": plan.image, "question": "What is it?"}
    config: RunnableConfig = {"configurable": {"thread_id": "1"}, "callbacks": [_StopIn(plan)]}

    async def run_async() -> dict[str, Any]:
        async with async_saver(plan.saver) as kept:
            graph = create_vision_graph(policy=policy, store=plan.store, checkpointer=kept)
            return await graph.ainvoke(given, config)

    if plan.use_async:
        output = asyncio.run(run_async())
    else:
        with saver(plan.saver) as kept:
            graph = create_vision_graph(policy=policy, store=plan.store, checkpointer=kept)
            output = graph.invoke(given, config)
    found: dict[str, Any] = json.loads(json.dumps(output["result"]))
    return found
