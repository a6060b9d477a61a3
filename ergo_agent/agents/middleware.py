"""A middleware for `create_agent` that keeps large images out of what the agent's model is sent."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel

from ergo_agent._common.sync import run_sync
from ergo_agent.agents.conversation import Conversation
from ergo_agent.agents.reduction import Shrinker
from ergo_agent.agents.reroute import rerouted
from ergo_agent.dialects import choose_dialect
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import MissingExtraError
from ergo_agent.images import GUARDED_LIMITS, ImageLimits, ImageStore
from ergo_agent.images.maker import ViewMaker
from ergo_agent.views.tokens import TokenRule

try:
    from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
except ImportError as error:  # the base install has LangChain's core and no more
    raise MissingExtraError("VisionMiddleware", extra="langchain") from error

__all__ = ["VisionMiddleware"]

_Request = ModelRequest[Any]
_Response = ModelResponse[Any]


class VisionMiddleware(AgentMiddleware[Any, Any, Any]):
    """Shows an agent's model large images small, with names under which tools see them in full.

    Before each model call, what the model is sent is changed, and never the messages that the agent
    stores:

    - an image that costs more than `view_budget` vision tokens is replaced by its coarse view, with
      a text that gives its name ("image 1") and its size. `ErgoVisionTool`, `ObserveTool` and
      `ZoomTool` know the name and open the original;
    - a smaller one that is neither PNG nor JPEG (WebP, TIFF, BMP, HEIC, ...) is sent as PNG;
    - images in tool messages are moved into a user message, because most servers refuse them there.

    Views that those tools showed stay as they are: they cost what their tool's budget allows.
    """

    def __init__(  # noqa: PLR0913  # all keyword-only, all optional
        self,
        *,
        view_budget: int = 640,
        reroute_tool_images: bool = True,
        allowed_hosts: Sequence[str] = (),
        store: ImageStore | None = None,
        limits: ImageLimits = GUARDED_LIMITS,
        model: BaseChatModel | str | None = None,
        rule: TokenRule | None = None,
    ) -> None:
        """Set the budget.

        Args:
            view_budget: Most vision tokens that an image may cost each time the model is called.
            reroute_tool_images: Whether images are taken out of tool messages. Servers that accept
                them there (Anthropic's, OpenAI's Responses) understand the user message as well.
            allowed_hosts: Hosts from which images given by URL may be fetched to be made small, as
                `AllowedHosts` reads them. A URL of any other host is sent as it came. Local paths
                are never read for a message.
            store: Where views are kept by digest; memory shared by the process when left out.
            limits: What is too large to be opened.
            model: The agent's model, or what it is called: what an image costs it goes by its
                family. It is taken for ERGO when left out.
            rule: What an image costs, instead of the rule of the model's family.

        Raises:
            BudgetError: If the budget holds no view.
            SettingsError: If an allowed host is none.
        """
        super().__init__()
        maker = ViewMaker(store=store, limits=limits, allowed_roots=[], allowed_hosts=allowed_hosts)
        chosen = rule or choose_dialect(model=model).token_rule
        self._shrinker = Shrinker(maker, Terms(VisionSettings(view_budget=view_budget), chosen))
        self._reroutes = reroute_tool_images

    def wrap_model_call(
        self, request: _Request, handler: Callable[[_Request], _Response]
    ) -> _Response:
        """Call the model with other messages; blocking."""
        return handler(run_sync(self._lightened(request)))

    async def awrap_model_call(
        self, request: _Request, handler: Callable[[_Request], Awaitable[_Response]]
    ) -> _Response:
        """Call the model with other messages."""
        return await handler(await self._lightened(request))

    async def _lightened(self, request: _Request) -> _Request:
        # the names are those of the stored messages: there the tools look for them
        names = await asyncio.to_thread(_names, request.state)
        messages: list[Any] = await self._shrinker.shrunk(request.messages, names=names)
        if self._reroutes:
            messages = list(rerouted(messages))
        return request.override(messages=messages)


def _names(state: object) -> dict[str, str]:
    conversation = Conversation.of_state(state)
    return {} if conversation is None else conversation.names_by_key()
