"""Names of files: nothing outside the allowed folder is read, whatever it is called."""

import os
import threading
import time
from pathlib import Path

import pytest

from ergo_agent.errors import ImageAccessError, ImageError
from ergo_agent.images import open_original
from tests.security.conftest import CANARY, Ask
from tests.support.pictures import save_picture

OUTSIDE, NOTHING, FORMAT, LARGE = (
    "ImageAccessError",
    "ImageNotFoundError",
    "ImageFormatError",
    "ImageTooLargeError",
)

PATHS = [
    # what is given                                 what comes of it
    ("page.png", "answer"),
    ("{root}/page.png", "answer"),
    ("file://{root}/page.png", "answer"),
    ("file://localhost{root}/page.png", "answer"),
    ("sub/../page.png", "answer"),
    ("inner-link.png", "answer"),
    # out of the folder
    ("../secret.png", OUTSIDE),
    ("{out}/secret.png", OUTSIDE),
    ("sub/../../secret.png", OUTSIDE),
    ("{root}/../secret.png", OUTSIDE),
    ("{root}-beside/secret.png", OUTSIDE),
    ("../allowed-beside/secret.png", OUTSIDE),
    ("..", OUTSIDE),
    ("/", OUTSIDE),
    ("/etc/passwd", OUTSIDE),
    ("/proc/self/environ", OUTSIDE),
    ("/proc/self/fd/0", OUTSIDE),
    ("/proc/self/cwd/README.md", OUTSIDE),
    ("/dev/stdin", OUTSIDE),
    ("/dev/zero", OUTSIDE),
    ("~/secret.png", NOTHING),
    ("$HOME/secret.png", NOTHING),
    ("${{ERGO_MARKED}}", NOTHING),
    ("*.png", NOTHING),
    # links
    ("link.png", OUTSIDE),
    ("door/secret.png", OUTSIDE),
    ("door/allowed/../secret.png", OUTSIDE),
    ("chain.png", OUTSIDE),
    ("loop.png", OUTSIDE),
    ("to-zero.png", OUTSIDE),
    ("to-environ.png", OUTSIDE),
    # URLs of files
    ("file:///etc/passwd", OUTSIDE),
    ("FILE:///etc/passwd", OUTSIDE),
    ("file:/etc/passwd", OUTSIDE),
    ("file:../secret.png", OUTSIDE),
    ("file://{root}/../secret.png", OUTSIDE),
    ("file://{root}/%2e%2e/secret.png", OUTSIDE),
    ("file://{root}/..%2fsecret.png", OUTSIDE),
    ("file://{root}/%252e%252e/secret.png", NOTHING),
    ("file://elsewhere/etc/passwd", OUTSIDE),
    ("file://127.0.0.1/etc/passwd", OUTSIDE),
    ("file://{root}/page.png%00.txt", OUTSIDE),
    ("file://[", NOTHING),
    # spellings
    ("%2e%2e/secret.png", NOTHING),
    ("..%2fsecret.png", NOTHING),
    ("..\\secret.png", NOTHING),
    ("..\uff0fsecret.png", NOTHING),
    ("page.png\0", OUTSIDE),
    ("page.png\0.txt", OUTSIDE),
    ("../secret.png\0page.png", OUTSIDE),
    ("\ud800.png", OUTSIDE),
    (" page.png", NOTHING),
    ("", OUTSIDE),
    ("x" * 5000, NOTHING),
    ("a/" * 3000 + "b", NOTHING),
    # Windows
    ("C:\\Windows\\win.ini", NOTHING),
    ("C:/Windows/win.ini", NOTHING),
    ("\\\\elsewhere\\share\\a.png", OUTSIDE),
    ("//elsewhere/share/a.png", OUTSIDE),
    ("\\\\?\\C:\\Windows\\win.ini", OUTSIDE),
    ("\\\\.\\PhysicalDrive0", OUTSIDE),
    ("page.png::$DATA", NOTHING),
    ("CON", NOTHING),
    # what is no file
    (".", LARGE),  # a folder is a document: page 1 of this one is huge.png
    ("sub", OUTSIDE),
    ("pipe.png", OUTSIDE),
    ("socket.png", OUTSIDE),
    ("page.png/", "answer"),
    ("page.png/x", NOTHING),
    # what is in the folder, and is no image
    ("huge.png", LARGE),
    ("empty.png", FORMAT),
    (".env", FORMAT),
    # what other programs take for commands
    ("|cat /etc/passwd", NOTHING),
    ("label:@/etc/passwd", NOTHING),
    ("png:../secret.png", NOTHING),
    ("page.png[0]", NOTHING),
    ("vid:../*.png", NOTHING),
    ("-", NOTHING),
    ("--help", NOTHING),
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is allowed, with doors out of it, and secrets beside it."""
    out = tmp_path_factory.mktemp("out")
    root, beside = out / "allowed", out / "allowed-beside"
    for folder in (root / "sub", beside):
        folder.mkdir(parents=True)
    save_picture(root, size=(300, 200), name="page.png")
    for folder in (out, beside):
        save_picture(folder, size=(300, 200), name="secret.png")
    (root / "inner-link.png").symlink_to("sub/../page.png")
    (root / "link.png").symlink_to(out / "secret.png")
    (root / "chain.png").symlink_to("link.png")
    (root / "loop.png").symlink_to("loop.png")
    (root / "door").symlink_to(out)
    (root / "to-zero.png").symlink_to("/dev/zero")
    (root / "to-environ.png").symlink_to("/proc/self/environ")
    (root / "empty.png").touch()
    (root / ".env").write_text(f"{CANARY}=1")
    with (root / "huge.png").open("wb") as file:  # takes no room on the disk
        file.truncate(50_000_000_000)
    os.mkfifo(root / "pipe.png")
    os.mknod(root / "socket.png", 0o600 | 0o140000)
    return root


@pytest.mark.parametrize(("given", "end"), PATHS, ids=lambda text: ascii(text)[:40])
def test_path(root: Path, ask_caged: Ask, given: str, end: str):
    name = given.format(root=root, out=root.parent) if "{" in given else given
    assert ask_caged(name, roots=[str(root)]).end == end


@pytest.mark.parametrize(
    ("given", "end"),
    [
        ("/dev/zero", OUTSIDE),
        ("pipe.png", OUTSIDE),
        ("huge.png", LARGE),
        ("/proc/self/environ", FORMAT),
    ],
)
def test_ask_reads_any_regular_file_and_waits_for_none(
    root: Path, ask_caged: Ask, given: str, end: str
):
    assert ask_caged(str(root / given), via="ask").end == end


def exchange(target: Path, *, for_link_to: Path) -> None:
    """Put a link in the place of a folder or a file."""
    target.rename(target.with_name("was-there"))
    target.symlink_to(for_link_to)


@pytest.mark.parametrize("swapped", ["deep/page.png", "deep"])
def test_a_link_that_appears_between_the_check_and_the_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swapped: str
):
    """The first file or folder is opened once the path was found good: then it is exchanged."""
    for folder in ("root/deep", "secret"):
        (tmp_path / folder).mkdir(parents=True)
        save_picture(tmp_path / folder, size=(300, 200), name="page.png")
    secret = tmp_path / "secret"
    opened = os.open

    def late(path: str, flags: int, *arguments: int, **options: int) -> int:
        monkeypatch.setattr(os, "open", opened)
        target = secret if swapped == "deep" else secret / "page.png"
        exchange(tmp_path / "root" / swapped, for_link_to=target)
        return opened(path, flags, *arguments, **options)

    monkeypatch.setattr(os, "open", late)
    monkeypatch.setattr(os, "supports_dir_fd", {*os.supports_dir_fd, late})
    with pytest.raises(ImageError, match="cannot be opened"):
        open_original("deep/page.png", allowed_roots=[tmp_path / "root"])
    assert (tmp_path / "root" / swapped).is_symlink()


def test_a_folder_that_is_exchanged_all_the_time_never_leads_outside(tmp_path: Path):
    for folder in ("root/deep", "secret"):
        (tmp_path / folder).mkdir(parents=True)
    save_picture(tmp_path / "root/deep", size=(300, 200), name="page.png")
    save_picture(tmp_path / "secret", size=(20, 30), name="page.png")
    deep, done = tmp_path / "root/deep", threading.Event()

    def flip() -> None:
        while not done.is_set():
            exchange(deep, for_link_to=tmp_path / "secret")
            time.sleep(0.0005)
            deep.unlink()
            deep.with_name("was-there").rename(deep)
            time.sleep(0.0005)

    flipping = threading.Thread(target=flip)
    flipping.start()
    try:
        until, sizes = time.monotonic() + 20, list[tuple[int, int]]()
        while len(sizes) < 100 and time.monotonic() < until:
            found = _size_of(tmp_path / "root")
            sizes += [] if found is None else [found]
    finally:
        done.set()
        flipping.join()
    assert set(sizes) == {(300, 200)}


def _size_of(root: Path) -> tuple[int, int] | None:
    try:
        size = open_original("deep/page.png", allowed_roots=[root]).size
    except ImageError:
        return None
    return size.width, size.height


def test_to_look_at_a_pipe_does_not_wake_who_writes_to_it(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.png")
    opened = threading.Event()

    def write() -> None:
        with (tmp_path / "pipe.png").open("wb"):
            opened.set()

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    with pytest.raises(ImageAccessError, match="not a regular file"):
        open_original("pipe.png", allowed_roots=[tmp_path])
    assert not opened.wait(0.2)
    with (tmp_path / "pipe.png").open("rb"):  # lets the writer go
        writer.join(5)


@pytest.mark.parametrize("path", ["/proc/self/mem", "/dev/zero", "/dev/tty", "/proc/self/fd"])
def test_what_can_be_opened_and_not_read(path: str):
    """The first is a regular file to whoever asks."""
    with pytest.raises(ImageAccessError, match=r"regular file"):
        open_original(path)
