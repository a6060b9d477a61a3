"""A batch that is killed on its way, twice, in processes of its own; memory over a longer one."""

from pathlib import Path

from benchmarks.batch import killed_twice, long_run
from tests.support.batch_process import AT_ONCE


def test_killed_twice_nothing_is_lost_or_twice(tmp_path: Path):
    found = killed_twice(tmp_path, 300)
    assert (found.lost, found.twice) == (0, 0)
    assert found.repeated <= found.said <= 2 * AT_ONCE


def test_memory_stays_flat(tmp_path: Path):
    found = long_run(tmp_path, 2_000)
    assert found.memory[-1] - found.memory[1] < 10_000_000
