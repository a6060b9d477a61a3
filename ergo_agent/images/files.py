"""Image files, opened once and only inside the folders that the owner allowed."""

import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from ergo_agent.errors import (
    ImageAccessError,
    ImageFormatError,
    ImageNotFoundError,
    ImageTooLargeError,
)
from ergo_agent.images.limits import ImageLimits
from ergo_agent.images.nearby import alike_beside, there_instead

__all__ = [
    "head_of_file",
    "names_in_folder",
    "path_of_file_url",
    "read_file",
    "regular_file",
    "shortened",
]

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


@contextmanager
def regular_file(path: Path) -> Iterator[BinaryIO]:
    """A regular file, open for reading: no pipe, whose end may never come, and no device.

    It is looked at before it is opened, because that may wake a pipe's writer or move a device, and
    once more when it is open.

    Raises:
        OSError: If it is something else, or cannot be opened.
    """
    _require_regular(path.stat())
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        _require_regular(os.fstat(file.fileno()))
        yield file


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")


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
        given: The path. With roots, a relative one starts at the first of them in
            which something is there.
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
    except OSError as error:  # a file of the system's that can be opened and not read
        raise _unusable(given, error) from error
    finally:
        os.close(descriptor)
    if len(data) > status.st_size > 0:
        raise ImageAccessError(f"{shortened(given)} grew while it was read; try again")
    if not data:
        raise ImageFormatError(f"{shortened(given)} is empty; give a complete image file")
    return data


def head_of_file(
    given: str, *, limits: ImageLimits, allowed_roots: Sequence[Path] | None = None, most: int
) -> bytes:
    """The first bytes of a regular file, found as `read_file` finds it; blocking.

    Raises:
        ImageError: As `read_file` raises it, but for an empty file.
    """
    descriptor = _opened(given, allowed_roots, limits)
    try:
        _check_regular(os.fstat(descriptor), given, limits)
        return os.read(descriptor, most)
    except OSError as error:
        raise _unusable(given, error) from error
    finally:
        os.close(descriptor)


def names_in_folder(
    given: str, *, allowed_roots: Sequence[Path] | None = None, most: int
) -> list[str] | None:
    """Paths of what lies in a folder, hidden files left out; None where the path is no folder.

    They are in the order in which people number pages: `page 2` before `page 10`. Blocking.

    Args:
        given: The path. With roots, a relative one starts at the first of them in which
            something is there.
        allowed_roots: Folders that it must lie in, all links followed; None allows any.
        most: One more than the largest number of paths; reading stops there.

    Raises:
        ImageAccessError: If it lies outside the roots, or may not be read.
    """
    try:
        path = Path(given) if allowed_roots is None else _inside(given, allowed_roots)[1]
        if not given or not path.is_dir():
            return None
        found = islice((each for each in path.iterdir() if not each.name.startswith(".")), most)
        return sorted((str(each) for each in found), key=_numbered)
    except ValueError:  # a NUL, or a character that no file name can hold
        return None
    except OSError as error:
        raise _unusable(given, error) from error


def _numbered(name: str) -> list[tuple[int, str]]:
    """A sort key in which numbers count as such."""
    parts = re.split(r"([0-9]{1,18})", name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _opened(given: str, allowed_roots: Sequence[Path] | None, limits: ImageLimits) -> int:
    """A descriptor of what is at the path, which was a regular file when it was looked at."""
    try:
        if allowed_roots is None:
            return _opened_anywhere(given, limits)
        root, path = _inside(given, allowed_roots)
        try:
            _check_regular(path.stat(), given, limits)
        except OSError as error:
            raise _unusable(given, error, hint=there_instead(given, allowed_roots)) from error
        return _open_below(root, path.relative_to(root).parts)
    except OSError as error:
        raise _unusable(given, error) from error
    except ValueError as error:  # a NUL, or a character that no file name can hold
        raise ImageNotFoundError(
            f"{shortened(given)} cannot be a path ({error.__class__.__name__}); check its spelling"
        ) from error


def _opened_anywhere(given: str, limits: ImageLimits) -> int:
    try:
        # looked at first, because to open a pipe may wake its writer
        _check_regular(Path(given).stat(), given, limits)
    except FileNotFoundError as error:
        hint = "; ".join(filter(None, ("check the path", alike_beside(given))))
        raise _unusable(given, error, hint=hint) from error
    return os.open(given, _FLAGS)


def _open_below(root: Path, parts: Sequence[str]) -> int:
    """Open what a resolved path names, folder by folder, following no link.

    A resolved path holds no link: one that appears now was put there to lead outside. Each folder
    is opened in the one before it, so that none can be exchanged once it was passed.
    """
    if os.open not in os.supports_dir_fd or not parts:  # Windows, or the root itself
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
    """A root, and the path in it with all links followed: the first where something is there."""
    found = [] if _SHARE.match(given) else list(_candidates(given, roots))
    inside = [each for each in found if each is not None]
    there = next((each for each in inside if each[1].exists()), None)
    if there is not None:
        return there
    if inside and None not in found:
        return inside[0]
    raise ImageAccessError(
        f"{shortened(given)} is not inside a folder that images may be read from; "
        f"give a path inside one: {there_instead(given, roots)}"
    )


def _candidates(given: str, roots: Sequence[Path]) -> Iterator[tuple[Path, Path] | None]:
    """What the path means, begun at each root in turn; None where that lies in none of them."""
    resolved = [root.resolve() for root in roots]
    for begin in resolved:
        try:
            path = (begin / given).resolve()
        except (OSError, ValueError, RuntimeError):
            yield None
            continue
        yield next(((root, path) for root in resolved if path.is_relative_to(root)), None)


def _unusable(
    given: str, error: OSError, *, hint: str = "check the path"
) -> ImageAccessError | ImageNotFoundError:
    text = f"{shortened(given)} cannot be opened ({error.strerror or error.__class__.__name__})"
    if error.errno in _NOTHING_THERE:
        return ImageNotFoundError(f"{text}; {hint}")
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
