"""Files that are whole whenever they are seen: written beside their place, and then moved there.

In a folder such a part is held by a lock while its writer lives. A lock is let go by the system
when its process ends, however that ends, and it is seen from other containers and machines that
share the folder, where a process number would say nothing.
"""

import contextlib
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "ABANDONED_AFTER",
    "PART",
    "is_abandoned",
    "lock",
    "remote_part",
    "whole_file",
    "write_whole",
]

PART = ".part-"
"""How the names of files begin that are being written; of remote ones it stands within."""

_YOUNG = 60
"""Seconds in which a file is left alone: it is locked a moment after it is made."""

ABANDONED_AFTER = 24 * 60 * 60
"""Seconds after which nobody is writing any more, where locks cannot tell: 512 MiB over 10 kB/s
take 15 hours."""


@contextmanager
def whole_file(path: Path, *, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A file to write, in place of what was there once the block has ended well.

    Any number of threads, processes and machines may write the same file at once: the last to end
    is the one that is seen.

    Args:
        path: Its place; the folder is made where there is none.
        mode: Who may read and write it, before the process's mask is taken off.

    Raises:
        OSError: If it cannot be written; what was there is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{PART}{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(part, flags, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            lock(descriptor)
            yield file
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_whole(path: Path, data: bytes | str, *, mode: int = 0o666) -> None:
    """Write a file in place of what was there; see `whole_file`.

    Args:
        path: Its place.
        data: What it is to hold; a text is written as UTF-8, with `?` for what that cannot hold.
        mode: As for `whole_file`.

    Raises:
        OSError: If it cannot be written; what was there is as it was.
    """
    with whole_file(path, mode=mode) as file:
        file.write(data.encode("utf-8", "replace") if isinstance(data, str) else data)


@contextmanager
def remote_part(files: Any, path: str) -> Iterator[str]:  # noqa: ANN401  # fsspec's, an extra
    """Where to write a file of an fsspec file system; moved to its place if the block ends well.

    Args:
        files: The file system.
        path: The file's place there; the folder is made where there is none.

    Raises:
        OSError: If it cannot be moved, or whatever else the file system raises.
    """
    part = f"{path}{PART}{secrets.token_hex(8)}"
    files.makedirs(path.rpartition("/")[0], exist_ok=True)
    try:
        yield part
        files.mv(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            files.rm_file(part)
        raise


def lock(descriptor: int) -> None:
    """Hold a file for as long as it is open, where the system and its file system can."""
    if fcntl is not None:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_abandoned(part: Path) -> bool:
    """Whether no process is writing a file any more.

    Raises:
        OSError: If it is gone, or cannot be looked at.
    """
    status = part.lstat()
    age = time.time() - status.st_mtime
    if age < _YOUNG or not stat.S_ISREG(status.st_mode):
        return False
    if fcntl is None:
        return age > ABANDONED_AFTER
    descriptor = os.open(part, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return age > ABANDONED_AFTER
    finally:
        os.close(descriptor)
    return True
