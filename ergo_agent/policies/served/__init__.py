"""The served policy: a model behind vLLM or any OpenAI-compatible server.

```
chat.py          ChatServed, the chat model
images.py        images by name, so that none is sent twice
server.py        what the server says of itself
replies.py       a reply as LangChain can read it, whatever it holds
connections.py   connections, and what is tried again
failures.py      what went wrong, and what to do about it
```
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from ergo_agent.dialects import Dialect, choose_dialect
from ergo_agent.dialects.registry import is_known
from ergo_agent.errors import MissingExtraError, SettingsError
from ergo_agent.images import bare_url
from ergo_agent.policies.base import Policy
from ergo_agent.views.view import Form

try:
    import openai

    from ergo_agent.policies.served.chat import ChatServed
    from ergo_agent.policies.served.connections import BlockingClient, PerLoopClient
except ImportError as error:  # langchain-openai is an extra
    raise MissingExtraError("the served policy", extra="served") from error

if TYPE_CHECKING:
    from ergo_agent.policies.served.server import ServerKind

__all__ = ["ChatServed", "create_served_policy"]

_CONNECT = 5.0
"""Seconds after which a server that does not take a connection counts as unreachable."""


def create_served_policy(  # noqa: PLR0913  # all keyword-only, all optional
    *,
    base_url: str | None = None,
    model: str | None = None,
    api_key: str | None = None,
    dialect: Dialect | str = "auto",
    server: "ServerKind" = "auto",
    max_retries: int = 4,
    timeout: float = 300.0,
    max_tokens: int = 1024,
) -> Policy:
    """The policy that a server runs.

    Nothing is sent before the first question.

    Args:
        base_url: Where the API is, such as `http://127.0.0.1:8000/v1`; `/v1` is added where the
            address has no path.
        model: The name it is served under; the only one the server serves when left out.
        api_key: The server's key, where it wants one. `OPENAI_API_KEY` is not read: it must not
            reach a server it was not meant for.
        dialect: How the model is asked; by the model's name when left out, or where that says
            nothing by the checkpoint that the server names behind it (`root`).
        server: Whether the server understands vLLM's additions; it is asked when left out.
        max_retries: How often a request is sent again after a lost connection, 408, 429 or 5xx,
            with exponential backoff (7 s in all for 4) or when `Retry-After` says.
        timeout: Seconds that one reply may take in all.
        max_tokens: Most tokens of one reply.

    Raises:
        SettingsError: If there is no usable `base_url`.
    """
    url = _checked(base_url)
    seconds = openai.Timeout(timeout, connect=min(_CONNECT, timeout))
    chat = ChatServed(
        model=model or "",
        base_url=url,
        api_key=SecretStr(api_key or "none"),
        server=server,
        temperature=0,
        max_tokens=max_tokens,  # type: ignore[call-arg]  # ChatOpenAI's alias hides the name
        max_retries=max_retries,
        timeout=seconds,
        patience=timeout,
        http_client=BlockingClient(base_url=url, timeout=seconds, patience=timeout),
        http_async_client=PerLoopClient(base_url=url, timeout=seconds, patience=timeout),
    )
    chosen = choose_dialect(dialect, model=model or None)
    spoken = isinstance(dialect, Dialect) or (model and (dialect != "auto" or is_known(model)))
    if spoken and server != "auto":
        return Policy(chat, chosen, _form(vllm=server == "vllm"))
    return _KnownByServer(chat, chosen, wanted=chosen if spoken else dialect)


def _form(*, vllm: bool) -> Form:
    """What a server takes views as: vLLM opens them with Pillow; of others only PNG is certain."""
    return "webp" if vllm else "png"


@dataclass(frozen=True)
class _KnownByServer(Policy):
    """A policy that depends on what only the server knows yet.

    That is whether it is vLLM, the name of the model, or the checkpoint behind a name that says
    nothing. Until `ready`, the dialect is the one that would be chosen without the server.
    """

    wanted: Dialect | str = "auto"

    async def ready(self) -> Policy:
        """The policy with the dialect of the model that is served.

        Raises:
            PolicyError: If the server cannot be asked, or serves several models.
        """
        assert isinstance(self.model, ChatServed)
        facts = await self.model.facts()
        name = self.model.model_name
        if ("ready", name) not in self.kept:
            dialect = choose_dialect(self.wanted, model=facts.telling_name(name))
            self.kept["ready", name] = Policy(self.model, dialect, _form(vllm=facts.vllm))
        ready: Policy = self.kept["ready", name]
        return ready


def _checked(base_url: str | None) -> str:
    if not base_url:
        raise SettingsError(
            "the served policy has no server: set ERGO_BASE_URL or give base_url=, for example "
            "http://127.0.0.1:8000/v1"
        )
    parts = urlsplit(base_url.strip().rstrip("/"))
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise SettingsError(
            f"base_url={bare_url(base_url)!r} is no address of a server; give for example "
            "http://127.0.0.1:8000/v1"
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise SettingsError(
            f"base_url={bare_url(base_url)!r} was given with a user, a password or a query, "
            "where keys would be written into logs; give the key as api_key= or ERGO_API_KEY"
        )
    return parts.geturl() if parts.path else f"{parts.geturl()}/v1"
