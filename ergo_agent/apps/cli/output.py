"""What all commands share: exit codes, and notes on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from ergo_agent._common.text import visible
from ergo_agent.errors import ErgoError, ImageError, MissingExtraError, PolicyError, SettingsError

if TYPE_CHECKING:
    from rich.status import Status

__all__ = [
    "IMAGE",
    "INTERRUPTED",
    "NOT_FOUND",
    "PICTURES",
    "POLICY",
    "USAGE",
    "check_output",
    "errors_as_exit_codes",
    "note",
    "status_line",
]

USAGE, NOT_FOUND, IMAGE, POLICY, INTERRUPTED = 2, 3, 4, 5, 130
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")
"""Endings of the files that pages are saved in."""


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


def check_output(option: str, path: Path | None, endings: tuple[str, ...]) -> None:
    """Refuse a path that cannot be written before the work is done.

    Args:
        option: What the path was given by.
        path: None where it was left out.
        endings: Those that it may have.

    Raises:
        SettingsError: If its folder is not there, or it ends otherwise.
    """
    if path is None:
        return
    if not path.absolute().parent.is_dir():
        raise SettingsError(f"{option} {path}: there is no folder {path.absolute().parent}")
    if path.suffix.lower() not in endings:
        raise SettingsError(f"{option} {path}: give a name that ends in {', '.join(endings)}")


def note(message: str) -> None:
    """Tell the person something that is no result."""
    typer.echo(visible(message), err=True)


def _fail(message: str, code: int) -> NoReturn:
    note(f"error: {message}")
    raise typer.Exit(code)
