"""What an item is named by: the content of its document, and what is asked about it."""

import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path

from ergo_agent.batch.rows import Row
from ergo_agent.errors import ErgoError
from ergo_agent.images.files import names_in_folder, path_of_file_url, regular_file
from ergo_agent.images.sources import kind_of_source
from ergo_agent.images.stores import digest_of

__all__ = ["NAME_LENGTH", "content_of", "name_of"]

NAME_LENGTH = 64
"""Hexadecimal digits of an item's name."""

_AT_ONCE = 1024 * 1024
"""Bytes of a file that are read at once."""

_MOST_FILES = 1000
"""Of a folder that is one document, as `documents/document.py` takes them."""


def name_of(row: Row, *, terms: str) -> str:
    """The name of the item that a row asks for; equal rows are one item. Blocking.

    Args:
        row: Its document's bytes count, not where they lie.
        terms: All that the outcome depends on besides the row: the policy, settings, a schema.
    """
    asked = [row.question, row.page, row.pages, list(row.options), terms]
    named = json.dumps([content_of(row.document), *asked])
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()


def content_of(document: str | bytes | tuple[str, ...] | None) -> str:
    """A digest of a document's bytes; blocking.

    An address stands for itself, since nothing is fetched here, and so does the path of what
    cannot be read: opening it for a question says better what is wrong.
    """
    if isinstance(document, bytes):
        return digest_of(document)
    if isinstance(document, tuple):
        return digest_of("\n".join(content_of(each) for each in document).encode())
    if document is None or kind_of_source(document) in {"digest", "remote", "data_url"}:
        return f"named {document}"
    try:
        path = Path(path_of_file_url(document) if document[:5].lower() == "file:" else document)
        return _of_path(path)
    except (OSError, ValueError, ErgoError):
        return f"unread {document}"


def _of_path(path: Path) -> str:
    names = names_in_folder(str(path), most=4 * _MOST_FILES)
    if names is not None:
        return digest_of("\n".join(_of_file(Path(each)) for each in names).encode())
    return _of_file(path)


def _of_file(path: Path) -> str:
    status = path.stat()
    return _digest(path, (status.st_size, status.st_mtime_ns, status.st_ino))


@lru_cache(4096)
def _digest(path: Path, _: tuple[int, ...]) -> str:
    """The digest of a file, once for as long as it stays the same: many ask about one document."""
    if path.is_dir() and os.access(path, os.R_OK):  # a folder in a folder is no file of it
        return "folder"
    digest = hashlib.sha256()
    with regular_file(path) as file:
        while data := file.read(_AT_ONCE):
            digest.update(data)
    return f"sha256:{digest.hexdigest()}"
