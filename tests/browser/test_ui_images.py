"""Opening images on the local page, and losing its server, in a real Chromium."""

from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF

from benchmarks.memory import draw_page
from ergo_agent._common.installation import install_command
from tests.support.browser import enter, open_page
from tests.support.local_page import Browser, forked_page, page_process, page_server
from tests.support.page_steps import WAIT, ask, drop, open_upload, shown_whole, the_answer, until
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

ANSWER = "<think>read</think><answer>red</answer>"


@pytest.fixture
def served(browser: Any):
    """A page that nothing was opened on yet."""
    with (
        page_server(policy=scripted(ANSWER)) as client,
        open_page(browser, client.entrance, refused=404) as page,
    ):
        yield page


def pdf(path: Path, *sizes: tuple[float, float]) -> Path:
    """A PDF with a page of each size, in points."""
    document = FPDF(unit="pt")
    document.set_font("helvetica", size=30)
    for number, size in enumerate(sizes, 1):
        document.add_page(format=size)
        document.text(40, 60, f"page {number}")
    path.write_bytes(bytes(document.output()))
    return path


def test_an_image_is_dropped(served: Any, tmp_path: Path):
    drop(served, save_picture(tmp_path, size=(1200, 900), name="räum 1.png"))
    shown_whole(served)
    assert served.inner_text("#image-name") == "räum 1.png, 1,200 × 900 pixels"
    drop(served, save_picture(tmp_path, size=(600, 900), name="other.png"), on="#stage")
    until(lambda: served.inner_text("#image-name").startswith("other.png"))


def test_an_image_is_pasted(served: Any):
    served.evaluate("""async () => {
      const canvas = new OffscreenCanvas(640, 480);
      canvas.getContext("2d").fillRect(0, 0, 320, 480);
      const image = await canvas.convertToBlob({ type: "image/png" });
      const carried = new DataTransfer();
      carried.items.add(new File([image], "image.png", { type: "image/png" }));
      document.dispatchEvent(new ClipboardEvent("paste", {
        clipboardData: carried, bubbles: true, cancelable: true }));
    }""")
    shown_whole(served)
    assert served.inner_text("#image-name") == "image.png, 640 × 480 pixels"


def test_pages_of_a_pdf_are_turned_and_each_run_keeps_its_page(served: Any, tmp_path: Path):
    open_upload(served, pdf(tmp_path / "two.pdf", (612, 792), (300, 200)))
    name = served.locator("#image-name")
    assert name.inner_text() == "two.pdf, 2,550 × 3,301 pixels, page 1 of 2"
    served.select_option("#where", "one")
    ask(served, "What is on this page?")
    the_answer(served)
    served.click("#page-after")
    until(lambda: "page 2" in name.inner_text())
    assert name.inner_text() == "two.pdf, 1,250 × 834 pixels, page 2 of 2"
    assert served.locator("#run").is_hidden()  # it was about the other page
    assert served.locator("#page-after").is_disabled()
    ask(served, "And on this one?")
    the_answer(served)
    served.click("#runs button >> nth=1")
    assert "page 1 of 2" in name.inner_text()
    served.fill("#page-number", "7")
    served.press("#page-number", "Enter")
    served.wait_for_selector("#image-problem", timeout=WAIT)
    assert served.input_value("#page-number") == "1"


def test_what_cannot_be_opened_is_said(browser: Any, tmp_path: Path):
    bad = tmp_path / "text.png"
    bad.write_text("I am no image")
    with (
        page_server(policy=scripted(ANSWER)) as client,
        open_page(browser, client.entrance, refused=415) as page,
    ):
        drop(page, bad)
        page.wait_for_selector("#image-problem", timeout=WAIT)
        said = page.inner_text("#image-problem")
        assert said.startswith("text.png: ")
        assert "no image of a known kind" in said
        ask_without_image(page)
        open_upload(page, save_picture(tmp_path, size=(300, 200)))
        assert page.locator("#image-problem").is_hidden()


def ask_without_image(page: Any) -> None:
    page.fill("#question", "What is it?")
    page.click("#send")
    page.wait_for_selector("#ask-problem", timeout=WAIT)
    assert "Open an image first" in page.inner_text("#ask-problem")


def test_a_policy_that_cannot_be_asked_says_why(served: Any):
    served.wait_for_selector("#others", timeout=WAIT)
    lacking = served.locator("#policy option[disabled]").all_inner_texts()
    assert "vLLM in this process" in lacking
    served.click("#others summary")
    assert install_command("vllm") in served.inner_text("#policy-why")


def test_100_megapixels_are_shown_shrunk(browser: Any, tmp_path: Path):
    with (
        forked_page() as client,
        open_page(browser, client.entrance) as page,
    ):
        fetched: list[int] = []
        page.on(
            "response",
            lambda got: "/picture" in got.url and fetched.append(len(got.body())),
        )
        open_upload(page, draw_page(tmp_path / "page.jpg", side=10_000))
        assert page.inner_text("#image-name") == "page.jpg, 10,000 × 10,000 pixels"
        assert page.evaluate("document.querySelector('#picture').naturalWidth") == 2000
    assert len(fetched) == 1
    assert fetched[0] < 4_000_000


def test_a_lost_server_is_said(browser: Any, tmp_path: Path):
    with page_process() as process, Browser(process.url) as client:
        opened = browser.new_context()
        page = opened.new_page()
        enter(page, client.entrance)
        open_upload(page, save_picture(tmp_path, size=(300, 200)))
        process.terminate()
        process.wait(60)
        page.fill("#question", "What is it?")
        page.click("#send")
        page.wait_for_selector("#ask-problem", timeout=WAIT)
        assert "Is `ergo-agent ui` still running?" in page.inner_text("#ask-problem")
        opened.close()
