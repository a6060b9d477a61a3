"""One Chromium for each module; pages are opened from files."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.browser import started_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with started_chromium() as running:
        yield running
