"""What a client is told while a question is answered: each view, and each turn of the policy."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.messages import BaseMessage

__all__ = ["Progress", "Report"]

Report = Callable[[float, float | None, str], Awaitable[None]]
"""Takes how far it is, of how much (None: not known), and what has happened."""

_VIEWS = frozenset({"observe", "zoom"})
"""The tools of an episode that make views; what they say of them is what is told."""


class Progress(AsyncCallbackHandler):
    """Listens to an episode, and reports each step of it.

    How many steps there will be is the policy's to decide, so no total is given.
    """

    def __init__(self, report: Report) -> None:
        """Say whom to tell.

        Args:
            report: Sends a notification.
        """
        self._report = report
        self._steps = 0
        self._turns = 0

    async def on_tool_end(self, output: Any, *, run_id: UUID, **about: Any) -> None:  # noqa: ANN401, ARG002  # LangChain's signature
        """A view was made."""
        name = about.get("name")
        if name in _VIEWS:
            await self._tell(f"{name}: {getattr(output, 'content', output)}")

    async def on_chat_model_start(
        self,
        serialized: dict[str, Any],  # noqa: ARG002  # LangChain's signature
        messages: list[list[BaseMessage]],  # noqa: ARG002
        *,
        run_id: UUID,  # noqa: ARG002
        **about: Any,  # noqa: ARG002
    ) -> None:
        """The policy is asked."""
        self._turns += 1
        await self._tell(f"policy: asked, turn {self._turns}")

    async def _tell(self, message: str) -> None:
        self._steps += 1
        await self._report(float(self._steps), None, message)
