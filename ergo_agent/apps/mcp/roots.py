"""Which folders images may come from: the owner's, narrowed by those that the client has open."""

from collections.abc import Sequence
from pathlib import Path

from ergo_agent.errors import ImageAccessError, ImageError, SettingsError
from ergo_agent.images import access
from ergo_agent.images.files import path_of_file_url

__all__ = ["checked_roots", "narrowed"]


def checked_roots(roots: Sequence[Path]) -> tuple[Path, ...]:
    """The owner's roots, all links followed.

    Raises:
        SettingsError: If there is none, or one is no folder.
    """
    if not roots:
        raise SettingsError("no root is named; give --root with a folder that images are in")
    found = access.checked_roots(roots, name="--root") or ()
    return tuple(dict.fromkeys(root.resolve() for root in found))


def narrowed(roots: Sequence[Path], *, to: Sequence[str] | None) -> tuple[Path, ...]:
    """What lies both in the owner's roots and in the client's.

    Args:
        roots: The owner's, as `checked_roots` gives them.
        to: URIs of the client's roots; None, or none at all, narrows nothing: a client that has
            no folder open says nothing about images.

    Returns:
        Folders, in the order of the client's roots.

    Raises:
        ImageAccessError: If they have nothing in common.
    """
    if not to:
        return tuple(roots)
    common: list[Path] = []
    for named in filter(None, map(_folder, to)):
        common += [named] if any(named.is_relative_to(root) for root in roots) else []
        common += [root for root in roots if root != named and root.is_relative_to(named)]
    if not common:
        raise ImageAccessError(
            f"the client's roots ({', '.join(to)}) and the server's ({_listed(roots)}) have no "
            "folder in common; tell the user, who can open one of the server's folders in the "
            "client",
            owner="start the server with --ignore-client-roots",
        )
    return tuple(dict.fromkeys(common))


def _folder(uri: str) -> Path | None:
    """The folder of a root, all links followed; None where there is none on this machine."""
    if not uri.lower().startswith("file:"):
        return None
    try:
        folder = Path(path_of_file_url(uri)).resolve()
        return folder if folder.is_dir() else None
    except (ImageError, OSError, ValueError, RuntimeError):
        return None


def _listed(roots: Sequence[Path]) -> str:
    return ", ".join(map(str, roots))
