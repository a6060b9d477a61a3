"""A run that is killed goes on in another process, from a real PostgreSQL.

Only collected where PostgreSQL's programs are installed; see tests/conftest.py.
"""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.killing import POINTS, check_killed_and_resumed
from tests.support.postgres import running_postgres


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_postgres() as address:
        yield address


@pytest.fixture
def database(server: str, request: pytest.FixtureRequest) -> str:
    """A database of the test's own."""
    name = f"test_{abs(hash(request.node.name))}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    return f"{server.rpartition('/')[0]}/{name}"


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_episode_goes_on_without_paying_twice(
    point: str, page: Path, tmp_path: Path, database: str
):
    check_killed_and_resumed(point, saver=database, folder=tmp_path, image=page)


def test_an_async_one_does_so_too_where_only_known_types_are_read_back(
    page: Path, tmp_path: Path, database: str
):
    check_killed_and_resumed(
        "zoom",
        saver=database,
        folder=tmp_path,
        image=page,
        use_async=True,
        LANGGRAPH_STRICT_MSGPACK="true",
    )
