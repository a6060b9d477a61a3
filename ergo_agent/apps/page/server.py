"""The address, the token, and the server's start and end."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ergo_agent.apps.loopback import in_url, listening, serve_app
from ergo_agent.apps.page.app import PageApp
from ergo_agent.apps.page.entrance import Entrance
from ergo_agent.apps.page.guard import Guard
from ergo_agent.apps.page.policies import PagePolicies
from ergo_agent.apps.page.runs import Runs
from ergo_agent.errors import SettingsError
from ergo_agent.images import GUARDED_LIMITS, ImageLimits
from ergo_agent.images.access import checked_roots
from ergo_agent.policies.choice import PolicyChoice

__all__ = ["OpenPage", "PageOptions", "open_page", "serve_page"]


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

    browser: bool = False
    """Whether a browser is opened at the page."""

    limits: ImageLimits = GUARDED_LIMITS
    """What is too large to be opened."""


class OpenPage(NamedTuple):
    """A page that browsers can connect to, and that answers once `app` is served."""

    url: str
    """With the token in it."""

    app: Guard
    runs: Runs
    listener: socket.socket


def serve_page(options: PageOptions, *, ready: Callable[[str], None]) -> None:
    """Serve the page until a signal ends it.

    Args:
        options: Where, and what.
        ready: Told the URL, with the token in it, once a browser can connect to it.

    Raises:
        SettingsError: If an option cannot be used.
        MissingExtraError: If what the policy needs is not installed.
    """
    with open_page(options) as page:
        entrances: list[Entrance] = []

        def beginning() -> None:
            if options.browser:  # in a thread, for a browser in the terminal is waited for
                entrances.append(Entrance(page.url))
                waiting = {"entered": page.app.entered}
                threading.Thread(target=entrances[0].open, kwargs=waiting, daemon=True).start()

        def ending() -> None:
            page.runs.cancel_all()
            for entrance in entrances:
                entrance.close()

        ready(page.url)
        serve_app(page.app, page.listener, beginning=beginning, ending=ending)


@contextmanager
def open_page(options: PageOptions) -> Iterator[OpenPage]:
    """Listen, and make what answers.

    Raises:
        SettingsError: If the address is not this machine's own or cannot be listened on, there is
            no such folder, or the policy cannot be used here.
        MissingExtraError: If what the policy needs is not installed.
    """
    host = _own(options.host)
    roots = checked_roots(None if options.root is None else [options.root], name="--root")
    root = roots[0].resolve() if roots else None
    app = PageApp(root=root, policies=PagePolicies(options.policy), limits=options.limits)
    with listening(host, options.port) as listener:
        port = listener.getsockname()[1]
        guard = Guard(app.starlette(), host=host, port=port)
        url = f"http://{in_url(host)}:{port}/?token={guard.token}"
        yield OpenPage(url, guard, app.runs, listener)


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
