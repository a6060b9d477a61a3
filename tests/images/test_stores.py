import os
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ergo_agent.errors import (
    ImageAccessError,
    ImageFormatError,
    ImageNotFoundError,
    ImageTooLargeError,
    StoreFullError,
)
from ergo_agent.images import DirectoryStore, FsspecStore, ImageStore, MemoryStore, digest_of

MakeStore = Callable[[], ImageStore]

MALFORMED = [
    "",
    "sha256:",
    "sha256:" + "0" * 63,
    "sha256:" + "0" * 65,
    "sha256:" + "A" * 64,
    "sha256:" + "0" * 64 + "\n",
    "sha256:../../../../etc/passwd",
    "sha256:" + "../" * 21 + "a",
    "sha256:" + "\u0660" * 64,
    "md5:" + "0" * 64,
    "sha256:a\0b",
]


@pytest.fixture(params=["memory", "directory", "memory://", "file://"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ImageStore:
    folder = tmp_path / "new" / "store"
    made: dict[str, MakeStore] = {
        "memory": MemoryStore,
        "directory": lambda: DirectoryStore(folder),
        "memory://": lambda: FsspecStore(f"memory://{folder}"),
        "file://": lambda: FsspecStore(folder.as_uri()),
    }
    return made[request.param]()


def test_what_was_put_is_got(store: ImageStore):
    digest = store.put(b"an image")
    assert digest == digest_of(b"an image")
    assert store.put(b"an image") == digest
    assert digest in store
    assert store.get(digest) == b"an image"
    assert isinstance(store, ImageStore)


def test_what_was_never_put_is_unknown(store: ImageStore):
    digest = digest_of(b"never put")
    assert digest not in store
    with pytest.raises(ImageNotFoundError, match=f"no image is stored under {digest}"):
        store.get(digest)


@pytest.mark.parametrize("digest", MALFORMED)
def test_a_malformed_digest_is_unknown(store: ImageStore, digest: str):
    assert digest not in store
    with pytest.raises(ImageNotFoundError, match="is not a digest; expected sha256: and 64"):
        store.get(digest)


@pytest.mark.parametrize("thing", [None, 5, b"sha256:", ("sha256",)])
def test_what_is_no_text_is_not_contained(store: ImageStore, thing: object):
    assert thing not in store


def test_many_threads_may_put_and_get(store: ImageStore):
    def once(number: int) -> bool:
        data = b"%d" % (number % 5) * 1000
        return store.get(store.put(data)) == data

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(once, range(100)))


def test_memory_forgets_what_was_not_used_for_longest():
    store = MemoryStore(max_bytes=30)
    first, second = store.put(b"1" * 10), store.put(b"2" * 10)
    store.put(b"3" * 10)
    store.get(first)
    store.put(b"4" * 10)
    assert first in store
    assert second not in store


def test_memory_refuses_what_it_could_never_hold():
    store = MemoryStore(max_bytes=30)
    kept = store.put(b"1" * 30)
    with pytest.raises(ImageTooLargeError, match=r"31 bytes, the store holds at most 30"):
        store.put(b"2" * 31)
    assert kept in store


def test_memory_keeps_what_is_held_for_as_long_as_it_is():
    store = MemoryStore(max_bytes=30)
    digest = store.put(b"1" * 10)
    handle = store.hold(digest)
    for number in range(9):
        store.put(b"%d" % number * 10)
    assert store.get(digest) == b"1" * 10
    with pytest.raises(ImageTooLargeError, match="at most 30"):
        store.put(b"3" * 31)
    with pytest.raises(StoreFullError, match=r"25 bytes, and of the 30 of the store 10 are held"):
        store.put(b"3" * 25)
    del handle
    store.put(b"3" * 25)
    assert digest not in store


def test_what_is_held_counts_once_however_often():
    store = MemoryStore(max_bytes=30)
    handles = [store.put_held(b"1" * 20)[1] for _ in range(3)]
    assert len(set(map(id, handles))) == 1
    store.put(b"2" * 10)


def test_memory_reads_again_what_came_from_somewhere(tmp_path: Path):
    store = MemoryStore(max_bytes=100)
    paths = [tmp_path / f"{number}" for number in range(9)]
    for path in paths:
        path.write_bytes(path.name.encode() * 20)
    digests = [store.put(path.read_bytes(), again=path.read_bytes) for path in paths]
    assert all(digest in store for digest in digests)
    assert [store.get(digest)[:1] for digest in digests] == [b"%d" % n for n in range(9)]
    assert store.hold(digests[0]) is None
    large = b"large" * 50
    assert store.get(store.put(large, again=lambda: large)) == large  # though it is not kept


def test_copies_take_a_quarter_and_make_room_for_nothing_else():
    store = MemoryStore(max_bytes=100)
    kept = store.put(b"1" * 75)
    for number in range(9):
        data = b"%d" % number * 25
        store.put(data, again=lambda data=data: data)
    assert kept in store


@pytest.mark.parametrize(
    ("now", "told"), [(b"other", "holds another image now"), (None, "give the image again")]
)
def test_what_cannot_be_read_again_is_not_found(now: bytes | None, told: str):
    def again() -> bytes:
        if now is None:
            raise ImageAccessError("/secret/path is not inside a folder")
        return now

    store = MemoryStore(max_bytes=30)
    digest = store.put(b"1" * 10, again=again)
    with pytest.raises(ImageNotFoundError, match=told) as caught:
        store.get(digest)
    assert "secret" not in str(caught.value)


def test_many_threads_may_hold_and_let_go():
    store = MemoryStore(max_bytes=1000)

    def once(number: int) -> bool:
        data = b"%d" % (number % 50) * 50
        digest, handle = store.put_held(data)
        return handle is not None and store.get(digest) == data

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(once, range(500)))
    assert store.get(store.put(b"x" * 1000)) == b"x" * 1000


