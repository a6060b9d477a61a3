"""How more of this package is installed: from where what is installed came.

The error tree imports this, so what takes long to import is imported when a command is asked for.
"""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from importlib.metadata import Distribution

__all__ = ["install_command"]

_NAME = "ergo-agent"
_SOURCES = Path(__file__).parents[2]
"""Where a checkout has its `pyproject.toml`."""


def install_command(extra: str) -> str:
    """The command that installs an extra from where this installation came.

    Which that is stands in `direct_url.json` (PEP 610): a folder, an archive or a repository; an
    installation from an index has none.

    Args:
        extra: The extra's name.
    """
    from importlib import metadata  # noqa: PLC0415

    try:
        installed = metadata.distribution(_NAME)
    except metadata.PackageNotFoundError:  # a checkout on the path, never installed
        return f"pip install {_folder(_SOURCES, extra, editable=True)}"
    uses_uv = (installed.read_text("INSTALLER") or "").strip() == "uv"
    what = _requirement(_direct_url(installed), extra)
    return f"{'uv ' if uses_uv else ''}pip install {what}"


def _direct_url(installed: "Distribution") -> Mapping[str, Any]:
    """What `direct_url.json` holds; nothing where there is none, or none that can be read."""
    try:
        found = json.loads(installed.read_text("direct_url.json") or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("url"), str) else {}


def _requirement(origin: Mapping[str, Any], extra: str) -> str:
    """What stands behind `pip install`."""
    if not origin:
        return f'"{_NAME}[{extra}]"'
    from urllib.request import url2pathname  # noqa: PLC0415

    parts = urlsplit(origin["url"])
    path = Path(url2pathname(parts.path))
    below = origin.get("subdirectory")
    if isinstance(origin.get("dir_info"), dict):
        editable = bool(origin["dir_info"].get("editable"))
        return _folder(path / (below or "."), extra, editable=editable)
    if parts.scheme == "file" and "vcs_info" not in origin and not path.exists():
        return _in_a_checkout(extra)
    return _quoted(f"{_NAME}[{extra}] @ {_address(origin, below)}")


def _folder(folder: Path, extra: str, *, editable: bool) -> str:
    """A checkout, by the shortest name that leads to it; one that is gone has no name."""
    if not (folder / "pyproject.toml").is_file():
        return _in_a_checkout(extra)
    here = folder.resolve() == Path.cwd().resolve()
    named = _quoted(f"{'.' if here else folder.resolve()}[{extra}]")
    return f"-e {named}" if editable else named


def _in_a_checkout(extra: str) -> str:
    return f'".[{extra}]" in a checkout of {_NAME}'


def _address(origin: Mapping[str, Any], below: str | None) -> str:
    """An archive's or a repository's, as a requirement has it, and without a password."""
    parts = urlsplit(origin["url"])
    url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    repository = origin.get("vcs_info")
    if isinstance(repository, dict):
        revision = repository.get("requested_revision") or repository.get("commit_id")
        url = f"{repository.get('vcs', 'git')}+{url}" + (f"@{revision}" if revision else "")
    return f"{url}#subdirectory={below}" if below else url


def _quoted(text: str) -> str:
    """In double quotes, as people write it; a shell's own quotes where these would not do."""
    return shlex.quote(text) if set(text) & set('"$`\\!') else f'"{text}"'
