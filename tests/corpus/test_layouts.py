"""Laid-out pages print what is written down, where it says, and nothing that training holds."""

import pytest
from PIL import Image, ImageDraw

from benchmarks.corpus.forms import TEMPLATES, write_form
from benchmarks.corpus.forms.written import written_forms
from benchmarks.corpus.layouts import LAYOUTS, development, held_out, laid_out, lay_out
from benchmarks.corpus.layouts.faces import HELVETICA, Face
from benchmarks.corpus.layouts.paper import Paper
from benchmarks.corpus.looks import looked, moved
from benchmarks.corpus.model import (
    Document,
    GeneratedSource,
    LaidOutSource,
    Look,
    Split,
    WrittenSource,
    load_documents,
    load_questions,
)
from benchmarks.corpus.overlap import Run, runs_of, runs_on
from benchmarks.corpus.question_files import asked_about, found_places, printed_in

LAID_OUT = {
    document.id: (split, document)
    for split in (Split.DEVELOPMENT, Split.HELD_OUT)
    for document in load_documents(split)
    if isinstance(document.source, LaidOutSource)
}
PAGES = pytest.mark.parametrize("name", sorted(LAID_OUT))


def fold(text: str) -> str:
    return "".join(text.casefold().split())


@PAGES
def test_the_questions_are_those_of_the_layout(name: str) -> None:
    split, document = LAID_OUT[name]
    written = [question for question in load_questions(split) if question.document == name]
    assert asked_about(document) == written, "run python -m benchmarks.corpus.question_files"


@PAGES
def test_the_place_of_an_answer_holds_its_gold(name: str) -> None:
    """By the text layer inside the place that the layout noted, which is hardly larger."""
    source = LAID_OUT[name][1].source
    assert isinstance(source, LaidOutSource)
    for asked in laid_out(source.layout, seed=source.seed).asked:
        if asked.gold:
            printed = fold(printed_in(LAID_OUT[name][1], asked.spots))
            assert fold(asked.gold[0]) in printed, asked
            assert len(printed) <= 1.5 * len(fold(asked.gold[0])) + 6, asked


@PAGES
def test_an_unanswerable_question_has_no_place(name: str) -> None:
    for question in asked_about(LAID_OUT[name][1]):
        assert bool(question.gold) == bool(question.regions)


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_a_layout_and_a_seed_give_one_page(layout: str) -> None:
    assert lay_out(layout, seed=7) == lay_out(layout, seed=7)
    assert lay_out(layout, seed=7).pdf != lay_out(layout, seed=8).pdf


def runs_made(split: Split) -> set[Run]:
    """Runs of words on the pages of a split that take no download."""
    made = GeneratedSource | WrittenSource | LaidOutSource
    pages = runs_on(one for one in load_documents(split) if isinstance(one.source, made))
    return set().union(*pages.values())


def test_no_page_repeats_the_words_of_another_split() -> None:
    """Pages of packages are told apart by package; `benchmarks.corpus.overlap` reads them, too."""
    made = {split: runs_made(split) for split in Split}
    assert all(len(runs) > 1000 for runs in made.values())
    assert made[Split.DEVELOPMENT] & made[Split.TRAINING] == set()
    assert made[Split.HELD_OUT] & made[Split.TRAINING] == set()
    assert made[Split.HELD_OUT] & made[Split.DEVELOPMENT] == set()


def test_a_repeated_sentence_would_be_seen() -> None:
    sentence = "The reserve fund stood at 7,100 pounds at the end of the year."
    assert runs_of(f"Notes. {sentence}") & runs_of(f"{sentence} It rained.")
    assert not runs_of("1 2 3 4 5 6 7 8 9 10")


def test_the_measured_splits_share_no_layout_with_training() -> None:
    assert not set(development.LAYOUTS) & set(held_out.LAYOUTS)
    assert not set(LAYOUTS) & set(TEMPLATES)
    assert not set(LAYOUTS) & set(written_forms())


@pytest.mark.parametrize(
    "look",
    [
        Look(),
        Look(turn=90),
        Look(turn=180),
        Look(turn=270),
        Look(skew=5),
        Look(skew=-9),
        Look(skew=3, turn=270, dpi=200, grain=10, jpeg=60),
    ],
)
def test_a_place_goes_where_the_picture_goes(look: Look) -> None:
    """A black box on a white page, found again after the look."""
    scale = look.dpi / 72
    page = Image.new("L", (round(400 * scale), round(300 * scale)), 255)
    box = (100.0, 60.0, 180.0, 84.0)
    ImageDraw.Draw(page).rectangle([edge * scale for edge in box], fill=0)
    picture = looked(page, look, name="x")
    black = picture.point(lambda value: 255 if value < 100 else 0).getbbox()
    assert black is not None
    expected = moved(box, look, size=(400, 300))
    assert all(abs(one - other) <= 5 for one, other in zip(black, expected, strict=True))


def test_a_part_over_a_line_end_has_two_places() -> None:
    paper = Paper(HELVETICA)
    run = paper.wrap("one two three four five six seven", 10, 10, 46, 12, across="three four")
    first, second = run.find("three four")
    assert first[1] < second[1]
    assert len(run.find("two")) == 1
    with pytest.raises(ValueError, match="'nine' is not in"):
        run.find("nine")


def test_text_is_found_on_a_page_with_its_place() -> None:
    source = GeneratedSource(kind="generated", template="receipt", seed=1)
    document = Document(id="receipt-1", source=source)
    (place,) = found_places(document, "TILL")
    assert 0 < place[0] < place[2] < 2481
    assert found_places(document, "no such words") == ()
    (other,) = found_places(Document(id="r", source=source, look=Look(dpi=150)), "TILL")
    assert all(abs(one - 2 * half) <= 2 for one, half in zip(place, other, strict=True))


def test_a_missing_face_says_what_to_install() -> None:
    with pytest.raises(RuntimeError, match=r"font-none is not installed.*extra `bench`"):
        Face("None", "font_none", "a.ttf", "b.ttf").file(bold=False)


def test_write_form_still_knows_the_old_templates() -> None:
    assert write_form("receipt", seed=1).startswith(b"%PDF")
