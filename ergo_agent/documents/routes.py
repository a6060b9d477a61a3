"""Which graph answers: that of one page, or that of a document of many.

What has one page, and a page that is named, run through the graph of one page, as if there were no
other.
"""

from typing import Any, NamedTuple

from ergo_agent.documents.document import (
    DocumentSource,
    HeldDocument,
    hold_document,
    is_folder,
    may_have_pages,
)
from ergo_agent.images.maker import ViewMaker
from ergo_agent.images.threads import in_image_thread

__all__ = ["Route", "route"]


class Route(NamedTuple):
    """Which graph answers, and what it is given."""

    paged: bool
    """Whether it is the graph of a document."""

    given: dict[str, Any]
    """Its input, but for the question and the options."""

    held: HeldDocument | None = None
    """What keeps the document in the store; to be used as a block around the run."""


async def route(
    source: DocumentSource, *, page: int | None, pages: str | None, maker: ViewMaker
) -> Route:
    """Look at what was given, and say who answers.

    Args:
        source: What a caller gave.
        page: The only page asked about, from 1; None for all.
        pages: The pages asked about, such as `2-5`; None for all.
        maker: Opens it.

    Raises:
        ImageError: If it cannot be opened, or is not allowed.
        SettingsError: If the pages cannot be read.
    """
    many = {"document": source, "page": page, "pages": pages}
    one = {"image": source, "page": 1 if page is None else page}
    if isinstance(source, list | tuple):
        return Route(paged=True, given=many)
    if pages is None and not await in_image_thread(_may_have_pages, source, maker):
        return Route(paged=False, given=one)
    if await in_image_thread(_is_folder, source, maker):
        return Route(paged=True, given=many)
    if page is not None and pages is None:
        return Route(paged=False, given=one)
    held = await hold_document(source, maker=maker, page=page, pages=pages)
    if pages is None and held.document.page_count == 1:
        return Route(paged=False, given=one, held=held)
    return Route(paged=True, given=many, held=held)


def _may_have_pages(source: DocumentSource, maker: ViewMaker) -> bool:
    return may_have_pages(source, maker=maker)


def _is_folder(source: DocumentSource, maker: ViewMaker) -> bool:
    return is_folder(source, maker=maker)
