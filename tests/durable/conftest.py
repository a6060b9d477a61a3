from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.pictures import save_picture
from tests.support.postgres import postgres_folder, running_postgres


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(2400, 1800))


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with running_postgres() as address:
        yield address


@pytest.fixture
def database(server: str, request: pytest.FixtureRequest) -> str:
    """A database of the test's own."""
    name = f"test_{abs(hash(request.node.nodeid))}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    return f"{server.rpartition('/')[0]}/{name}"


@pytest.fixture(params=["sqlite", *(["postgres"] if postgres_folder() else [])])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What a saver is opened by, of each kind that runs here."""
    if request.param == "postgres":
        return str(request.getfixturevalue("database"))
    return str(tmp_path / "kept.sqlite")
