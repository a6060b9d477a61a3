"""What a document is, and which pages of it are meant."""

import io
from pathlib import Path

import pytest
from PIL import Image

from ergo_agent.documents.document import hold_document, may_have_pages
from ergo_agent.documents.ranges import asked_pages
from ergo_agent.episode.pages import place_of, ranges_in_words
from ergo_agent.errors import (
    ErgoError,
    ImageAccessError,
    ImageFormatError,
    ImageNotFoundError,
    ImageTooLargeError,
    SettingsError,
)
from ergo_agent.images import ImageLimits, MemoryStore
from ergo_agent.images.maker import ViewMaker
from tests.support.paged import digital, save, with_bad_page
from tests.support.pictures import save_picture

LINES = [["one"], ["two"], ["three"]]


def tiff(frames: int) -> bytes:
    first, *others = [Image.new("L", (60, 40), 40 * n) for n in range(frames)]
    buffer = io.BytesIO()
    first.save(buffer, "TIFF", save_all=True, append_images=others)
    return buffer.getvalue()


@pytest.fixture
def maker() -> ViewMaker:
    return ViewMaker(store=MemoryStore())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pages in the order in which people number them, and what is no page."""
    save(bytes(digital(LINES).output()), tmp_path / "page 2.pdf")
    save(tiff(2), tmp_path / "page 10.tif")
    save_picture(tmp_path, size=(80, 60), name="page 1.png")
    (tmp_path / "notes.txt").write_text("no page")
    (tmp_path / ".hidden.png").write_bytes((tmp_path / "page 1.png").read_bytes())
    (tmp_path / "more").mkdir()
    return tmp_path


async def test_a_folder_is_its_images_in_the_order_of_their_numbers(folder: Path, maker: ViewMaker):
    with await hold_document(folder, maker=maker) as document:
        names = [Path(part.source or "").name for part in document.parts]
        assert names == ["page 1.png", "page 2.pdf", "page 10.tif"]
        assert [part.pages for part in document.parts] == [1, 3, 2]
        assert document.page_count == 6
        found = place_of(document.parts, 5)
        assert (found.part, found.page) == (document.parts[2], 1)


@pytest.mark.parametrize(("data", "pages"), [(bytes(digital(LINES).output()), 3), (tiff(4), 4)])
async def test_a_file_of_several_pages(data: bytes, pages: int, maker: ViewMaker):
    assert may_have_pages(data, maker=maker)
    with await hold_document(data, maker=maker) as document:
        assert document.page_count == pages
        assert document.pages == list(range(1, pages + 1))


async def test_the_frames_of_an_animation_are_no_pages(maker: ViewMaker):
    first, *others = [Image.new("L", (60, 40), 90 * n) for n in range(3)]
    buffer = io.BytesIO()
    first.save(buffer, "GIF", save_all=True, append_images=others)
    assert not may_have_pages(buffer.getvalue(), maker=maker)
    with await hold_document(buffer.getvalue(), maker=maker) as document:
        assert document.page_count == 1


async def test_a_file_of_a_list_that_is_broken_stays_a_page(folder: Path, maker: ViewMaker):
    given = [folder / "page 1.png", folder / "missing.png", tiff(2)]
    with await hold_document(given, maker=maker) as document:
        assert [bool(part.error) for part in document.parts] == [False, True, False]
        assert "missing.png" in document.parts[1].error
        assert document.page_count == 4


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ("more", ImageAccessError, "is not a regular file but a folder, and no image lies in it"),
        ("nothing", ImageNotFoundError, "nothing"),
        ("notes.txt", ImageFormatError, "no image of a known kind"),
        ([], ImageFormatError, "the list of images is empty"),
        (["page 1.png"] * 1001, ImageTooLargeError, "more than 1000 images"),
        ([7], ImageFormatError, "a int is no image"),
    ],
)
async def test_what_is_no_document(
    folder: Path, given: object, error: type[ErgoError], message: str
):
    maker = ViewMaker(store=MemoryStore(), allowed_roots=[folder])
    if given == [7]:
        with await hold_document([7], maker=maker) as document:  # type: ignore[list-item]
            assert "is no image" in document.parts[0].error
        return
    with pytest.raises(error, match=message):
        await hold_document(given, maker=maker)  # type: ignore[arg-type]


async def test_a_folder_outside_the_roots_is_not_listed(folder: Path, tmp_path: Path):
    (tmp_path / "inside").mkdir()
    maker = ViewMaker(store=MemoryStore(), allowed_roots=[tmp_path / "inside"])
    for given in (str(folder), "..", f"{folder}/inside/.."):
        with pytest.raises(ImageAccessError, match="not inside a folder"):
            await hold_document(given, maker=maker)


async def test_a_link_in_a_folder_leads_nowhere_outside_the_roots(folder: Path, tmp_path: Path):
    inside = tmp_path / "more"
    (inside / "secret.png").symlink_to(folder / "page 1.png")
    (inside / "own.png").write_bytes((folder / "page 1.png").read_bytes())
    maker = ViewMaker(store=MemoryStore(), allowed_roots=[inside])
    with await hold_document(inside, maker=maker) as document:
        assert [Path(part.source or "").name for part in document.parts] == ["own.png"]


async def test_a_pdf_whose_first_page_cannot_be_drawn_still_has_its_others(maker: ViewMaker):
    data = with_bad_page(LINES, bad=1, content=b"").replace(b"[0 0 595 842]", b"[0 0 0 0]    ", 1)
    with await hold_document(data, maker=maker) as document:
        assert document.page_count == 3


async def test_a_pdf_of_more_pages_than_allowed(folder: Path):
    maker = ViewMaker(store=MemoryStore(), limits=ImageLimits(max_pages=2))
    with pytest.raises(ImageTooLargeError, match="more than 2 pages"):
        await hold_document(folder / "page 2.pdf", maker=maker)


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        (None, "1-12"),
        ("3", "3"),
        ("2-5", "2-5"),
        (" 1, 4 - 6,5-7 ", "1, 4-7"),
        ("10-", "10-12"),
    ],
)
def test_pages_are_named_as_people_do(pages: str | None, found: str):
    assert ranges_in_words(asked_pages(None, pages, page_count=12)) == found


@pytest.mark.parametrize(
    "pages", ["", "two", "5-2", "0", "1-2-3", "1,,2", "-3", "9" * 400, "1," * 600, 7]
)
def test_what_names_no_pages(pages: object):
    with pytest.raises(SettingsError, match="pages="):
        asked_pages(None, pages, page_count=12)  # type: ignore[arg-type]


@pytest.mark.parametrize(("page", "pages"), [(13, None), (0, None), (-1, None), (None, "2-13")])
def test_pages_that_are_not_there(page: int | None, pages: str | None):
    with pytest.raises(ImageNotFoundError, match=r"there is no page .*: the document has 12"):
        asked_pages(page, pages, page_count=12)


def test_page_and_pages_together_are_refused():
    with pytest.raises(SettingsError, match="both given"):
        asked_pages(3, "2-5", page_count=12)
