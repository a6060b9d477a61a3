"""A hook of the documentation's build: a page that would fetch something is a warning.

`mkdocs build --strict` makes it an error. Links that a reader may follow are no matter; scripts,
styles, fonts, pictures and frames must come with the site.
"""

import logging
import re
from html.parser import HTMLParser
from pathlib import Path

__all__ = ["fetched_addresses", "on_post_build"]

_logger = logging.getLogger("mkdocs.hooks.offline_pages")

_FETCHING = {
    ("audio", "src"),
    ("embed", "src"),
    ("form", "action"),
    ("iframe", "src"),
    ("img", "src"),
    ("img", "srcset"),
    ("object", "data"),
    ("script", "src"),
    ("source", "src"),
    ("source", "srcset"),
    ("video", "poster"),
    ("video", "src"),
}
"""Attributes whose address is fetched without a click, and a form's, which needs only a key."""
_LINKS_WITHOUT_FETCHING = {"canonical", "next", "prev"}
_FOREIGN = re.compile(r"^\s*(?:https?:|//)", re.IGNORECASE)
_IN_STYLES = re.compile(r"(?:url\(|@import)\s*['\"]?\s*((?:https?:)?//[^'\")\s]+)", re.IGNORECASE)


def on_post_build(config: dict[str, object], **_: object) -> None:
    """Warn of every page or style sheet of the built site that fetches something foreign."""
    site = Path(str(config["site_dir"]))
    for file in sorted([*site.rglob("*.html"), *site.rglob("*.css")]):
        for address in fetched_addresses(file.read_text("utf-8"), style=file.suffix == ".css"):
            _logger.warning("%s fetches %s", file.relative_to(site), address)


def fetched_addresses(text: str, *, style: bool = False) -> list[str]:
    """Foreign addresses that a browser fetches for a page, or for a style sheet.

    Args:
        text: The page's HTML, or the style sheet.
        style: Whether it is a style sheet.
    """
    if style:
        return _IN_STYLES.findall(text)
    parser = _Addresses()
    parser.feed(text)
    parser.close()
    return [address for address in parser.found if _FOREIGN.match(address)] + parser.in_styles


class _Addresses(HTMLParser):
    """Collects what a page fetches."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.in_styles: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of one element."""
        values = {name: value or "" for name, value in attrs}
        self._in_style = tag == "style"
        self.found += [value for name, value in values.items() if (tag, name) in _FETCHING]
        if tag == "link" and not set(values.get("rel", "").split()) & _LINKS_WITHOUT_FETCHING:
            self.found.append(values.get("href", ""))
        self.in_styles += _IN_STYLES.findall(values.get("style", ""))

    def handle_data(self, data: str) -> None:
        """Note what a style element fetches."""
        if self._in_style:
            self.in_styles += _IN_STYLES.findall(data)
            self._in_style = False
