"""The address, the token, and the server's start and end."""

import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ergo_agent.errors import SettingsError
from ergo_agent.imaging import ImageLimits
from ergo_agent.local_page.app import PageApp
from ergo_agent.local_page.guarding import Guard
from ergo_agent.local_page.images import PAGE_LIMITS
from ergo_agent.local_page.policies import PagePolicies
from ergo_agent.local_server import in_url, listening, serve_app
from ergo_agent.policies.choice import PolicyChoice

__all__ = ["PageOptions", "create_page", "serve_page"]


class PageOptions(NamedTuple):
    """What whoever starts the page decides."""

    root: Path | None = None
    """Folder whose images are listed; None for uploads only."""

    host: str = "127.0.0.1"
    """Address to listen on; one of this machine's own."""

    port: int = 0
    """Port to listen on; 0 for any that is free."""

    policy: PolicyChoice = None
    """Who is asked where the page names nobody, as `PolicyChoice` says."""

    limits: ImageLimits = PAGE_LIMITS
    """What is too large to be opened."""


def serve_page(options: PageOptions, *, ready: Callable[[str], None]) -> None:
    """Serve the page until a signal ends it.

    Args:
        options: Where, and what.
        ready: Told the URL, with the token in it, once a browser can connect to it.

    Raises:
        SettingsError: If the address is not this machine's own or cannot be listened on, there is
            no such folder, or the policy cannot be used here.
        MissingExtraError: If what the policy needs is not installed.
    """
    app = create_page(options)
    with listening(_own(options.host), options.port) as listener:
        port = listener.getsockname()[1]
        guard = Guard(app.starlette(), host=_own(options.host), port=port)
        ready(f"http://{in_url(_own(options.host))}:{port}/?token={guard.token}")
        serve_app(guard, listener, ending=app.runs.cancel_all)


def create_page(options: PageOptions) -> PageApp:
    """The page's application, its options checked.

    Raises:
        SettingsError: If one cannot be used.
        MissingExtraError: If what the policy needs is not installed.
    """
    _own(options.host)
    policies = PagePolicies(options.policy)
    root = options.root
    if root is not None and not root.is_dir():
        raise SettingsError(f"--root {root} is no folder; give one that images are in")
    return PageApp(
        root=None if root is None else root.resolve(), policies=policies, limits=options.limits
    )


def _own(host: str) -> str:
    """An address that only this machine reaches.

    Raises:
        SettingsError: If it is none.
    """
    if host == "localhost":
        return "127.0.0.1"
    try:
        if ipaddress.ip_address(host).is_loopback:
            return host
    except ValueError:
        pass
    raise SettingsError(
        f"--host {host} can be reached from other machines, and the page has no login for them; "
        "give 127.0.0.1 or ::1, and reach it from elsewhere through ssh -L"
    )
