"""The pages that a caller names: `3`, `2-5`, `1, 4-6`, `7-`."""

import re
from collections.abc import Sequence

from ergo_agent._common.text import pages_to_choose, quoted
from ergo_agent.episode.pages import page_ranges
from ergo_agent.errors import ImageNotFoundError, SettingsError

__all__ = ["asked_pages", "check_pages"]

_RANGE = re.compile(r"\s*([0-9]{1,7})\s*(-\s*([0-9]{1,7})?)?\s*", re.ASCII)
_MOST_CHARS = 1000


def check_pages(page: object, pages: object) -> None:
    """Refuse what names no pages, before anything is opened.

    Args:
        page: One page, from 1; None for all.
        pages: Several, as text; None for all.

    Raises:
        SettingsError: If both are given, or one cannot be read.
    """
    if page is not None and pages is not None:
        raise SettingsError("page and pages are both given; give one of them")
    if page is not None and (not isinstance(page, int) or page.bit_length() > 63):
        raise SettingsError(f"page={quoted(page)} is no page number; give a whole number from 1")
    if pages is not None:
        _ranges(pages)


def asked_pages(page: int | None, pages: str | None, *, page_count: int) -> list[tuple[int, int]]:
    """The pages that are named, as ranges in order.

    Args:
        page: One page, from 1; None for all.
        pages: Several, as text; None for all.
        page_count: Of the document.

    Raises:
        SettingsError: If both are given, or one cannot be read.
        ImageNotFoundError: If one of them is not there.
    """
    check_pages(page, pages)
    if page is not None:
        named: Sequence[tuple[int, int | None]] = [(page, page)]
    else:
        named = [(1, None)] if pages is None else _ranges(pages)
    ranges = [(first, page_count if last is None else last) for first, last in named]
    for first, last in ranges:
        missing = last if last > page_count else first
        if not 1 <= first <= last <= page_count:
            raise ImageNotFoundError(
                f"there is no page {quoted(missing)}: the document has "
                f"{pages_to_choose(page_count)}"
            )
    return page_ranges(number for first, last in ranges for number in range(first, last + 1))


def _ranges(pages: object) -> list[tuple[int, int | None]]:
    """Each range's first and last page; None for the document's last."""
    text = pages if isinstance(pages, str) else ""
    found = [_RANGE.fullmatch(part) for part in text.split(",")] if len(text) < _MOST_CHARS else []
    if not found or None in found:
        raise SettingsError(
            f'pages={quoted(pages)} names no pages; give for example "2-5" or "1, 4-6"'
        )
    ranges: list[tuple[int, int | None]] = []
    for match in found:
        assert match is not None
        first = int(match[1])
        last = first if match[2] is None else int(match[3]) if match[3] else None
        if first < 1 or (last is not None and last < first):
            raise SettingsError(
                f"pages={quoted(pages)} runs backwards or begins before 1; give for example "
                '"2-5" or "1, 4-6"'
            )
        ranges.append((first, last))
    return ranges
