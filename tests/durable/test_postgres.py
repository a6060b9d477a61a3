"""A run that is killed goes on in another process, from a real PostgreSQL.

Only collected where PostgreSQL's programs are installed; see tests/conftest.py.
"""

from pathlib import Path

import pytest

from tests.support.killing import POINTS, check_killed_and_resumed


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
