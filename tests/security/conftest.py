"""The cage that all tables share, and what holds for each of their cases."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.caged import Cage, Outcome

Ask = Callable[..., Outcome]

MOST_MEGABYTES = 500
MOST_SECONDS = 1.0
"""Of the processor, for a refusal: on a busy machine the clock says nothing."""

CANARY = "CANARY"
"""What every file and page that must not be read has in it."""


@pytest.fixture(scope="session")
def cage() -> Iterator[Cage]:
    if not sys.platform.startswith("linux"):
        pytest.skip("memory is measured through /proc, which only Linux has")
    cage = Cage()
    yield cage
    cage.close()


@pytest.fixture
def ask_caged(cage: Cage, record_property: Callable[[str, object], None]) -> Ask:
    """Asks in the cage, and holds the outcome to what is promised of every case."""

    def ask(image: str, *, most_seconds: float = MOST_SECONDS, **given: Any) -> Outcome:
        outcome = cage.ask(image, **given)
        record_property("cpu", round(outcome.cpu, 3))
        record_property("megabytes", round(outcome.memory))
        assert CANARY not in outcome.text
        assert outcome.memory < MOST_MEGABYTES, outcome
        if outcome.end != "answer":
            assert outcome.end.startswith("Image"), outcome
            assert outcome.cpu < most_seconds, outcome
            assert len(outcome.text) < 600, outcome
        return outcome

    return ask
