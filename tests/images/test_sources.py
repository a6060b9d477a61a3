import base64
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ergo_agent.errors import (
    ImageAccessError,
    ImageError,
    ImageFormatError,
    ImageNotFoundError,
    ImageTooLargeError,
)
from ergo_agent.images import (
    ImageLimits,
    MemoryStore,
    aopen_original,
    decode_data_url,
    digest_of,
    open_original,
)
from ergo_agent.views.geometry import Region, Size

Encode = Callable[..., bytes]


def test_every_kind_of_source_gives_the_same_original(tmp_path: Path, png: bytes):
    path = tmp_path / "ein Bild.png"
    path.write_bytes(png)
    store = MemoryStore()
    url = "data:image/jpeg;base64," + base64.b64encode(png).decode()
    sources = [png, path, str(path), path.as_uri(), url, store.put(png)]
    for source in sources:
        original = open_original(source, store=store)
        assert original.digest == digest_of(png)
        assert (original.size, original.page, original.page_count) == (Size(90, 60), 1, 1)
        assert original.media_type == "image/png"


async def test_the_async_twins_give_the_same(png: bytes):
    original = await aopen_original(png)
    region = Region(left=3, top=4, right=20, bottom=30)
    view = await original.ashown(region, Size(28, 28))
    assert np.array_equal(np.asarray(view), np.asarray(original.shown(region, Size(28, 28))))


def test_the_media_type_is_that_of_the_bytes(tmp_path: Path, encode: Encode, picture: Image.Image):
    path = tmp_path / "photo.png"
    path.write_bytes(encode(picture, "JPEG"))
    assert open_original(path).media_type == "image/jpeg"


def test_a_pillow_image_is_named_by_its_pixels(encode: Encode, picture: Image.Image):
    original = open_original(picture)
    assert original.media_type == "image/x-portable-pixmap"
    assert original.digest == digest_of(encode(picture, "PPM"))


def test_a_pillow_image_may_change_after_it_was_opened(picture: Image.Image, pixels: np.ndarray):
    original = open_original(picture)
    picture.paste("black", (0, 0, 90, 60))
    view = original.shown(Region.whole(original.size), original.size)
    assert np.array_equal(np.asarray(view), pixels)


def test_a_closed_pillow_image_is_refused(tmp_path: Path, png: bytes):
    (tmp_path / "a.png").write_bytes(png)
    with Image.open(tmp_path / "a.png") as image:
        pass
    with pytest.raises(ImageFormatError, match="the Pillow image is damaged"):
        open_original(image)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data:image/png;base64,@@@@", "base64 is damaged"),
        ("data:image/png;base64", "is not a data URL"),
        ("data:image/png;base64,AAA", "base64 is damaged"),
        ("data:,", "is empty, 0 bytes"),
        ("data:text/plain,hello", "no image of a known kind"),
        ("data:image/png;base64,\ud800", "base64 is damaged"),
    ],
)
def test_a_damaged_data_url_is_refused(text: str, message: str):
    with pytest.raises(ImageFormatError, match=message):
        open_original(text)


def test_data_urls_are_decoded_however_they_are_written():
    assert decode_data_url("DATA:image/png;BASE64,aGVs\nbG8=") == b"hello"
    assert decode_data_url("data:image/png;base64,aGVsbG8%3D") == b"hello"
    assert decode_data_url("data:,a%20b") == b"a b"
    with pytest.raises(ImageFormatError, match="expected data:<media type>;base64"):
        decode_data_url("ftp://x,y")


@pytest.mark.parametrize("url", ["https://example.com/a.png", "HTTP://x/y", "s3://bucket/key"])
def test_nothing_is_fetched_from_the_network(url: str):
    with pytest.raises(ImageAccessError, match="or fetch the image and give its bytes"):
        open_original(url)


def test_a_file_url_of_another_host_is_refused():
    with pytest.raises(ImageAccessError, match="names another host"):
        open_original("file://server/a.png")


def test_a_file_url_that_is_none_is_refused():
    with pytest.raises(ImageNotFoundError, match="is not a file URL"):
        open_original("file://[oops/a.png")


def test_a_digest_needs_a_store_that_knows_it():
    unknown = digest_of(b"x")
    with pytest.raises(ImageNotFoundError, match="there is no store to look it up"):
        open_original(unknown)
    with pytest.raises(ImageNotFoundError, match="no image is stored under sha256:"):
        open_original(unknown, store=MemoryStore())
    with pytest.raises(ImageNotFoundError, match="is not a digest"):
        open_original("sha256:../../etc/passwd", store=MemoryStore())


@pytest.mark.parametrize("source", [None, 5, ["a.png"], object()])
def test_what_is_no_source_is_refused(source: object):
    with pytest.raises(ImageFormatError, match="is no image; give a path, data URL, bytes"):
        open_original(source)  # type: ignore[arg-type]


def test_a_missing_file(tmp_path: Path):
    with pytest.raises(ImageNotFoundError, match=r"gone\.png' cannot be opened"):
        open_original(tmp_path / "gone.png")
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(ImageNotFoundError, match="check the path"):
        open_original(tmp_path / "file" / "below.png")


