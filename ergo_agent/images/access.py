"""What somebody may open: the folders that an owner allowed, and what was loaded with them.

The memory in which images are kept by digest is shared by the whole process, and a digest is a
name, not a permission: whoever may read one folder does not open by digest what another has loaded.
"""

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cachetools import LRUCache

from ergo_agent.errors import SettingsError

__all__ = ["Access", "LoadedImages", "checked_roots"]

_REMEMBERED = 16_384
"""One for each 32 KiB of the store; what is forgotten has to be named by its path again."""


class Access(NamedTuple):
    """Where images may come from."""

    roots: tuple[Path, ...] | None
    """Folders, absolute; None for any."""

    hosts: str = ""
    """The entries of `AllowedHosts`."""


class LoadedImages:
    """Which images were loaded with which access. Safe to use from several threads."""

    def __init__(self) -> None:
        self._loaded: LRUCache[tuple[Access, str], None] = LRUCache(_REMEMBERED)
        self._lock = threading.Lock()

    def add(self, digest: str, *, access: Access) -> None:
        """Remember an image; who may open any needs no remembering."""
        if access.roots is None:
            return
        with self._lock:
            self._loaded[access, digest] = None

    def may_open(self, digest: str, *, access: Access) -> bool:
        """Whether an image may be opened by its digest alone; any may where any path may."""
        with self._lock:
            return access.roots is None or (access, digest) in self._loaded


def checked_roots(
    roots: Sequence[str | os.PathLike[str]] | None, *, name: str = "allowed_roots"
) -> tuple[Path, ...] | None:
    """Folders that paths must lie in, made absolute here and now; None for any path.

    Args:
        roots: The folders. A link among them is followed each time that something is opened.
        name: How messages call them.

    Raises:
        SettingsError: If one is no folder, or nothing is there.
    """
    if roots is None:
        return None
    if isinstance(roots, str | os.PathLike):
        raise SettingsError(f"{name}={os.fspath(roots)!r} is one path; give a list of folders")
    try:
        folders = [Path(root) for root in roots]
    except TypeError as error:
        raise SettingsError(f"{name}={roots!r:.60} is no list of folders ({error})") from error
    for folder in folders:
        if not folder.is_dir():
            raise SettingsError(f"{name} {folder} is no folder; give one that images are in")
    return tuple(dict.fromkeys(folder.absolute() for folder in folders))
