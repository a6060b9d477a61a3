"""A real Chromium: where it is, and pages in it that keep what goes wrong.

Playwright's types are there only where it is installed, so its objects are `Any` here.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

__all__ = [
    "AXE",
    "DESKTOP",
    "PHONE",
    "chromium_path",
    "enter",
    "open_page",
    "serious_violations",
    "started_chromium",
    "violations_in_every_look",
]

AXE = Path(__file__).parents[1] / "browser" / "node_modules" / "axe-core" / "axe.min.js"
"""axe-core as `npm ci --prefix tests/browser` installs it."""

_OF_LOOKS = ["color-contrast", "scrollable-region-focusable"]
"""Rules of axe-core whose outcome depends on colours and sizes."""

PHONE, DESKTOP = (360, 740), (1440, 900)
"""Widths and heights in CSS pixels: a small phone, and a common laptop."""


def chromium_path() -> str | None:
    """The browser on the PATH; None if there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


@contextmanager
def started_chromium() -> Iterator[Any]:
    """A running browser of Playwright's; no other asyncio loop may run in this thread meanwhile."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@contextmanager
def open_page(
    browser: Any,
    address: str,
    *,
    size: tuple[int, int] = DESKTOP,
    refused: int | None = None,
    **context: Any,
) -> Iterator[Any]:
    """A page in a context of its own. At the end nothing may have gone wrong in it.

    Args:
        browser: What `started_chromium` gives.
        address: What to open: a file, or a page whose whole site may then be asked.
        size: Width and height of the window in CSS pixels.
        refused: A status with which calls may be answered: Chromium tells of it by itself.
        **context: Of Playwright's `new_context`: `color_scheme`, `java_script_enabled`, ...
    """
    width, height = size
    opened = browser.new_context(viewport={"width": width, "height": height}, **context)
    page = opened.new_page()
    page.set_default_timeout(10_000)
    wrong: list[str] = []
    asked: list[str] = []

    def keep(said: Any) -> None:
        if f"the server responded with a status of {refused} " not in said.text:
            wrong.append(f"{said.type}: {said.text}")

    page.on("console", keep)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    enter(page, address)
    yield page
    opened.close()
    assert wrong == [], wrong
    known = (_site(address), "data:", "blob:")
    strange = [url[:100] for url in asked if not url.startswith(known)]
    assert strange == [], strange


def enter(page: Any, address: str) -> None:
    """Open an address, and wait for where it leads if it holds a token."""
    page.goto(address)
    if "token=" in address:
        page.wait_for_url(_site(address))


def _site(address: str) -> str:
    """What the addresses begin with that a page may ask: its file, or its host."""
    parts = urlsplit(address)
    if parts.scheme == "file":
        return address.partition("#")[0]
    return f"{parts.scheme}://{parts.netloc}/"


def serious_violations(page: Any) -> list[str]:
    """What axe-core calls serious or critical, with the elements."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run()")
    assert len(found["passes"]) > 10  # it has looked at something
    return _serious(found)


def violations_in_every_look(page: Any) -> list[str]:
    """The same on a laptop and on a phone, in light and in dark, with where it was found.

    Rules that know neither size nor colour are asked once.
    """
    found = serious_violations(page)
    for width, height in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            seen = page.evaluate("(rules) => axe.run({runOnly: rules})", _OF_LOOKS)
            assert seen["passes"]
            found += [f"{scheme}, {width} wide: {each}" for each in _serious(seen)]
    return found


def _serious(found: Any) -> list[str]:
    return [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary']}"
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]