def test_a_folder(tmp_path: Path):
    with pytest.raises(ImageAccessError, match="is not a regular file"):
        open_original(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_block(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ImageAccessError, match="is not a regular file"):
        open_original(tmp_path / "pipe.png")


@pytest.mark.skipif(not Path(os.devnull).is_char_device(), reason="needs device files")
def test_a_device():
    with pytest.raises(ImageAccessError, match="is not a regular file"):
        open_original(os.devnull)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_that_may_not_be_read(tmp_path: Path, png: bytes):
    path = tmp_path / "secret.png"
    path.write_bytes(png)
    path.chmod(0)
    with pytest.raises(ImageAccessError, match="give a regular file that may be read"):
        open_original(path)


@pytest.mark.parametrize("text", ["a\0b.png", "x" * 5000, "\ud800.png", "", "é\u202e" * 400])
def test_a_path_that_cannot_be_one(text: str):
    with pytest.raises(
        ImageError, match=r"cannot be (a path|opened)|is not a regular file"
    ) as info:
        open_original(text)
    assert len(str(info.value)) < 300
    assert str(info.value).isascii()


def test_a_link_that_leads_to_itself(tmp_path: Path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(ImageNotFoundError, match="check the path"):
        open_original(tmp_path / "loop")


def test_an_empty_file(tmp_path: Path):
    (tmp_path / "empty.png").touch()
    with pytest.raises(ImageFormatError, match=r"empty\.png' is empty"):
        open_original(tmp_path / "empty.png")
    with pytest.raises(ImageFormatError, match="is empty, 0 bytes"):
        open_original(b"")


def test_too_many_bytes(tmp_path: Path, png: bytes):
    (tmp_path / "a.png").write_bytes(png)
    url = "data:image/png;base64," + base64.b64encode(png).decode()
    store = MemoryStore()
    for source in (png, tmp_path / "a.png", url, store.put(png)):
        with pytest.raises(ImageTooLargeError, match=r"the limit is 1,000; shrink it, or raise"):
            open_original(source, limits=ImageLimits(max_bytes=1000), store=store)


class TestAllowedRoots:
    @pytest.fixture
    def root(self, tmp_path: Path, png: bytes) -> Path:
        root = tmp_path / "allowed"
        (root / "sub").mkdir(parents=True)
        (root / "sub" / "in.png").write_bytes(png)
        (tmp_path / "out.png").write_bytes(png)
        (tmp_path / "allowed-not").mkdir()
        (tmp_path / "allowed-not" / "in.png").write_bytes(png)
        return root

    def test_what_lies_inside_is_read(self, root: Path):
        other = root.parent / "allowed-not"
        for source in ("sub/in.png", root / "sub/in.png", "sub/../sub/in.png", other / "in.png"):
            assert open_original(source, allowed_roots=[root, other]).size == Size(90, 60)

    @pytest.mark.parametrize(
        "given",
        [
            "../out.png",
            "../gone.png",
            "sub/../../out.png",
            "../allowed-not/in.png",
            "a\0b",
            "../" * 50 + "etc/passwd",
            "..",
            "x/../../gone/y",
        ],
    )
    def test_what_lies_outside_is_refused(self, root: Path, given: str):
        for source in (given, str(root / given), f"file://{root}/{given}"):
            with pytest.raises(ImageAccessError, match="is not inside a folder that images"):
                open_original(source, allowed_roots=[root])

    def test_the_refusal_does_not_tell_whether_the_file_exists(self, root: Path):
        messages = []
        for name in ("out.png", "not.png"):
            with pytest.raises(ImageAccessError, match="is not inside a folder") as info:
                open_original(root.parent / name, allowed_roots=[root])
            messages.append(str(info.value).replace(name, ""))
        assert messages[0] == messages[1]

    @pytest.mark.parametrize("name", ["out.png", "gone.png"])
    def test_a_link_does_not_lead_outside(self, root: Path, name: str):
        (root / "link.png").symlink_to(root.parent / name)
        (root / "door").symlink_to(root.parent)
        for source in ("link.png", f"door/{name}", "door/allowed/../out.png"):
            with pytest.raises(ImageAccessError, match="is not inside a folder"):
                open_original(source, allowed_roots=[root])

    def test_a_link_that_stays_inside_is_followed(self, root: Path):
        (root / "link.png").symlink_to("sub/in.png")
        assert open_original("link.png", allowed_roots=[root]).size == Size(90, 60)

    def test_a_root_that_is_a_link_is_followed(self, root: Path):
        (root.parent / "alias").symlink_to(root)
        alias = root.parent / "alias"
        assert open_original(alias / "sub/in.png", allowed_roots=[alias]).size == Size(90, 60)

    def test_a_loop_of_links_is_refused(self, root: Path):
        (root / "loop").symlink_to(root / "loop")
        with pytest.raises(ImageError, match=r"is not inside a folder|there is 'sub/in\.png'"):
            open_original("loop", allowed_roots=[root])

    def test_what_is_missing_inside_is_said_to_be_missing(self, root: Path):
        with pytest.raises(ImageNotFoundError, match=r"there is 'sub/in\.png'"):
            open_original("sub/gone.png", allowed_roots=[root])

    def test_without_any_root_no_file_is_read(self, root: Path, png: bytes):
        with pytest.raises(ImageAccessError, match="is not inside a folder"):
            open_original(root / "sub/in.png", allowed_roots=[])
        assert open_original(png, allowed_roots=[]).size == Size(90, 60)
