"""A report stays small, whatever the episode."""

from pathlib import Path

import pytest

from ergo_agent import VisionAnswer
from ergo_agent.images import open_original
from ergo_agent.report import notebook_html, report_html
from ergo_agent.report.pictures import picture_of, picture_of_view
from ergo_agent.views.geometry import Size
from tests.support.episodes import crowded_episode, save_noise, short_episode
from tests.support.html import named, parsed, text_of, with_class
from tests.support.pictures import save_picture

FIVE_MB = 5_000_000


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory):
    """Fifty views of 100 megapixels of noise, which is the worst there is."""
    return crowded_episode(save_noise(tmp_path_factory.mktemp("noise"), side=10_000))


@pytest.fixture(scope="module")
def report(crowded: VisionAnswer):
    return report_html(crowded)


def test_fifty_views_of_100_megapixels_take_less_than_5_mb(crowded: VisionAnswer, report: str):
    assert len(crowded.views) == 50
    assert crowded.image.width * crowded.image.height == 100_000_000
    assert len(report.encode()) < FIVE_MB
    root = parsed(report)
    assert len(named(root, "img")) == 51
    assert len(with_class(root, "view")) == 50
    assert all(each.get("loading") == "lazy" for each in named(root, "img")[1:])


def test_a_long_reply_is_cut_and_says_so(report: str):
    last = with_class(parsed(report), "turn")[-1]
    assert "more characters)" in text_of(last)


def test_a_notebook_stays_small(crowded: VisionAnswer):
    assert len(notebook_html(crowded)) < 100_000


def test_text_full_of_quotes_cannot_make_it_large(tmp_path: Path):
    result = short_episode(save_picture(tmp_path))
    long = '"' * 300_000
    said = {"question": long, "reply": long, "views": (), "error": long}
    turns = [turn.model_copy(update=said) for turn in result.turns] * 50
    many = result.model_copy(update={"turns": turns, "reasoning": long, "answer": long})
    assert len(report_html(many).encode()) < FIVE_MB


@pytest.mark.parametrize("most", [400_000, 40_000, 5_000])
def test_a_picture_keeps_to_its_bytes(tmp_path: Path, most: int):
    path = save_noise(tmp_path, side=2000)
    picture = picture_of(open_original(path), max_bytes=most)
    assert len(picture.url) < most * 4 / 3 + 100
    assert not picture.exact
    assert picture.size.width == picture.size.height


def test_a_view_that_fits_is_not_touched(tmp_path: Path):
    data = save_picture(tmp_path, size=(300, 200)).read_bytes()
    picture = picture_of_view(data, max_bytes=len(data))
    assert picture.exact
    assert picture.size == Size(300, 200)
    assert picture_of_view(data, max_bytes=len(data) - 1).url.startswith("data:image/webp")
