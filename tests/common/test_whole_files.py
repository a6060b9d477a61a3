"""Files are seen whole or not at all, however many write them and however that ends."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier

import fsspec
import pytest

from ergo_agent._common.whole_files import remote_part, whole_file, write_whole

WRITERS = 8


def test_threads_that_write_one_file_at_once_do_not_collide(tmp_path: Path):
    path, together = tmp_path / "made" / "file", Barrier(WRITERS)

    def write(number: int) -> None:
        with whole_file(path) as file:
            file.write(b"%d" % number * 1000)
            together.wait()  # every part is open now

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(write, range(WRITERS)))
    assert path.read_bytes() in {b"%d" % number * 1000 for number in range(WRITERS)}
    assert [*path.parent.iterdir()] == [path]


def test_what_was_there_stays_until_the_end_and_after_a_failure(tmp_path: Path):
    path = tmp_path / "file"
    write_whole(path, "old \ud800")
    assert path.read_text("utf-8") == "old ?"
    with suppress(ZeroDivisionError), whole_file(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old ?"
        raise ZeroDivisionError
    assert path.read_bytes() == b"old ?"
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize(("mode", "seen"), [(0o666, 0o640), (0o600, 0o600)])
def test_who_may_read_it_is_what_the_process_says(tmp_path: Path, mode: int, seen: int):
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "file", b"", mode=mode)
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == seen


def test_a_remote_file_is_moved_into_its_place(tmp_path: Path):
    files = fsspec.filesystem("file")
    path = str(tmp_path / "made" / "file")
    with remote_part(files, path) as part:
        files.pipe_file(part, b"new")
        assert not files.exists(path)
    assert files.cat_file(path) == b"new"
    with suppress(ZeroDivisionError), remote_part(files, path) as part:
        files.pipe_file(part, b"newer")
        raise ZeroDivisionError
    assert files.cat_file(path) == b"new"
    assert [each.name for each in (tmp_path / "made").iterdir()] == ["file"]
