"""What FILE stands for on the command line: paths, `-` for stdin, addresses on other hosts."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from ergo_agent.errors import ImageAccessError, SettingsError

if TYPE_CHECKING:
    from ergo_agent.documents.document import DocumentSource
    from ergo_agent.images.sources import ImageSource

__all__ = ["STDIN", "opened_source"]

STDIN = "-"


@contextmanager
def opened_source(
    files: Sequence[str], *, allowed_hosts: Sequence[str] = ()
) -> "Iterator[str | list[str]]":
    """The document that files are, kept until the end of the block.

    Args:
        files: As they were named; several are one document.
        allowed_hosts: Hosts that may be fetched from, as `AllowedHosts` reads them.

    Yields:
        The path of one file, or its digest where it came through stdin or from another host; of
        several a list of these.

    Raises:
        ImageError: If one cannot be read, or its host is not allowed.
        SettingsError: If stdin is named twice, or is a terminal.
    """
    if files.count(STDIN) > 1:
        raise SettingsError(f"{STDIN} is given {files.count(STDIN)} times; stdin holds one file")
    with ExitStack() as held:
        names = [_name(file, allowed_hosts, held) for file in files]
        yield names[0] if len(names) == 1 else names


def _name(file: str, allowed_hosts: Sequence[str], held: ExitStack) -> str:
    """What opens a file; what is not on this machine's disk is read now, and held."""
    from ergo_agent._common.sync import run_sync  # noqa: PLC0415
    from ergo_agent.images.maker import ViewMaker  # noqa: PLC0415

    source = _from_stdin() if file == STDIN else _fetched(file, allowed_hosts)
    if not isinstance(source, bytes):
        return file
    return held.enter_context(run_sync(ViewMaker().hold(source)))


def _from_stdin() -> bytes:
    from ergo_agent.images import DEFAULT_LIMITS  # noqa: PLC0415

    if sys.stdin.isatty():
        raise SettingsError(f"{STDIN} reads a file from stdin, which is a terminal; pipe one in")
    return sys.stdin.buffer.read(DEFAULT_LIMITS.max_bytes + 1)  # one too many is refused as such


def _fetched(file: str, allowed_hosts: Sequence[str]) -> "DocumentSource | ImageSource":
    from ergo_agent._common.sync import run_sync  # noqa: PLC0415
    from ergo_agent.ask import fetched  # noqa: PLC0415
    from ergo_agent.images import DEFAULT_LIMITS, AllowedHosts  # noqa: PLC0415

    try:
        return run_sync(fetched(file, AllowedHosts(allowed_hosts), DEFAULT_LIMITS))
    except ImageAccessError as error:
        if error.owner is None:
            raise
        owner = error.owner.replace("in allowed_hosts", "with --allow-host")
        raise ImageAccessError(error.for_model, owner=owner) from error
