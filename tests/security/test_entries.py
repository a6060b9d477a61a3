"""Whichever way a hostile image comes in, it takes no more than the guarded limits say."""

import sys
from collections.abc import Iterator

import pytest

from ergo_agent.images import GUARDED_LIMITS
from tests.security.conftest import Hostile
from tests.support import bombs
from tests.support.caged import Cage
from tests.support.entries import UNTRUSTED

SECONDS = 0.1
"""Of the processor for each step of reading an image, instead of 3: the clock is the same."""
MOST_SECONDS = 1.5
"""Three steps, processes that are started anew, and what the entry itself does."""
MOST_MEGABYTES = 500


@pytest.fixture(scope="module")
def hurried() -> Iterator[Cage]:
    if not sys.platform.startswith("linux"):
        pytest.skip("memory is measured through /proc, which only Linux has")
    cage = Cage(seconds=SECONDS)
    yield cage
    cage.close()


TRIED = (
    "apng-frame-4",
    "avif-rgba",
    "gif-beyond-screen-frame-2",
    "jpeg-fill-bytes",
    "pdf-forms",
    "tiff-overlapping",
    "tiff-resolutions",
)
"""One for each way to take too much: `test_bombs` tries all of them with the tool."""

TOLD_TO_A_PERSON = {"page", "served-graph"}
"""Entries whose errors come back as they are; what they then show, they choose themselves."""


@pytest.mark.parametrize("via", UNTRUSTED)
def test_no_entry_takes_more_than_the_limits(hurried: Cage, hostile: Hostile, via: str):
    assert (GUARDED_LIMITS.max_memory or 0) < MOST_MEGABYTES * 1e6
    over = []
    for name in TRIED:
        _, page = bombs.HOSTILE[name]
        outcome = hurried.ask(name, via=via, roots=[str(hostile(name).parent)], page=page)
        if outcome.memory >= MOST_MEGABYTES or outcome.cpu >= MOST_SECONDS:
            over.append((name, outcome))
        assert "ImageLimits" not in outcome.text or via in TOLD_TO_A_PERSON
    assert not over
