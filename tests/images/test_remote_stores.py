"""Stores at an fsspec URL, and what a store may be given as."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from ergo_agent import create_vision_graph
from ergo_agent._common.installation import install_command
from ergo_agent.errors import ImageAccessError, ImageFormatError, ImageNotFoundError, SettingsError
from ergo_agent.images import DirectoryStore, FsspecStore, MemoryStore, digest_of, open_store
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

SECRET = "s3cr3t"


@pytest.fixture(params=["memory://", "file://"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"{request.param}{tmp_path}/images"


def test_what_was_put_outlives_the_store(url: str):
    digest = FsspecStore(url).put(b"an image")
    assert FsspecStore(f"{url}/").get(digest) == b"an image"
    assert digest in FsspecStore(url)


def test_damage_is_noticed_and_mended_by_putting_again(url: str):
    store = FsspecStore(url)
    digest = store.put(b"an image")
    files, folder = fsspec.url_to_fs(url)
    (place,) = files.find(folder)
    files.pipe_file(place, b"an imagf")
    with pytest.raises(ImageFormatError, match=f"what is stored under {digest} is damaged"):
        store.get(digest)
    store.put(b"an image")
    assert store.get(digest) == b"an image"
    assert files.find(folder) == [place]


def test_a_file_store_and_a_folder_are_the_same(tmp_path: Path):
    digest = FsspecStore(tmp_path.as_uri()).put(b"an image")
    assert DirectoryStore(tmp_path).get(digest) == b"an image"


def test_a_write_that_fails_leaves_nothing_and_keeps_the_url_to_itself(
    monkeypatch: pytest.MonkeyPatch,
):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(f"cannot reach bucket with key {SECRET}")

    store = FsspecStore(f"memory://{SECRET}/images")
    monkeypatch.setattr(MemoryFileSystem, "mv", refuse)
    with pytest.raises(ImageAccessError, match="cannot be written") as caught:
        store.put(b"never stored")
    assert SECRET not in str(caught.value)
    assert digest_of(b"never stored") not in store
    assert not fsspec.filesystem("memory").find(f"/{SECRET}")


def test_one_that_cannot_be_read_says_so_without_the_url(monkeypatch: pytest.MonkeyPatch):
    store = FsspecStore(f"memory://{SECRET}/other")
    digest = store.put(b"an image")

    def refuse(*_: object, **__: object) -> bytes:
        raise PermissionError(SECRET)

    monkeypatch.setattr(MemoryFileSystem, "cat_file", refuse)
    with pytest.raises(ImageAccessError, match="cannot be read from the image store") as caught:
        store.get(digest)
    assert SECRET not in str(caught.value)


def test_an_unknown_digest(url: str):
    with pytest.raises(ImageNotFoundError, match="no image is stored under"):
        FsspecStore(url).get(digest_of(b"never put"))


@pytest.mark.parametrize("url", ["nothing://there", f"nothing://{SECRET}@there"])
def test_a_url_that_nothing_reads_is_a_clear_error(url: str):
    with pytest.raises(SettingsError, match=r"nothing: URL cannot be opened") as caught:
        open_store(url)
    assert SECRET not in str(caught.value)


def test_a_store_may_be_given_as_a_url_a_path_or_itself(tmp_path: Path):
    kept = MemoryStore()
    assert open_store(kept) is kept
    assert isinstance(open_store("memory://a"), FsspecStore)
    for path in (tmp_path, str(tmp_path), "images", "C:images"):
        assert isinstance(open_store(path), DirectoryStore)
    with pytest.raises(SettingsError, match="store=5 is no store; give an ImageStore"):
        open_store(5)  # type: ignore[arg-type]


@pytest.mark.parametrize("where", ["memory://graph", "path"])
def test_an_episode_keeps_its_images_there(where: str, tmp_path: Path):
    place: Any = tmp_path / "store" if where == "path" else where
    graph = create_vision_graph(policy=scripted("<answer>red</answer>"), store=place)
    page = save_picture(tmp_path, size=(600, 400))
    result = graph.invoke({"image": str(page), "question": "q"})["result"]
    store = open_store(place)
    assert store.get(result["image"]["digest"]) == page.read_bytes()
    assert store.get(result["views"][0]["digest"]).startswith(b"\x89PNG")


def test_without_fsspec_the_extra_is_named():
    program = (
        "import sys; sys.modules['fsspec'] = sys.modules['fsspec.core'] = None\n"
        "from ergo_agent.errors import MissingExtraError\n"
        "from ergo_agent.images import open_store\n"
        "try: open_store('memory://a')\n"
        "except MissingExtraError as error: print(error)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert install_command("fsspec") in ran.stdout
