"""Images that are uploaded or named: what is opened, what is shown, and what is refused."""

import io
import json
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fpdf import FPDF
from PIL import Image

from ergo_agent import ask
from ergo_agent.images import GUARDED_LIMITS, ImageLimits
from tests.support.local_page import PAGE, Browser, page_server
from tests.support.pictures import save_bad_pictures, save_picture
from tests.support.scripted import scripted

SMALL = GUARDED_LIMITS.model_copy(update={"max_bytes": 1_000_000})


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder, with things in it that are none of the page's business, and others beside it."""
    root = tmp_path_factory.mktemp("opened") / "root"
    for folder in ("inner/deep", ".hidden", "empty"):
        (root / folder).mkdir(parents=True)
    page = PAGE.read_bytes()
    for name in (
        "page.png",
        "inner/B.PNG",
        "inner/a b ü.png",
        "inner/deep/c.png",
        ".hidden/d.png",
        ".e.png",
    ):
        (root / name).write_bytes(page)
    (root / "notes.txt").write_text("no image")
    save_picture(root.parent, size=(300, 200), name="secret.png")
    (root / "out.png").symlink_to(root.parent / "secret.png")
    (root / "out").symlink_to(root.parent)
    (root / "folder.png").mkdir()
    os.mkfifo(root / "pipe.png")
    return root


@pytest.fixture(scope="module")
def browser(root: Path) -> Iterator[Browser]:
    with page_server(root=root, policy=scripted("<answer>ok</answer>"), limits=SMALL) as browser:
        yield browser


def picture(browser: Browser, image: dict[str, Any], side: object, page: int = 1) -> Image.Image:
    answer = browser.get(f"/api/images/{image['image']}/{page}/picture", params={"side": side})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/jpeg"
    assert "immutable" in answer.headers["cache-control"]
    return Image.open(io.BytesIO(answer.content))


def pdf(*sizes: tuple[float, float]) -> bytes:
    """A PDF with a page of each size, in points."""
    document = FPDF(unit="pt")
    document.set_font("helvetica", size=30)
    for number, size in enumerate(sizes, 1):
        document.add_page(format=size)
        document.text(40, 60, f"page {number}")
    return bytes(document.output())


def test_an_upload_is_kept_under_its_digest(browser: Browser):
    answer = browser.upload(PAGE.read_bytes(), name=quote("Ünter/..\\läg\n.png"))
    assert answer.status_code == 201
    image = answer.json()
    assert image["image"].startswith("sha256:")
    assert (image["width"], image["height"], image["page_count"]) == (2481, 3508, 1)
    assert image["name"] == "läg.png"
    assert browser.upload(PAGE.read_bytes()).json()["image"] == image["image"]
    assert browser.get(f"/api/images/{image['image']}/1").json() == {**image, "name": "image.png"}


def test_its_picture_is_as_large_as_is_asked_and_never_larger_than_itself(browser: Browser):
    image = browser.upload(PAGE.read_bytes()).json()
    assert picture(browser, image, 700).size == (495, 700)
    assert picture(browser, image, 1).size == (1, 1)
    assert picture(browser, image, 4096).size == (2481, 3508)
    for side in ("0", "4097", "-1", "1.5", "", "²", "9" * 5000):
        answer = browser.get(f"/api/images/{image['image']}/1/picture", params={"side": side})
        assert answer.status_code == 422
        assert "give 1 to 4096 pixels" in answer.json()["error"]


def test_a_pdf_has_pages(browser: Browser):
    answer = browser.upload(pdf((612, 792), (300, 200)), name="two.pdf")
    assert answer.status_code == 201, answer.text
    image = answer.json()
    assert (image["page_count"], image["width"], image["height"]) == (2, 2550, 3301)
    second = browser.get(f"/api/images/{image['image']}/2").json()
    assert (second["page"], second["width"], second["height"]) == (2, 1250, 834)
    assert picture(browser, image, 500, page=2).size == (500, 334)
    for page in ("3", "0", "-1", "x", "9" * 5000):
        assert browser.get(f"/api/images/{image['image']}/{page}").status_code == 404
    events = browser.events(browser.ask(image["image"], page=2))
    assert events[-1].data["result"]["image"]["page"] == 2


def test_a_photograph_is_turned_the_way_it_was_taken(browser: Browser):
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.new("RGB", (400, 300)).save(buffer, "JPEG", exif=exif)
    image = browser.upload(buffer.getvalue()).json()
    assert (image["width"], image["height"]) == (300, 400)
    assert picture(browser, image, 200).size == (150, 200)


@pytest.mark.parametrize(
    ("data", "status", "message"),
    [
        (b"", 415, "0 bytes"),
        (b"I am no image, whatever my name says", 415, "no image of a known kind"),
        (b"\x89PNG\r\n\x1a\n but no more", 415, "damaged"),
        (b"%PDF-1.7 and then nothing", 415, "cannot be opened"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "no image of a known kind"),
    ],
)
def test_what_is_no_image_is_refused(browser: Browser, data: bytes, status: int, message: str):
    answer = browser.upload(data)
    assert answer.status_code == status
    assert message in answer.json()["error"]


def test_so_are_the_usual_bad_pictures(browser: Browser, tmp_path: Path):
    save_bad_pictures(tmp_path)
    told = {
        path.name: browser.upload(path.read_bytes())
        for path in tmp_path.glob("*.*g")
        if path.is_file()
    }
    assert told["bomb.png"].status_code == 413
    assert told["truncated.jpg"].status_code == 415
    assert told["thin.png"].status_code == 201  # the graph refuses it, not the page


