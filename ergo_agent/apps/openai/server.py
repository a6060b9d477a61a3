"""The address, and the server's start and end."""

import ipaddress
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import socket
from typing import NamedTuple

from starlette.applications import Starlette

from ergo_agent.apps.loopback import in_url, listening, names_of, serve_app
from ergo_agent.apps.openai.app import CompletionApp
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import SettingsError
from ergo_agent.images import GUARDED_LIMITS, ImageLimits
from ergo_agent.policies.base import Policy

__all__ = ["KEY", "CompletionOptions", "OpenEndpoint", "open_endpoint", "serve_completions"]

KEY = "ERGO_SERVE_KEY"
"""The variable with the key that requests have to bear."""


class CompletionOptions(NamedTuple):
    """What whoever starts the endpoint decides."""

    policy: Policy
    settings: VisionSettings
    host: str = "127.0.0.1"
    port: int = 8000
    limits: ImageLimits = GUARDED_LIMITS


class OpenEndpoint(NamedTuple):
    """An endpoint that clients can connect to, and that answers once `app` is served."""

    url: str
    app: Starlette
    listener: socket


def serve_completions(options: CompletionOptions, *, ready: Callable[[str], None]) -> None:
    """Serve completions until a signal ends it.

    Args:
        options: Where, whom and within what.
        ready: Told the base URL once clients can connect.

    Raises:
        SettingsError: If the address cannot be listened on, or needs a key that is not set.
    """
    with open_endpoint(options) as endpoint:
        ready(endpoint.url)
        serve_app(endpoint.app, endpoint.listener)


@contextmanager
def open_endpoint(options: CompletionOptions) -> Iterator[OpenEndpoint]:
    """Listen, and make what answers.

    Raises:
        SettingsError: As `serve_completions` raises it.
    """
    key = os.environ.get(KEY) or None
    alone = _is_loopback(options.host)
    if not alone and key is None:
        raise SettingsError(
            f"--host {options.host} can be reached from other machines; set {KEY} to a key that "
            "requests have to bear, or give 127.0.0.1"
        )
    with listening(options.host, options.port) as listener:
        port = listener.getsockname()[1]
        app = CompletionApp(
            policy=options.policy,
            settings=options.settings,
            limits=options.limits,
            names=names_of(options.host, port) if alone else frozenset(),
            key=key,
        )
        url = f"http://{in_url(options.host)}:{port}/v1"
        yield OpenEndpoint(url, app.starlette(), listener)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
