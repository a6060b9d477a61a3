"""Links and pictures lead somewhere, on a code host and in the site."""

from pathlib import Path

import pytest

from tests.support.documents import DOCS, PAGES, anchors, links, name_of

FOREIGN = ("http://", "https://", "mailto:")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_relative_links_lead_somewhere(page: Path):
    for link in links(page):
        if link.startswith(FOREIGN):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name_of(page)} links to {link}, which is not there"
        if page.is_relative_to(DOCS):
            assert target.is_relative_to(DOCS), f"{name_of(page)}: the site does not hold {link}"
        if anchor and not anchor.startswith("ergo_agent."):  # those the site's build checks
            assert anchor in anchors(target), f"{name_of(page)} links to {link}: no such heading"


def test_links_are_found():
    assert "quickstart.md" in links(DOCS / "index.md")
    assert "images/report.png" in links(DOCS / "index.md")
    assert "a-person-is-asked-first" in anchors(DOCS / "graph.md")
