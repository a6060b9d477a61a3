"""`ergo-agent ui`: a local page to ask, watch and correct."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from ergo_agent.apps.cli.options import DialectName, PolicyName
from ergo_agent.apps.cli.output import INTERRUPTED, errors_as_exit_codes, note

__all__ = ["ui"]


def ui(  # noqa: PLR0913  # one parameter per option
    context: typer.Context,
    *,
    root: Annotated[
        Path | None,
        typer.Option(help="Folder whose images and PDFs the page lists.", show_default=False),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; only one that this machine alone reaches.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for any that is free.")
    ] = 0,
    policy: PolicyName = "auto",
    dialect: DialectName = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the URL, and open no browser.")
    ] = False,
) -> None:
    """Open a page on this machine: drop an image, ask, watch each step, correct a box and go on.

    It needs the extra "ui". Exit code: 2 wrong usage, 5 something is not installed, 130 interrupted
    with Ctrl-C; SIGTERM ends it as it ends any process.
    """

    def ready(url: str) -> None:
        signal.signal(signal.SIGINT, _leave)
        typer.echo(url)
        note("Ctrl-C ends it")

    with errors_as_exit_codes():
        from ergo_agent.apps.page import PageOptions, serve_page  # noqa: PLC0415
        from ergo_agent.policies.choice import choose_policy  # noqa: PLC0415

        asked = context.obj or policy
        if dialect:
            asked = choose_policy(asked, dialect=dialect)
        options = PageOptions(root, host, port, asked, browser=not no_browser)
        serve_page(options, ready=ready)


def _leave(*_: object) -> None:
    """End at once, after the server has ended its streams.

    A step of the embedded reader that has begun cannot be broken off, and an ordinary end would
    wait for it.
    """
    note("interrupted")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)
