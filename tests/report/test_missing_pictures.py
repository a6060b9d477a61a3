"""What a report shows of an episode whose pictures are no longer kept."""

from pathlib import Path

import pytest
from fpdf import FPDF
from PIL import Image

from ergo_agent import VisionAnswer, ask
from ergo_agent.errors import ImageError
from ergo_agent.images import DirectoryStore, ImageLimits, MemoryStore
from ergo_agent.report import report_html
from tests.support.episodes import short_episode
from tests.support.html import named, parsed, text_of, with_class
from tests.support.pictures import save_picture
from tests.support.scripted import scripted


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"))


@pytest.fixture
def result(page: Path, tmp_path: Path):
    """Read from JSON; its pictures are in a folder."""
    kept = short_episode(page, store=DirectoryStore(tmp_path / "store"))
    return VisionAnswer.model_validate_json(kept.model_dump_json())


def test_without_its_store_every_missing_picture_is_named(result: VisionAnswer):
    root = parsed(report_html(result, store=MemoryStore()))
    said = [text_of(each) for each in named(with_class(root, "missing")[0], "li")]
    assert [each.split(":")[0] for each in said] == [
        "the original",
        "view 1",
        "view 2",
        "view 3",
    ]
    assert result.views[1].digest in said[2]
    assert named(root, "img") == []
    assert len(with_class(root, "frame")) == 3  # the boxes, on an empty page
    assert text_of(with_class(root, "answer")[0]) == "A. red"


def test_with_its_store_nothing_is_missing(result: VisionAnswer, tmp_path: Path):
    root = parsed(report_html(result, store=DirectoryStore(tmp_path / "store")))
    assert with_class(root, "missing") == []
    assert len(named(root, "img")) == 4


def test_with_its_image_the_views_are_made_again(result: VisionAnswer, page: Path):
    remade = parsed(report_html(result, image=page, store=MemoryStore()))
    kept = parsed(report_html(short_episode(page)))
    assert with_class(remade, "missing") == []
    pictures = [[each.get("src") for each in named(root, "img")] for root in (remade, kept)]
    assert pictures[0] == pictures[1]
    assert "made again" not in text_of(remade)


def test_a_view_made_again_with_other_bytes_says_so(result: VisionAnswer, page: Path):
    views = [view.model_copy(update={"digest": "sha256:" + "0" * 64}) for view in result.views]
    other = result.model_copy(update={"views": views})
    root = parsed(report_html(other, image=page, store=MemoryStore()))
    captions = [text_of(each) for each in with_class(root, "view")]
    assert all("made again from the original, not byte for byte" in each for each in captions)


def test_the_coarse_view_stands_in_for_the_original(result: VisionAnswer, tmp_path: Path):
    store = DirectoryStore(tmp_path / "store")
    coarse = MemoryStore()
    coarse.put(store.get(result.views[0].digest))
    root = parsed(report_html(result, store=coarse))
    page, view = named(root, "img")
    assert page.get("src") == view.get("src")
    assert page.get("alt", "").startswith("The coarse view of the original")
    assert "this is the coarse view" in text_of(with_class(root, "page")[0])
    assert len(named(with_class(root, "missing")[0], "li")) == 3


def test_a_damaged_view_is_missing_and_not_an_error(result: VisionAnswer, tmp_path: Path):
    digest = result.views[1].digest.removeprefix("sha256:")
    (tmp_path / "store" / digest[:2] / digest).write_bytes(b"not what it was")
    root = parsed(report_html(result, store=DirectoryStore(tmp_path / "store")))
    (said,) = (text_of(each) for each in named(with_class(root, "missing")[0], "li"))
    assert said.startswith("view 2")
    assert "is damaged" in said


def test_another_image_is_refused(result: VisionAnswer, tmp_path: Path):
    other = save_picture(tmp_path, size=(4000, 3000), name="other.png")
    with Image.open(other) as image:
        image.transpose(Image.Transpose.ROTATE_180).save(other)
    with pytest.raises(ImageError, match="give the image that was asked about"):
        report_html(result, image=other)


def test_a_document_is_opened_within_the_limits_that_it_was_asked_about_with(tmp_path: Path):
    """At 300 dpi, the default, its page has too few pixels for the views that were made of it."""
    document = FPDF(unit="pt", format=(288, 216))
    document.add_page()
    document.rect(72, 72, 144, 72)
    path = tmp_path / "page.pdf"
    document.output(str(path))
    fine = ImageLimits(pdf_dpi=600, max_memory=480_000_000, decode_seconds=5)
    policy = scripted("<zoom>[600, 500, 700, 600]</zoom>", "<answer>A. red</answer>")
    result = ask(path, "What is it?", policy=policy, limits=fine, store=MemoryStore())
    assert result.image.width == 2400
    result.save_report(tmp_path / "fine.html", image=path, store=MemoryStore(), limits=fine)
    root = parsed((tmp_path / "fine.html").read_text())
    assert with_class(root, "missing") == []
    assert len(named(root, "img")) == 3
    coarse = parsed(report_html(result, image=path, store=MemoryStore()))
    assert len(named(with_class(coarse, "missing")[0], "li")) == 2


def test_a_name_may_be_given(result: VisionAnswer):
    root = parsed(report_html(result, store=MemoryStore(), name="a <b>.png"))
    assert "a <b>.png" in text_of(root)