@pytest.mark.parametrize("whole", [True, False])
def test_an_upload_over_the_limit_is_refused_while_it_comes(browser: Browser, *, whole: bool):
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(30):
            sent += 100_000
            yield bytes(100_000)

    content = bytes(3_000_000) if whole else pieces()
    headers = {"content-type": "application/octet-stream"}
    answer = browser.post("/api/images", content=content, headers=headers)
    assert answer.status_code == 413
    assert "more than 1,000,000 bytes" in answer.json()["error"]
    assert browser.upload(PAGE.read_bytes()).status_code == 201  # it goes on


def test_the_folder_is_listed(browser: Browser):
    listed = browser.get("/api/files").json()
    size = PAGE.stat().st_size
    names = ["inner/B.PNG", "inner/a b ü.png", "inner/deep/c.png", "page.png"]
    assert listed == {"files": [{"path": name, "bytes": size} for name in names], "left_out": 0}


def test_a_listed_file_is_opened(browser: Browser):
    image = browser.post("/api/images", json={"path": "inner/a b ü.png"})
    assert image.status_code == 201
    assert image.json()["name"] == "a b ü.png"
    assert image.json()["width"] == 2481


@pytest.mark.parametrize(
    "path",
    [
        "../secret.png",
        "inner/../../secret.png",
        "out.png",
        "out/secret.png",
        "/etc/passwd",
        "{beside}",
        "file://{beside}",
        "../absent.png",
        ".e.png",
        ".hidden/d.png",
        "inner/../.hidden/d.png",
        "folder.png",
        "pipe.png",
    ],
)
def test_nothing_else_is(browser: Browser, root: Path, path: str):
    given = path.format(beside=root.parent / "secret.png")
    answer = browser.post("/api/images", json={"path": given})
    assert answer.status_code in ({404} if path.startswith("file:") else {403})
    assert "image" not in answer.json()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("absent.png", 404),
        ("", 422),
        ("x\0y", 403),
        ("\ud800.png", 422),
        ("x" * 5000, 422),
        ("notes.txt", 415),
        ("sha256:" + "0" * 64, 404),
        ("data:image/png;base64,AAAA", 404),
        ("http://127.0.0.1:9/x.png", 404),
        (7, 422),
    ],
)
def test_a_path_that_leads_nowhere(browser: Browser, path: object, status: int):
    body = json.dumps({"path": path})  # in ASCII, unlike that of httpx
    headers = {"content-type": "application/json"}
    assert browser.post("/api/images", content=body, headers=headers).status_code == status


def test_without_a_folder_nothing_is_read_by_its_path():
    with page_server(policy=scripted("x")) as browser:
        assert browser.get("/api/files").json() == {"files": [], "left_out": 0}
        answer = browser.post("/api/images", json={"path": str(PAGE)})
        assert answer.status_code == 403
        assert "start with --root" in answer.json()["error"]


def test_a_thousand_files_are_listed_and_the_rest_counted(tmp_path: Path):
    for number in range(1010):
        (tmp_path / f"{number:04}.png").write_bytes(b"x")
    with page_server(root=tmp_path, policy=scripted("x")) as browser:
        listed = browser.get("/api/files").json()
    assert len(listed["files"]) == 1000
    assert listed["left_out"] == 10
    assert listed["files"][0] == {"path": "0000.png", "bytes": 1}


def test_more_pixels_than_the_limits_allow(tmp_path: Path):
    few = ImageLimits(max_pixels=10_000)
    with page_server(policy=scripted("x"), limits=few) as browser:
        answer = browser.upload(save_picture(tmp_path, size=(300, 200)).read_bytes())
    assert answer.status_code == 413
    assert "10,000" in answer.json()["error"]


def test_two_uploads_are_taken_at_once_and_a_third_is_told_to_wait(browser: Browser):
    begun, go_on = threading.Barrier(3), threading.Event()
    data = PAGE.read_bytes()

    def slowly() -> Iterator[bytes]:
        yield data[:1000]
        begun.wait(60)
        assert go_on.wait(60)
        yield data[1000:]

    headers = {"content-type": "application/octet-stream"}
    with ThreadPoolExecutor(2) as pool:
        coming = [
            pool.submit(browser.post, "/api/images", content=slowly(), headers=headers)
            for _ in range(2)
        ]
        begun.wait(60)
        while (answer := browser.upload(data)).status_code == 201:
            pass  # the first pieces are still on their way
        go_on.set()
        assert [each.result().status_code for each in coming] == [201, 201]
    assert answer.status_code == 503
    assert "try again in a moment" in answer.json()["error"]
    assert browser.upload(data).status_code == 201


def test_a_digest_opens_only_what_was_opened_here(browser: Browser, root: Path):
    """The memory is shared by the process, and what else it holds is not the page's."""
    secret = root.parent / "secret.png"
    digest = ask(secret, "q", policy=scripted("<answer>ok</answer>")).image.digest
    for path in (f"/api/images/{digest}/1", f"/api/images/{digest}/1/picture"):
        assert browser.get(path, params={"side": 64}).status_code == 404
    asked = {"image": digest, "question": "q"}
    assert browser.post("/api/runs", json=asked).status_code == 404
