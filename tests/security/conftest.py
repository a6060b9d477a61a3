"""The cage that all tables share, and what holds for each of their cases."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import bombs
from tests.support.caged import Cage, Outcome

Ask = Callable[..., Outcome]
Hostile = Callable[[str], Path]

MOST_MEGABYTES = 500
MOST_SECONDS = 1.0
"""Of the processor, for a refusal: on a busy machine the clock says nothing."""

CANARY = "CANARY"
"""What every file and page that must not be read has in it."""

_rows: list[str] = []
"""Seconds of the processor, megabytes and end of every case, in the order in which they ran."""


@pytest.fixture(scope="session")
def cage() -> Iterator[Cage]:
    if not sys.platform.startswith("linux"):
        pytest.skip("memory is measured through /proc, which only Linux has")
    cage = Cage()
    yield cage
    cage.close()
    if "ERGO_SECURITY_TABLE" in os.environ:
        Path(os.environ["ERGO_SECURITY_TABLE"]).write_text("\n".join(_rows) + "\n")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    """Where one of `bombs.HOSTILE` lies, by its name; it is made when it is first asked for."""
    folder = tmp_path_factory.mktemp("hostile")

    def made(name: str) -> Path:
        if not (folder / name).exists():
            (folder / name).write_bytes(bombs.HOSTILE[name][0]())
        return folder / name

    return made


@pytest.fixture
def ask_caged(cage: Cage, request: pytest.FixtureRequest) -> Ask:
    """Asks in the cage, and holds the outcome to what is promised of every case."""

    def ask(image: str, *, most_seconds: float = MOST_SECONDS, **given: Any) -> Outcome:
        outcome = cage.ask(image, **given)
        numbers = f"{outcome.cpu:.3f} s {outcome.memory:4.0f} MB {outcome.end:18}"
        _rows.append(f"{numbers} {request.node.nodeid}")
        assert CANARY not in outcome.text
        assert outcome.memory < MOST_MEGABYTES, outcome
        if outcome.end != "answer":
            assert outcome.end.startswith("Image"), outcome
            assert outcome.cpu < most_seconds, outcome
            assert len(outcome.text) < 600, outcome
        return outcome

    return ask
