"""The survey: whose text comes from where, what is not believed, what is kept."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from ergo_agent.documents.document import hold_document
from ergo_agent.documents.quick_look import embedded_eye
from ergo_agent.documents.survey import Survey, Surveyor
from ergo_agent.images import GUARDED_LIMITS, DirectoryStore, ImageLimits, ImageStore, MemoryStore
from ergo_agent.images.maker import ViewMaker
from ergo_agent.layout.text import Box, TextLine
from tests.support.paged import (
    digital,
    garbled,
    hidden,
    manual,
    rotated,
    scanned,
    shifted,
    with_bad_page,
)

FACT = "The guarantee lasts thirty months from the day of purchase."
PAGES = manual({2: FACT}, pages=3)


class CountingEye:
    """The embedded reader, which says how often it was asked; it reads nothing when told so."""

    def __init__(self, *, blind: bool = False) -> None:
        self.quick = self.lines = 0
        self._blind = blind

    def read(self, image: Image.Image, *, quick: bool = False) -> Sequence[TextLine]:
        self.quick += quick
        return () if self._blind else embedded_eye().read(image, quick=quick)

    def recognise(self, image: Image.Image, box: Box) -> str:
        self.lines += 1
        return "" if self._blind else embedded_eye().recognise(image, box)


async def surveyed(
    data: bytes,
    *,
    eye: CountingEye | None = None,
    store: ImageStore | None = None,
    looks: int = 100,
    limits: ImageLimits = GUARDED_LIMITS,
    pages: str | None = None,
) -> Survey:
    maker = ViewMaker(store=store or MemoryStore(), limits=limits)
    with await hold_document(data, maker=maker, pages=pages) as document:
        return await Surveyor(maker, eye=eye).survey(document, max_quick_looks=looks)


async def test_a_text_layer_that_is_right_is_used():
    eye = CountingEye()
    survey = await surveyed(bytes(digital(PAGES).output()), eye=eye)
    assert survey.by("text_layer") == "1-3"
    assert survey.pages[2].text.splitlines() == PAGES[1]
    assert survey.notes() == ()
    assert (eye.quick, eye.lines) == (0, 3 * 4)


async def test_lines_that_stand_upright_are_compared_too():
    eye = CountingEye()
    survey = await surveyed(rotated(PAGES, degrees=90), eye=eye)
    assert survey.by("text_layer") == "1-3"
    assert eye.lines == 3 * 4 * 2


async def test_a_scan_is_looked_at_quickly():
    survey = await surveyed(scanned(PAGES[1:2]))
    assert survey.by("quick_look") == "1"
    assert "guarantee lasts thirty months" in survey.pages[1].text
    place = next(line for line in survey.pages[1].lines if "guarantee" in line.text)
    assert place.left == pytest.approx(60 / 595 * survey.pages[1].size.width, rel=0.1)


@pytest.mark.parametrize("lying", [garbled, shifted])
async def test_a_layer_that_says_something_else_is_not_used_and_said_to_be(
    lying: Callable[[Sequence[Sequence[str]]], bytes],
):
    survey = await surveyed(lying(PAGES[1:2]))
    assert survey.by("quick_look") == "1"
    assert "guarantee lasts thirty months" in survey.pages[1].text
    (note,) = survey.notes()
    assert note.startswith("page 1: ")


async def test_text_that_nobody_sees_is_left_out_and_said_to_be():
    survey = await surveyed(hidden(PAGES, secret="The guarantee lasts ninety years"))
    assert survey.by("text_layer") == "1-3"
    assert "ninety" not in "".join(page.text for page in survey.pages.values())
    assert survey.notes() == ("page 1-3: text that nobody sees was left out",)


async def test_a_stamp_on_a_scan_is_no_text_of_it():
    document = digital([["Scanned on 3 May 2024"]])
    picture = Image.effect_noise((600, 800), 20)
    document.image(picture, 0, 100, 595, 742)
    eye = CountingEye(blind=True)
    survey = await surveyed(bytes(document.output()), eye=eye)
    assert survey.by("none") == "1"
    assert eye.quick == 1


async def test_one_wrong_layer_has_every_page_compared():
    """Five pages, of which three are compared at first."""
    eye = CountingEye(blind=True)  # to which every layer is wrong
    survey = await surveyed(bytes(digital(PAGES + PAGES[:2]).output()), eye=eye)
    assert eye.lines == 5 * 4
    assert survey.by("text_layer") == ""


async def test_a_broken_page_in_the_middle_spoils_no_other():
    data = with_bad_page(PAGES, bad=2, content=b"BT /F1 12 Tf (never closed")
    survey = await surveyed(data, eye=CountingEye())
    assert survey.by("text_layer") == "1, 3"
    assert survey.by("none") == "2"


async def test_a_bomb_in_the_middle_is_bounded_and_said():
    bomb = b"BT /F1 12 Tf " + b"1 0 0 1 60 100 Tm (AAAAAAAAAAAAAAAA) Tj " * 400_000 + b"ET"
    limits = GUARDED_LIMITS.model_copy(update={"decode_seconds": 0.4})
    data = with_bad_page(PAGES, bad=2, content=bomb)
    survey = await surveyed(data, limits=limits, eye=CountingEye())
    assert survey.by("text_layer") == "1, 3"
    assert survey.by("none") == "2"
    assert any(note.startswith("page 2: ") and "more than 0.4 s" in note for note in survey.notes())


@pytest.mark.parametrize("kind", ["memory", "folder"])
async def test_the_second_survey_costs_nothing(kind: str, tmp_path: Path):
    data = scanned(PAGES[:2])
    memory = MemoryStore()
    first, again = CountingEye(), CountingEye()
    for eye in (first, again):
        store = memory if kind == "memory" else DirectoryStore(tmp_path)
        survey = await surveyed(data, eye=eye, store=store)
        assert survey.by("quick_look") == "1-2"
    assert (first.quick, again.quick) == (2, 0)


async def test_what_was_read_before_a_survey_was_ended_is_not_read_again(tmp_path: Path):
    class Killed(BaseException):
        pass

    class Dying(CountingEye):
        def read(self, image: Image.Image, *, quick: bool = False) -> Sequence[TextLine]:
            if self.quick == 2:
                raise Killed
            return super().read(image, quick=quick)

    data = scanned(PAGES)
    with pytest.raises(Killed):
        await surveyed(data, eye=Dying(), store=DirectoryStore(tmp_path))
    eye = CountingEye()
    survey = await surveyed(data, eye=eye, store=DirectoryStore(tmp_path))
    assert survey.by("quick_look") == "1-3"
    assert eye.quick == 1


async def test_a_damaged_note_is_made_again(tmp_path: Path):
    data = bytes(digital(PAGES[:1]).output())
    await surveyed(data, store=DirectoryStore(tmp_path))
    (kept,) = [path for path in (tmp_path / "notes").rglob("*") if path.is_file()]
    kept.write_bytes(kept.read_bytes()[:-3])
    survey = await surveyed(data, store=DirectoryStore(tmp_path))
    assert survey.by("text_layer") == "1"


async def test_no_more_pages_are_read_from_pixels_than_allowed_and_it_is_said():
    data, store = scanned(PAGES), MemoryStore()
    survey = await surveyed(data, looks=2, store=store)
    assert (survey.by("quick_look"), survey.by("none")) == ("1-2", "3")
    assert survey.notes() == (
        "page 3: not read: it has no text layer, and max_quick_looks pages were read already",
    )
    later = await surveyed(data, looks=2, store=store)
    assert later.by("quick_look") == "1-3"


async def test_only_the_pages_asked_about_are_surveyed():
    survey = await surveyed(bytes(digital(PAGES).output()), pages="2-3", eye=CountingEye())
    assert list(survey.pages) == [2, 3]


async def test_of_a_long_document_few_pages_are_compared():
    document = digital([[f"Section {n} says so."] for n in range(1, 401)])
    eye = CountingEye()
    survey = await surveyed(bytes(document.output()), eye=eye)
    assert survey.by("text_layer") == "1-400"
    assert eye.lines < 20
