"""The files of the page, as they are served."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import ergo_agent.apps.page
from tests.support.html import links_of, named, parsed
from tests.support.local_page import Browser, page_server
from tests.support.scripted import scripted

FOLDER = Path(ergo_agent.apps.page.__file__).parent / "static"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with page_server(policy=scripted("x")) as browser:
        yield browser


def test_each_is_served_as_what_it_is(browser: Browser):
    names = sorted(path.name for path in FOLDER.iterdir())
    assert {"index.html"} < {*names}
    for name in names:
        answer = browser.get(f"/page/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == KINDS[Path(name).suffix]
        assert answer.content == (FOLDER / name).read_bytes()


def test_the_page_loads_nothing_else_and_holds_no_script_or_style(browser: Browser):
    answer = browser.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == KINDS[".html"]
    root = parsed(answer.text)
    loaded = [link for link in links_of(root) if not link.startswith("#")]
    assert loaded
    for link in loaded:
        assert browser.get(link).status_code == 200, link
        assert link.startswith("/page/")
    assert all(script.get("src") and not script.text for script in named(root, "script"))
    assert named(root, "style") == []
    assert not [each for each in root.iter() for name in each.attrib if name.startswith("on")]
    assert not [each for each in root.iter() if each.get("style")]
