"""What all commands share: exit codes, and notes on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

from ergo_agent._common.text import visible
from ergo_agent.errors import ErgoError, ImageError, MissingExtraError, PolicyError

if TYPE_CHECKING:
    from rich.status import Status

__all__ = [
    "IMAGE",
    "INTERRUPTED",
    "NOT_FOUND",
    "POLICY",
    "USAGE",
    "errors_as_exit_codes",
    "note",
    "status_line",
]

USAGE, NOT_FOUND, IMAGE, POLICY, INTERRUPTED = 2, 3, 4, 5, 130


@contextmanager
def status_line(*, quiet: bool = False) -> "Iterator[Status]":
    """A spinner on a terminal's stderr, where its console prints plain lines otherwise.

    Args:
        quiet: Whether nothing is shown at all.
    """
    from rich.console import Console  # noqa: PLC0415

    console = Console(stderr=True, quiet=quiet)
    with console.status("starting ...") as status:
        yield status


@contextmanager
def errors_as_exit_codes() -> Iterator[None]:
    """Turn every error this package raises on purpose into one line and an exit code."""
    try:
        yield
    except KeyboardInterrupt:
        _fail("interrupted", INTERRUPTED)
    except ImageError as error:
        _fail(str(error), IMAGE)
    except (PolicyError, MissingExtraError) as error:
        _fail(str(error), POLICY)
    except ErgoError as error:
        _fail(str(error), USAGE)


def note(message: str) -> None:
    """Tell the person something that is no result."""
    typer.echo(visible(message), err=True)


def _fail(message: str, code: int) -> NoReturn:
    note(f"error: {message}")
    raise typer.Exit(code)