def stored_file(folder: Path) -> Path:
    (path,) = (path for path in folder.rglob("*") if path.is_file())
    return path


def test_a_folder_outlives_its_store(tmp_path: Path):
    digest = DirectoryStore(tmp_path).put(b"an image")
    assert DirectoryStore(str(tmp_path)).get(digest) == b"an image"
    assert digest.removeprefix("sha256:") == stored_file(tmp_path).name


def test_damage_is_noticed_and_mended_by_putting_again(tmp_path: Path):
    store = DirectoryStore(tmp_path)
    digest = store.put(b"an image")
    stored_file(tmp_path).write_bytes(b"an imagf")
    with pytest.raises(ImageFormatError, match=f"what is stored under {digest} is damaged"):
        store.get(digest)
    store.put(b"an image")
    assert store.get(digest) == b"an image"


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = DirectoryStore(tmp_path)

    def refuse(_from: Path, _to: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(ImageAccessError, match=r"cannot be written.*No space left"):
        store.put(b"an image")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert digest_of(b"an image") not in store


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(ImageAccessError, match=r"image store.*check its folder"):
        DirectoryStore(tmp_path / "file").put(b"an image")


DIGEST = digest_of(b"an image")


ENTRIES: dict[str, Callable[[Path], object]] = {
    "folder": Path.mkdir,
    "pipe": os.mkfifo,
    "socket": lambda path: os.mknod(path, stat.S_IFSOCK | 0o600),
    "link to a device": lambda path: path.symlink_to("/dev/zero"),
    "link to nothing that is finished": lambda path: path.symlink_to("/dev/stdin"),
    "endless file": lambda path: (path.touch(), os.truncate(path, 1 << 40)),
}


@pytest.fixture(params=["directory", "file://"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> ImageStore:
    """A store of files in a folder."""
    is_url = request.param == "file://"
    return FsspecStore(tmp_path.as_uri()) if is_url else DirectoryStore(tmp_path)


@pytest.mark.parametrize("kind", ENTRIES)
def test_an_entry_that_is_no_file_of_an_image(kind: str, files: ImageStore, tmp_path: Path):
    """To open a pipe waits for a writer, to read a device never ends."""
    name = DIGEST.removeprefix("sha256:")
    (tmp_path / name[:2]).mkdir()
    ENTRIES[kind](tmp_path / name[:2] / name)
    assert (DIGEST in files) == (kind == "endless file")
    with pytest.raises((ImageAccessError, ImageFormatError), match=r"image store|is damaged"):
        files.get(DIGEST)
    if kind == "endless file":
        assert files.put(b"an image") == DIGEST  # what is damaged is replaced
        assert files.get(DIGEST) == b"an image"
    else:
        with pytest.raises(ImageAccessError, match="image store"):
            files.put(b"an image")


WRITER = """
import sys, time
from ergo_agent._common import whole_files
from ergo_agent.images import DirectoryStore

lock = whole_files.lock

def stop(descriptor):
    lock(descriptor)
    print("writing", flush=True)
    time.sleep(600)

whole_files.lock = stop
DirectoryStore(sys.argv[1]).put(b"an image")
"""


def parts(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if ".part-" in path.name]


def grown_old(path: Path, *, seconds: int) -> None:
    then = path.stat().st_mtime - seconds
    os.utime(path, (then, then))


def test_what_a_dead_process_was_writing_is_swept_and_what_a_living_one_writes_is_not(
    tmp_path: Path,
):
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "writing\n"
        (part,) = parts(tmp_path)
        grown_old(part, seconds=3600)
        DirectoryStore(tmp_path).put(b"an image")
        assert parts(tmp_path) == [part]
        writer.kill()
    stored_file_of(tmp_path).unlink()
    DirectoryStore(tmp_path).put(b"an image")
    assert parts(tmp_path) == []
    assert DirectoryStore(tmp_path).get(DIGEST) == b"an image"


def stored_file_of(folder: Path) -> Path:
    name = DIGEST.removeprefix("sha256:")
    return folder / name[:2] / name


def test_a_file_that_was_just_begun_is_left_alone(tmp_path: Path):
    part = stored_file_of(tmp_path).with_name(".part-young")
    part.parent.mkdir()
    part.touch()
    DirectoryStore(tmp_path).put(b"an image")
    assert parts(tmp_path) == [part]


def test_a_store_at_a_url_sweeps_what_was_begun_a_day_ago(tmp_path: Path):
    """There are no locks: nobody writes an image for a day."""
    old, young = (Path(f"{stored_file_of(tmp_path)}.part-{name}") for name in ("old", "young"))
    old.parent.mkdir()
    for part in (old, young):
        part.touch()
        grown_old(part, seconds=3600 if part is young else 25 * 3600)
    FsspecStore(tmp_path.as_uri()).put(b"an image")
    assert parts(tmp_path) == [young]
    FsspecStore("memory://sweeping").put(b"an image")
