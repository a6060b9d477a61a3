"""A node that is a coroutine function, for `invoke` and `ainvoke` alike."""

from collections.abc import Awaitable, Callable
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig, ensure_config

from ergo_agent.running import run_sync

__all__ = ["BothWays"]

_Update = dict[str, Any]


class BothWays(Runnable[Any, _Update]):
    """Runs a coroutine function as a node.

    Not a `RunnableLambda`: in a trace each of those is a run of its own, with the state going in
    and coming out once more.
    """

    def __init__(
        self, run: Callable[[_Update, RunnableConfig], Awaitable[_Update]], *, name: str
    ) -> None:
        """Wrap a function.

        Args:
            run: Takes the state and the run's config; returns the update.
            name: Of the node.
        """
        self.name = name
        self._run = run

    async def ainvoke(
        self,
        input: _Update,  # noqa: A002  # LangChain's name
        config: RunnableConfig | None = None,
        **_: Any,
    ) -> _Update:
        """Run the node."""
        return await self._run(input, ensure_config(config))

    def invoke(
        self,
        input: _Update,  # noqa: A002
        config: RunnableConfig | None = None,
        **_: Any,
    ) -> _Update:
        """Run the node; blocking."""
        return run_sync(self.ainvoke(input, config))
