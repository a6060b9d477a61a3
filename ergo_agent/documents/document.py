"""What a document is: a PDF, a TIFF of several pages, a list of images, or a folder.

Its pages are numbered from 1 throughout. Whatever holds for images holds for each of its files:
roots, hosts, limits, the guard.
"""

import os
from collections.abc import Sequence
from types import TracebackType
from typing import NamedTuple

from ergo_agent.documents.ranges import asked_pages
from ergo_agent.episode.pages import DocumentPart, PagePlace, Range, place_of
from ergo_agent.errors import (
    ImageAccessError,
    ImageError,
    ImageFormatError,
    ImageNotFoundError,
    ImageTooLargeError,
)
from ergo_agent.images.files import (
    head_of_file,
    names_in_folder,
    path_of_file_url,
    shortened,
)
from ergo_agent.images.formats import PDF
from ergo_agent.images.maker import HeldImage, ViewMaker
from ergo_agent.images.readers import check_kind
from ergo_agent.images.sources import ImageSource, kind_of_source, written_name
from ergo_agent.images.text_layers import count_pdf_pages
from ergo_agent.images.threads import in_image_thread

__all__ = [
    "PAGED",
    "Document",
    "DocumentSource",
    "HeldDocument",
    "hold_document",
    "is_folder",
    "may_have_pages",
]

DocumentSource = ImageSource | Sequence[ImageSource]
"""An image source, as everywhere, or a list of them; a path may be that of a folder."""

_MOST_FILES = 1000
"""Of a list or a folder: their names lie in each checkpoint, with 150 bytes a file."""

_HEAD = 1024
"""Bytes by which a file's kind is known."""

PAGED = frozenset({PDF, "image/tiff"})
"""Kinds whose frames are pages; those of a GIF or WebP are moments, and only the first counts."""


class Document(NamedTuple):
    """An opened document: which files it has, and which of its pages are asked about."""

    parts: tuple[DocumentPart, ...]
    asked: tuple[Range, ...]
    """In order."""

    @property
    def page_count(self) -> int:
        """Pages of all parts."""
        return sum(part.pages for part in self.parts)

    @property
    def pages(self) -> list[int]:
        """The numbers of the pages asked about, in order."""
        return [page for first, last in self.asked for page in range(first, last + 1)]

    def place(self, page: int) -> PagePlace:
        """Where a page lies."""
        return place_of(self.parts, page)


