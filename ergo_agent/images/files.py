"""Image files, opened once and only inside the folders that the owner allowed."""

import errno
import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ergo_agent.errors import (
    ImageAccessError,
    ImageFormatError,
    ImageNotFoundError,
    ImageTooLargeError,
)
from ergo_agent.images.limits import ImageLimits

__all__ = ["path_of_file_url", "read_file", "shortened"]

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Not blocking, because opening a pipe nobody writes to would never return."""

_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)

_SHARE = re.compile(r"[\\/]{2}")
"""How a network share or a device begins; on Windows, to look at one is to connect to it."""

_NOTHING_THERE = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL}
)


def shortened(text: str) -> str:
    """The text as it is quoted in messages: on one line, and not longer than 120 characters."""
    quoted = ascii(text)
    return quoted if len(quoted) <= 120 else f"{quoted[:100]}... ({len(text)} characters)"


def path_of_file_url(url: str) -> str:
    """The path that a `file://` URL stands for.

    Raises:
        ImageAccessError: If it names another host.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ImageNotFoundError(f"{shortened(url)} is not a file URL ({error})") from error
    if parts.netloc.lower() not in ("", "localhost"):
        raise ImageAccessError(
            f"{shortened(url)} names another host; give file:///path, or the image's bytes"
        )
    return unquote(parts.path)


def read_file(
    given: str, *, limits: ImageLimits, allowed_roots: Sequence[Path] | None = None
) -> bytes:
    """Read a regular file.

    Args:
        given: The path. With roots, a relative one starts at the first of them.
        limits: Bounds the number of bytes.
        allowed_roots: Folders that the file must lie in, all links followed; None allows any.

    Raises:
        ImageNotFoundError: If nothing is there, or nothing can have that name.
        ImageAccessError: If it lies outside the roots, is not a regular file, or may not be read.
        ImageFormatError: If it is empty.
        ImageTooLargeError: If it has too many bytes.
    """
    descriptor = _opened(given, allowed_roots, limits)
    try:
        status = os.fstat(descriptor)
        _check_regular(status, given, limits)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(status.st_size + 1)  # as much is reserved as is asked for
    finally:
        os.close(descriptor)
    if len(data) > status.st_size > 0:
        raise ImageAccessError(f"{shortened(given)} grew while it was read; try again")
    if not data:
        raise ImageFormatError(f"{shortened(given)} is empty; give a complete image file")
    return data


def _opened(given: str, allowed_roots: Sequence[Path] | None, limits: ImageLimits) -> int:
    """A descriptor of what is at the path, which was a regular file when it was looked at."""
    try:
        if allowed_roots is None:
            # looked at first, because to open a pipe may wake its writer
            _check_regular(Path(given).stat(), given, limits)
            return os.open(given, _FLAGS)
        root, path = _inside(given, allowed_roots)
        _check_regular(path.stat(), given, limits)
        return _open_below(root, path.relative_to(root).parts)
    except OSError as error:
        raise _unusable(given, error) from error
    except ValueError as error:  # a NUL, or a character that no file name can hold
        raise ImageNotFoundError(
            f"{shortened(given)} cannot be a path ({error.__class__.__name__}); check its spelling"
        ) from error


def _open_below(root: Path, parts: Sequence[str]) -> int:
    """Open what a resolved path names, folder by folder, following no link.

    A resolved path holds no link: one that appears now was put there to lead outside. Each folder
    is opened in the one before it, so that none can be exchanged once it was passed.
    """
    if os.open not in os.supports_dir_fd or not parts:  # Windows, or a root that is a file
        return os.open(root.joinpath(*parts), _FLAGS)
    folder = os.open(root, _FOLDER)
    try:
        for part in parts[:-1]:
            below = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = below
        return os.open(parts[-1], _FLAGS | os.O_NOFOLLOW, dir_fd=folder)
    finally:
        os.close(folder)


def _inside(given: str, roots: Sequence[Path]) -> tuple[Path, Path]:
    """A root, and the path in it with all links followed."""
    resolved_roots = [Path(root).resolve() for root in roots]
    if resolved_roots and not _SHARE.match(given):
        try:
            path = (resolved_roots[0] / given).resolve()
        except (OSError, ValueError, RuntimeError):
            path = None
        for root in resolved_roots:
            if path is not None and path.is_relative_to(root):
                return root, path
    raise ImageAccessError(
        f"{shortened(given)} is not inside a folder that images may be read from; "
        "give a path inside one"
    )


def _unusable(given: str, error: OSError) -> ImageAccessError | ImageNotFoundError:
    text = f"{shortened(given)} cannot be opened ({error.strerror or error.__class__.__name__})"
    if error.errno in _NOTHING_THERE:
        return ImageNotFoundError(f"{text}; check the path")
    return ImageAccessError(f"{text}; give a regular file that may be read")


def _check_regular(status: os.stat_result, given: str, limits: ImageLimits) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ImageAccessError(
            f"{shortened(given)} is not a regular file but a folder, pipe or device; "
            "give an image file"
        )
    if status.st_size > limits.max_bytes:
        raise ImageTooLargeError(
            f"{shortened(given)} has {status.st_size:,} bytes, the limit is "
            f"{limits.max_bytes:,}; shrink it",
            owner="raise ImageLimits.max_bytes",
        )
