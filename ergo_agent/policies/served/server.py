"""What a server says of itself: which models it serves, how long they read, and whether it is vLLM.

One request to `/models` tells all three: vLLM writes `owned_by: vllm` and `max_model_len` there.
"""

import asyncio
import threading
from typing import Literal
from weakref import WeakKeyDictionary

import openai
from pydantic import BaseModel, ConfigDict

from ergo_agent.errors import UnknownModelError
from ergo_agent.policies.server_words import UNREADABLE, model_cards

__all__ = ["Server", "ServerFacts", "ServerKind"]

ServerKind = Literal["auto", "vllm", "openai"]
"""What a server understands: vLLM's additions or not; `auto` asks it."""

_RETRIES = 2
"""A server that was never reached is given up sooner (1.5 s) than one that was."""


_NO_LIST = (openai.NotFoundError, *UNREADABLE)
"""A server without a list of models, or with one that is no JSON."""


class ServerFacts(BaseModel):
    """What a server says of itself."""

    model_config = ConfigDict(frozen=True)

    vllm: bool
    """Whether it understands what vLLM adds to the protocol."""

    models: tuple[str, ...] = ()
    """The names it serves; none where it does not say."""

    telling: tuple[str, ...] = ()
    """For each of these what says which family it is of, as `ModelCard.telling`."""

    context: int | None = None
    """Most tokens of the first model's prompt and reply together; None where it does not say."""

    def only_model(self, *, base_url: str) -> str:
        """The one model that can be meant where none was named.

        Raises:
            UnknownModelError: If there is not exactly one.
        """
        if len(self.models) != 1:
            listed = ", ".join(self.models[:20]) or "none that it names"
            raise UnknownModelError(
                f"no model was named, and the server at {base_url} serves {listed}; "
                "name one as model=... or in ERGO_MODEL"
            )
        return self.models[0]

    def telling_name(self, model: str) -> str:
        """What says which family a model is of, as far as the server knows."""
        return dict(zip(self.models, self.telling, strict=False)).get(model, model)


class Server:
    """Asks a server about itself once; sync and async."""

    def __init__(self, *, kind: ServerKind, needed: bool) -> None:
        """Say what is to be found out.

        Args:
            kind: What is known already.
            needed: Whether the model's name is still to be found; where it is not, and the kind is
                known, the server is not asked at all.
        """
        self._kind = kind
        self._facts: ServerFacts | None = None
        if kind != "auto" and not needed:
            self._facts = ServerFacts(vllm=kind == "vllm")
        self._lock = threading.Lock()
        self._locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = (
            WeakKeyDictionary()
        )

    def facts(self, client: openai.OpenAI) -> ServerFacts:
        """The facts; blocking.

        Raises:
            openai.OpenAIError: If the server cannot be asked.
        """
        with self._lock:
            if self._facts is None:
                asked = client.with_options(max_retries=_RETRIES)
                try:
                    listed = asked.get("/models", cast_to=object)
                except _NO_LIST:
                    listed = None
                self._facts = self._read(listed)
            return self._facts

    async def afacts(self, client: openai.AsyncOpenAI) -> ServerFacts:
        """The facts; those who ask at once wait for one reply.

        Raises:
            openai.OpenAIError: If the server cannot be asked.
        """
        if self._facts is not None:
            return self._facts
        async with self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            if self._facts is None:
                asked = client.with_options(max_retries=_RETRIES)
                try:
                    listed = await asked.get("/models", cast_to=object)
                except _NO_LIST:
                    listed = None
                self._facts = self._read(listed)
            return self._facts

    def _read(self, listed: object) -> ServerFacts:
        """Read a list of models; a server without one is no vLLM."""
        cards = model_cards(listed)
        vllm = any(card.owner == "vllm" for card in cards)
        return ServerFacts(
            vllm=vllm if self._kind == "auto" else self._kind == "vllm",
            models=tuple(card.name for card in cards),
            telling=tuple(card.telling for card in cards),
            context=cards[0].context if cards else None,
        )