class HeldDocument:
    """A document that its store does not forget until this block ends."""

    def __init__(self, document: Document, held: Sequence[HeldImage]) -> None:
        """Wrap a document and what holds its files."""
        self.document = document
        self._held = held

    def __enter__(self) -> Document:
        """The document."""
        return self.document

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the store forget its files."""
        for each in self._held:
            each.__exit__(kind, error, trace)


def may_have_pages(source: object, *, maker: ViewMaker) -> bool:
    """Whether a source may be a document of several pages; blocking, and reads 1 kB at most.

    Args:
        source: What a caller gave.
        maker: Says which folders may be read.

    Raises:
        ImageError: If nothing can be read there.
    """
    if isinstance(source, list | tuple):
        return True
    kind = kind_of_source(source)
    if kind == "bytes":
        return _is_paged(source[:_HEAD])  # type: ignore[index]
    if kind != "path":
        return kind in {"digest", "data_url", "remote"}
    if is_folder(source, maker=maker):
        return True
    path = _path(source)
    return _is_paged(head_of_file(path, limits=maker.limits, allowed_roots=maker.roots, most=_HEAD))


def is_folder(source: object, *, maker: ViewMaker) -> bool:
    """Whether a source is the path of a folder; blocking.

    Raises:
        ImageAccessError: If it lies outside the folders that may be read.
    """
    if kind_of_source(source) != "path":
        return False
    return names_in_folder(_path(source), allowed_roots=maker.roots, most=1) is not None


async def hold_document(
    source: DocumentSource,
    *,
    maker: ViewMaker,
    page: int | None = None,
    pages: str | None = None,
) -> HeldDocument:
    """Open a document: each file is put into the store, and its pages are counted.

    A file of a list or a folder that cannot be opened stays a page, with its error; the others are
    none the worse for it.

    Args:
        source: What a caller gave.
        maker: Opens the files.
        page: The only page asked about, from 1.
        pages: The pages asked about, such as `2-5`.

    Raises:
        ImageError: If it cannot be opened, is not allowed, holds no image, or has no such page.
        SettingsError: If the pages cannot be read.
    """
    sources = await in_image_thread(_sources, source, maker)
    alone = len(sources) == 1 and not isinstance(source, list | tuple)
    opened = [await _part(each, maker, alone=alone) for each in sources]
    parts = tuple(part for part, _ in opened)
    count = sum(part.pages for part in parts)
    asked = tuple(asked_pages(page, pages, page_count=count))
    return HeldDocument(Document(parts, asked), [held for _, held in opened])


def _sources(source: DocumentSource, maker: ViewMaker) -> list[ImageSource]:
    """The files of a document; blocking.

    Raises:
        ImageError: If there are none, or too many.
    """
    if isinstance(source, list | tuple):
        if not source:
            raise ImageFormatError("the list of images is empty; give at least one image")
        _check_number(len(source), "the list of images")
        return list(source)
    if kind_of_source(source) != "path":
        return [source]  # type: ignore[list-item]  # no list, as was seen
    path = _path(source)
    names = names_in_folder(path, allowed_roots=maker.roots, most=4 * _MOST_FILES)
    if names is None:
        return [source]  # type: ignore[list-item]
    images = [name for name in names if _begins_like_an_image(name, maker)]
    if not images:
        raise ImageAccessError(
            f"{shortened(path)} is not a regular file but a folder, and no image lies in it; "
            "give an image, a PDF, or a folder of them"
        )
    _check_number(len(images), shortened(path))
    return [*images]


def _check_number(files: int, what: str) -> None:
    if files > _MOST_FILES:
        raise ImageTooLargeError(
            f"{what} has more than {_MOST_FILES} images; ask about fewer at once, or give them as "
            "one PDF"
        )


def _begins_like_an_image(name: str, maker: ViewMaker) -> bool:
    try:
        check_kind(head_of_file(name, limits=maker.limits, allowed_roots=maker.roots, most=_HEAD))
    except (ImageFormatError, ImageNotFoundError, ImageAccessError):
        return False
    except ImageTooLargeError:
        return True  # it is told what is wrong with it
    return True


def _is_paged(head: bytes) -> bool:
    return b"%PDF-" in head or head[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}


async def _part(
    source: ImageSource, maker: ViewMaker, *, alone: bool
) -> tuple[DocumentPart, HeldImage]:
    """One file, opened and held.

    Args:
        source: Where it is.
        maker: Opens it.
        alone: Whether it is the whole document; else what is wrong with it is kept as its error.
    """
    try:
        held = await maker.hold(source)
        name = written_name(source)
        return await _counted(held.name, name, maker), held
    except ImageError as error:
        if alone:
            raise
        named = written_name(source) if _is_source(source) else None
        kind = type(error).__name__
        part = DocumentPart(digest="", pages=1, source=named, error=error.for_model, kind=kind)
        return part, HeldImage("")


async def _counted(digest: str, source: str | None, maker: ViewMaker) -> DocumentPart:
    """A file with its number of pages."""
    try:
        original = await maker.original(digest, page=1, source=source)
    except ImageError as first:
        # the first page of a PDF may be broken, and the others whole
        data = await in_image_thread(maker.store.get, digest)
        if b"%PDF-" not in data[:_HEAD]:
            raise
        pages = await in_image_thread(_pages_of_pdf, data, maker)
        if pages < 2:
            raise first from None
        return DocumentPart(digest=digest, pages=pages, source=source)
    pages = original.page_count if original.media_type in PAGED else 1
    return DocumentPart(digest=digest, pages=pages, source=source)


def _pages_of_pdf(data: bytes, maker: ViewMaker) -> int:
    pages = count_pdf_pages(data, limits=maker.limits)
    if pages > maker.limits.max_pages:
        raise ImageTooLargeError(
            f"the image has more than {maker.limits.max_pages} pages or frames; split it",
            owner="raise ImageLimits.max_pages",
        )
    return pages


def _path(source: object) -> str:
    text = os.fsdecode(source)  # type: ignore[arg-type]  # a path, as was seen
    return path_of_file_url(text) if text[:5].lower() == "file:" else text


def _is_source(source: object) -> bool:
    try:
        kind_of_source(source)
    except ImageFormatError:
        return False
    return True
