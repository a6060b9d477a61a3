"""What lies in the folder that was opened."""

import os
from pathlib import Path
from typing import NamedTuple

from ergo_agent.images.nearby import PAGE_ENDINGS

__all__ = ["Listing", "list_images"]

_MOST_SHOWN = 1000
_MOST_LOOKED_AT = 100_000
"""Entries of folders: a home folder may hold millions."""


class Listing(NamedTuple):
    """The images and PDFs of a folder."""

    files: list[dict[str, str | int]]
    """Each with its `path`, relative to the folder, and its `bytes`; sorted by path."""

    left_out: int
    """How many more there are."""


def list_images(root: Path) -> Listing:
    """Images and PDFs below a folder, by the endings of their names; blocking.

    Hidden files and folders are passed over, and no link is followed: what it leads to may lie
    elsewhere.

    Args:
        root: The folder.
    """
    found: list[tuple[str, int]] = []
    folders, looked_at = [root], 0
    while folders and looked_at < _MOST_LOOKED_AT:
        below: list[Path] = []
        for folder in folders:
            looked_at += _look_into(folder, root, found, below)
            if looked_at >= _MOST_LOOKED_AT:
                break
        folders = sorted(below)
    found.sort()
    files: list[dict[str, str | int]] = [
        {"path": path, "bytes": size} for path, size in found[:_MOST_SHOWN]
    ]
    return Listing(files, max(0, len(found) - _MOST_SHOWN))


def _look_into(folder: Path, root: Path, found: list[tuple[str, int]], below: list[Path]) -> int:
    """Add a folder's images and its folders, and say how many entries it has."""
    count = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                count += 1
                if entry.name.startswith(".") or not _is_text(entry.name):
                    continue
                path = folder / entry.name
                if entry.is_dir(follow_symlinks=False):
                    below.append(path)
                elif path.suffix.lower() in PAGE_ENDINGS and entry.is_file(follow_symlinks=False):
                    found.append((path.relative_to(root).as_posix(), entry.stat().st_size))
    except OSError:  # not ours to read, or gone meanwhile
        pass
    return count


def _is_text(name: str) -> bool:
    """Whether a name can be sent: one that is no UTF-8 has characters that cannot."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
