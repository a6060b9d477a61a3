"""Needles stand where they are said to, and what is said of them follows from the runs."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.depth.pages import KINDS, needle_page
from benchmarks.depth.plot import draw
from benchmarks.depth.runs import Run
from benchmarks.depth.table import growth_in_words, rows_of, table
from ergo_agent import ask


@pytest.mark.parametrize("kind", KINDS)
def test_a_needle_is_as_high_as_it_says_and_nothing_touches_it(kind: str):
    page = needle_page(kind, 0.5, needles=3, seed=7)
    pixels = np.asarray(page.image)
    assert len({needle.question for needle in page.needles}) == 3
    for needle in page.needles:
        left, top, right, bottom = needle.place.as_tuple()
        ink = pixels[top - 4 : bottom + 4, left - 4 : right + 4] < 100
        rows = np.nonzero(ink.any(axis=1))[0]
        assert 8 <= needle.height <= 10
        assert abs(rows.max() - rows.min() + 1 - needle.height) <= 1
        assert not ink[:3].any()
        assert not ink[-3:].any()


def test_the_same_seed_draws_the_same_page():
    first, second = (needle_page("plan", 0.5, needles=2, seed=3) for _ in range(2))
    assert first.needles == second.needles
    assert first.image.tobytes() == second.image.tobytes()


def test_a_needle_that_the_first_look_cuts_off_is_read_whole(tmp_path: Path):
    page = needle_page("plan", 4.0, needles=3, seed=1000)
    page.image.save(tmp_path / "plan.png")
    needle = page.needles[1]
    assert ask(tmp_path / "plan.png", needle.question, policy="ocr").answer == needle.answer


def runs() -> list[Run]:
    """Two sizes; of the larger one needle in four is lost, one is not read in full either."""
    made = []
    for megapixels, tokens in ((4.0, 1400), (64.0, 1800)):
        for at in range(5):
            run = Run(
                page=f"{megapixels} {at % 2}",
                kind="plan",
                megapixels=megapixels,
                height=8,
                in_full=at < 4,
                found=not (megapixels > 4 and at == 0),
                tokens=tokens,
                full_tokens=round(megapixels * 1e6 / 784),
                views=3,
                seconds=1.0,
                full_seconds=10.0,
                answer="x",
            )
            made.append(run)
    return made


def test_what_is_found_is_counted_among_what_full_resolution_finds():
    small, large = rows_of(runs())
    assert (small.in_full, small.share.value, small.lost, small.beyond) == (4, 1.0, 0, 1)
    assert (large.in_full, large.share.value, large.lost, large.beyond) == (4, 0.75, 1, 1)
    assert large.share.low < 0.75 < large.share.high
    assert "| 64 MP | 5 | 4 | 75% (" in table(runs())
    assert "Twice the pixels cost 100 (100 to 100) vision tokens more" in growth_in_words(runs())


def test_the_plot_is_a_picture_of_every_size():
    picture = draw(rows_of(runs()))
    assert picture.startswith("<svg")
    assert picture.count("<polyline") == 3
    assert all(f">{size}<" in picture for size in ("4", "64"))
