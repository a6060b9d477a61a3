"""What the build of the site refuses: pages that fetch something."""

import pytest

from scripts.offline_pages import fetched_addresses

FOREIGN = "https://example.org/x"


@pytest.mark.parametrize(
    "html",
    [
        f'<script src="{FOREIGN}"></script>',
        '<script src="//example.org/x"></script>',
        f'<link rel="stylesheet" href="{FOREIGN}">',
        f'<link rel="preconnect" href="{FOREIGN}">',
        f'<img alt="" src="{FOREIGN}">',
        f'<iframe src="{FOREIGN}"></iframe>',
        f'<form action="{FOREIGN}"></form>',
        f"<style>@import '{FOREIGN}';</style>",
        f'<p style="background: url({FOREIGN})">a</p>',
    ],
)
def test_what_a_page_fetches_is_found(html: str):
    assert [address.removeprefix("https:") for address in fetched_addresses(html)] == [
        "//example.org/x"
    ]


def test_what_a_style_sheet_fetches_is_found():
    assert fetched_addresses(f"a{{src:url({FOREIGN})}}", style=True) == [FOREIGN]


@pytest.mark.parametrize(
    "html",
    [
        f'<a href="{FOREIGN}">a link is followed only by its reader</a>',
        f"<p>{FOREIGN}</p>",
        f'<link rel="canonical" href="{FOREIGN}">',
        '<script src="assets/bundle.js"></script><img alt="" src="data:image/png;base64,AA==">',
    ],
)
def test_what_is_not_fetched_is_left_alone(html: str):
    assert fetched_addresses(html) == []
