"""The project's Markdown pages, taken apart: code, links, headings."""

import itertools
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

__all__ = [
    "DOCS",
    "PAGES",
    "ROOT",
    "Fence",
    "anchors",
    "fences",
    "inline_code",
    "links",
    "name_of",
    "site_anchor",
]

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted(DOCS.rglob("*.md")),
]
"""Every page that is written for a reader."""


class Fence(NamedTuple):
    """A fenced block."""

    language: str
    code: str
    line: int
    """Of its first line of code in the page, from 1."""

    output: str | None
    """What a `text` block directly below it says that it prints; None where there is none."""


def name_of(page: Path) -> str:
    """A page's path in the repository; the id of its tests."""
    return page.relative_to(ROOT).as_posix()


def fences(page: Path) -> list[Fence]:
    tokens = [token for token in _tokens(page) if token.level == 0]
    found = []
    for at, token in enumerate(tokens):
        if token.type != "fence":
            continue
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        below = after is not None and after.type == "fence" and after.info == "text"
        found.append(
            Fence(token.info, token.content, _line(token) + 1, after.content if below else None)
        )
    return found


def inline_code(page: Path) -> Iterator[str]:
    """Code within the text, each on one line."""
    for token in _inline(page):
        if token.type == "code_inline":
            yield " ".join(token.content.split())


def links(page: Path) -> list[str]:
    """Where links lead and pictures come from."""
    found = [
        token.attrs["href" if token.type == "link_open" else "src"]
        for token in _inline(page)
        if token.type in {"link_open", "image"}
    ]
    return [str(address) for address in found]


def anchors(page: Path) -> set[str]:
    """Anchors of headings that a code host and the site agree on."""
    tokens = _tokens(page)
    headings = [
        "".join(child.content for child in after.children or [])
        for token, after in itertools.pairwise(tokens)
        if token.type == "heading_open"
    ]
    return {site_anchor(text) for text in headings} & {_host_anchor(text) for text in headings}


def _tokens(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8"))


def _inline(page: Path) -> Iterator[Token]:
    waiting = _tokens(page)
    while waiting:
        token = waiting.pop(0)
        yield token
        waiting = [*(token.children or []), *waiting]


def _line(token: Token) -> int:
    assert token.map is not None
    return token.map[0] + 1


def site_anchor(heading: str) -> str:
    """As Python-Markdown writes it."""
    text = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip().lower())


def _host_anchor(heading: str) -> str:
    """As GitHub writes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
