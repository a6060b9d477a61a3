"""What there is in place of a file that is not there: names that may have been meant, or all.

A model misspells what it remembers, and drops folders. It is told only names inside the folders
that the owner allowed that end like those of images and PDFs, none that is hidden, and nothing
behind a link.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path, PurePath

from ergo_agent._common.text import quoted

__all__ = ["PAGE_ENDINGS", "alike_beside", "there_instead"]

PAGE_ENDINGS = frozenset(
    f".{ending}"
    for ending in (
        *("jpg", "jpeg", "png", "tif", "tiff", "webp", "gif", "bmp", "jp2", "avif"),
        *("heic", "heif", "ppm", "pgm", "pbm", "pdf"),
    )
)
"""How the names of images and PDFs end; what is listed of a folder."""

_LOOKED_AT = 2000
"""Entries of all folders together; they take 50 ms at most."""

_ALIKE = 0.8
"""Of `difflib`'s ratio: `invoice1.png` finds `invoice_1.png` (0.96) and `invoice_1.pdf` (0.8), not
`receipt.png` (0.52); `other.png` does not find `one.png` (0.75)."""

_MOST_ALIKE = 3
_MOST_LISTED = 20
"""Names; some 100 tokens of a model that is told them."""


def there_instead(given: str, roots: Sequence[Path]) -> str:
    """What there is, as the end of a message about a path where nothing is; blocking.

    Args:
        given: The path.
        roots: The folders that may be read.
    """
    known = dict(islice(_files(roots), _LOOKED_AT))
    wanted = PurePath(given).name.lower()
    by_name: dict[str, list[str]] = {}
    for path in known:
        by_name.setdefault(PurePath(path).name.lower(), []).append(path)
    alike = [path for name in _alike(wanted, by_name) for path in by_name[name]]
    if alike:
        return f"there is {_listed(alike, _MOST_ALIKE)}"
    if not known:
        return "there is no image and no PDF in the folders that may be read"
    verb = "is" if len(known) == 1 else "are"
    return f"there {verb} {_listed(list(known), _MOST_LISTED)}"


def alike_beside(given: str) -> str:
    """What was meant by a path where nothing is, as the end of a message; blocking.

    For who may read every folder, and so named one: only what lies in it is looked at.

    Args:
        given: The path.

    Returns:
        Names of images and PDFs in its folder that are much like it; empty where none is.
    """
    path = Path(given)
    known = {
        entry.name.lower(): str(path.with_name(entry.name))
        for entry in _entries(path.parent)
        if path.name and PurePath(entry.name).suffix.lower() in PAGE_ENDINGS
    }
    alike = [known[name] for name in _alike(path.name.lower(), known)]
    return f"there is {_listed(alike, _MOST_ALIKE)}" if alike else ""


def _alike(wanted: str, names: Iterable[str]) -> list[str]:
    return get_close_matches(wanted, names, n=_MOST_ALIKE, cutoff=_ALIKE)


def _files(roots: Sequence[Path]) -> Iterator[tuple[str, None]]:
    """Paths of files, as they may be given: relative to their root; nearest to it first."""
    looked_at = 0
    waiting = [(root, "") for root in roots]
    while waiting and looked_at < _LOOKED_AT:
        folder, prefix = waiting.pop(0)
        for entry in _entries(folder):
            looked_at += 1
            path = f"{prefix}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), f"{path}/"))
            elif PurePath(path).suffix.lower() in PAGE_ENDINGS and entry.is_file(
                follow_symlinks=False
            ):
                yield path, None


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder and is not hidden, by name; nothing where it may not be read."""
    try:
        with os.scandir(folder) as found:
            shown = (entry for entry in found if not entry.name.startswith("."))
            return sorted(islice(shown, _LOOKED_AT), key=lambda entry: entry.name)
    except OSError:
        return []


def _listed(paths: Sequence[str], most: int) -> str:
    names = ", ".join(quoted(path, most=120) for path in paths[:most])
    more = len(paths) - most
    return f"{names} and {more:,} more" if more > 0 else names
