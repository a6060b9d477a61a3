"""What a caller may give as an image, and the bytes it stands for."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Literal

from PIL import Image

from ergo_agent.errors import (
    ImageAccessError,
    ImageFormatError,
    ImageNotFoundError,
    ImageTooLargeError,
)
from ergo_agent.images.data_urls import decode_data_url, is_data_url
from ergo_agent.images.decoder import enough_memory
from ergo_agent.images.files import path_of_file_url, read_file, shortened
from ergo_agent.images.limits import DEFAULT_LIMITS, ImageLimits
from ergo_agent.images.stores import ImageStore
from ergo_agent.images.urls import is_remote, may_be_written, without_secrets

__all__ = ["ImageSource", "SourceKind", "kind_of_source", "naming", "read_encoded", "written_name"]

ImageSource = str | os.PathLike[str] | bytes | Image.Image
"""A path, a `data:` or `file://` URL, a store's digest (`sha256:...`), encoded bytes, or a Pillow
image, which stands for its current frame."""


SourceKind = Literal["pixels", "bytes", "data_url", "digest", "remote", "path"]


def kind_of_source(source: object) -> SourceKind:
    """What a source is; nothing else decides it.

    Raises:
        ImageFormatError: If it is nothing that stands for an image.
    """
    if isinstance(source, Image.Image):
        return "pixels"
    if isinstance(source, bytes):
        return "bytes"
    if isinstance(source, os.PathLike):
        return "path"
    if not isinstance(source, str):
        raise ImageFormatError(
            f"a {type(source).__name__} is no image; give a path, data URL, bytes or Pillow image"
        )
    if is_remote(source):  # `data://` too, which is no data URL
        return "remote"
    if is_data_url(source):
        return "data_url"
    return "digest" if source[:7].lower() == "sha256:" else "path"


def written_name(source: object) -> str | None:
    """The path or URL of a source, as a state or a trace may keep it.

    None where there is none: an image given by its pixels or its digest, or at an address that may
    have a key in it.
    """
    kind = kind_of_source(source)
    if kind == "remote" and may_be_written(str(source)):
        return str(source)
    return os.fsdecode(source) if kind == "path" else None  # type: ignore[arg-type]


@contextmanager
def naming(source: object) -> Iterator[None]:
    """A block whose errors about what a file holds say which file: there may be several.

    Of its path the last part alone: who gave a folder may not know where that lies.
    """
    try:
        yield
    except (ImageFormatError, ImageTooLargeError) as error:
        path = written_name(source) if kind_of_source(source) == "path" else None
        name = PurePath(path or "").name
        if not name or name in error.for_model:
            raise
        text = f"{shortened(name)}: {error.for_model}"
        raise type(error)(text, owner=error.owner) from error


def read_encoded(
    source: str | os.PathLike[str] | bytes,
    *,
    limits: ImageLimits = DEFAULT_LIMITS,
    store: ImageStore | None = None,
    allowed_roots: Sequence[Path] | None = None,
) -> bytes:
    """The encoded bytes that a source other than a Pillow image stands for.

    Args:
        source: A path, URL, digest or bytes.
        limits: Bounds the number of bytes.
        store: Where digests are looked up.
        allowed_roots: Folders that paths must lie in; None allows any.

    Raises:
        ImageError: The subclass says what is wrong: nothing there, not allowed, empty, too large.
    """
    with enough_memory("the image"):
        data = source if isinstance(source, bytes) else _read(source, limits, store, allowed_roots)
    if not data:
        raise ImageFormatError("the image is empty, 0 bytes; give a complete image")
    _check_bytes(len(data), limits)
    return data


def _read(
    source: str | os.PathLike[str],
    limits: ImageLimits,
    store: ImageStore | None,
    allowed_roots: Sequence[Path] | None,
) -> bytes:
    kind, text = kind_of_source(source), os.fsdecode(source)
    if kind == "data_url":
        _check_bytes(len(text) * 3 // 4 - 64, limits)
        return decode_data_url(text)
    if kind == "digest":
        return _read_stored(text, store)
    if kind == "remote":
        raise ImageAccessError(
            f"{without_secrets(text)} is a network address, and nothing is fetched here; "
            "give the path of a file",
            owner="fetch the image and give its bytes",
        )
    if isinstance(source, str) and text[:5].lower() == "file:":
        text = path_of_file_url(text)
    return read_file(text, limits=limits, allowed_roots=allowed_roots)


def _read_stored(digest: str, store: ImageStore | None) -> bytes:
    if store is None:
        raise ImageNotFoundError(
            f"{shortened(digest)} is a digest, but there is no store to look it up; give a path",
            owner="pass store=",
        )
    return store.get(digest)


def _check_bytes(count: int, limits: ImageLimits) -> None:
    if count > limits.max_bytes:
        raise ImageTooLargeError(
            f"the image has {count:,} bytes, the limit is {limits.max_bytes:,}; shrink it",
            owner="raise ImageLimits.max_bytes",
        )
