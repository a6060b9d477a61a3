"""The report of an episode, read by a real parser."""

from pathlib import Path
from typing import get_args
from xml.etree.ElementTree import Element

import pytest

from ergo_agent import VisionAnswer
from ergo_agent.episode.review import ZoomDecision, ZoomReview
from ergo_agent.episode.stopping import StopReason, reason_in_words
from ergo_agent.errors import SettingsError
from ergo_agent.report import report_html
from tests.support.episodes import short_episode
from tests.support.html import links_of, named, parsed, text_of, with_class
from tests.support.pictures import save_picture


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def result(page: Path):
    return short_episode(page)


@pytest.fixture(scope="module")
def report(result: VisionAnswer):
    return parsed(report_html(result))


def frames(box: Element) -> list[list[float]]:
    sides = ("x", "y", "width", "height")
    return [
        [float(each.get(side, "").removesuffix("%")) for side in sides]
        for each in with_class(box, "frame")
    ]


def test_it_needs_nothing_but_itself(report: Element):
    assert all(link.startswith(("data:image/", "#turn-")) for link in links_of(report))
    assert named(report, "link") == []
    (style,) = named(report, "style")
    assert "url(" not in text_of(style)
    assert "@import" not in text_of(style)
    (policy,) = (each for each in named(report, "meta") if each.get("http-equiv"))
    assert policy.get("content", "").startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy.get("content", "")


def test_it_says_what_was_asked_answered_and_why_it_ended(report: Element):
    head = named(report, "header")[0]
    assert text_of(named(head, "h1")[0]) == "What colour is the line?"
    assert text_of(with_class(head, "answer")[0]) == "A. red"
    assert "because the answer was found. Answered by" in text_of(with_class(head, "end")[0])


def test_every_box_is_drawn_and_numbered_where_it_is(report: Element, result: VisionAnswer):
    over_page = with_class(with_class(report, "page")[0], "boxes")[0]
    assert [text_of(each) for each in with_class(over_page, "label")] == ["2", "3", "E1"]
    regions = [view.region for view in result.views[1:]] + [result.evidence[0].region]
    for frame, region in zip(frames(over_page), regions, strict=True):
        left, top, right, bottom = region.as_tuple()
        expected = [left / 40, top / 30, (right - left) / 40, (bottom - top) / 30]
        assert frame == pytest.approx(expected, abs=0.001)


def test_a_box_leads_to_its_turn(report: Element):
    links = [each.get("href") for each in named(report, "a")]
    assert links == ["#turn-2", "#turn-2", "#turn-2"]
    assert [each.get("id") for each in with_class(report, "turn")] == ["turn-1", "turn-2"]


def test_each_turn_shows_its_views_reasoning_and_cost(report: Element, result: VisionAnswer):
    first, second = with_class(report, "turn")
    assert [each.get("id") for each in with_class(first, "view")] == ["view-1"]
    assert [each.get("id") for each in with_class(second, "view")] == ["view-2", "view-3"]
    assert text_of(with_class(first, "said")[0]) == "two places"
    costs = text_of(with_class(second, "numbers")[0])
    new = sum(view.tokens for view in result.views[1:])
    assert f"new vision tokens {new:,}" in costs
    assert "prompt tokens 100, 40 cached" in costs
    assert "<zoom>[100, 100, 300, 200], [600, 500, 700, 600]</zoom>" in text_of(first)


def test_what_a_person_decided_is_said_with_its_turn(result: VisionAnswer):
    decision = ZoomDecision(type="edit", boxes=[[10, 20, 300, 400], [500, 20, 900, 400]])
    review = ZoomReview(turn=1, decision=decision, proposed=[[0, 0, 900, 400]])
    root = parsed(report_html(result.model_copy(update={"reviews": [review]})))
    first, second = with_class(root, "turn")
    (said,) = with_class(first, "review")
    assert text_of(said) == ("A person decided: edit, pixels 10, 20, 300, 400; 500, 20, 900, 400")
    assert with_class(second, "review") == []


@pytest.mark.parametrize("reason", get_args(StopReason))
def test_every_end_has_its_words(result: VisionAnswer, reason: str):
    root = parsed(report_html(result.model_copy(update={"stop_reason": reason})))
    end = text_of(with_class(root, "end")[0])
    assert f"because {reason_in_words(reason)}. Answered by" in end


def test_what_the_policy_asked_for_is_drawn_on_the_view_it_saw(report: Element):
    view = next(each for each in with_class(report, "view") if each.get("id") == "view-1")
    (first, second) = frames(view)
    assert first[2] / first[3] == pytest.approx(200 / 100 * 840 / 1120, rel=0.05)
    assert second[0] == pytest.approx(6 * first[0], rel=0.001)
    assert "a : asked to see 100, 100, 300, 200 in pixels" in text_of(view)


def test_the_bars_are_to_scale(report: Element, result: VisionAnswer):
    rects = named(with_class(report, "bars")[0], "rect")
    widths = [float(each.get("width", "").removesuffix("%")) for each in rects]
    assert widths[-1] == 100
    assert sum(widths[:-1]) == pytest.approx(100 * result.ledger.share, abs=0.01)
    assert "one full-resolution pass would cost" in text_of(with_class(report, "cost")[0])


def test_every_image_has_words(report: Element):
    images = named(report, "img")
    assert len(images) == 4
    assert all(each.get("alt") for each in images)
    assert all(each.get("width") and each.get("height") for each in images)
    assert [each.get("loading") for each in images[1:]] == ["lazy"] * 3


def test_a_view_that_is_small_enough_is_shown_as_it_was_sent(page: Path):
    result = short_episode(page)
    root = parsed(report_html(result))
    assert all(each.get("src", "").startswith("data:image/png") for each in named(root, "img")[1:])


def test_the_file_is_written_and_its_name_is_that_of_the_image(page: Path, tmp_path: Path):
    result = short_episode(page)
    path = tmp_path / "report.html"
    result.save_report(path, image=page)
    root = parsed(path.read_text("utf-8"))
    name = text_of(with_class(root, "image-name")[0])
    assert name.split(" ", 1) == [page.name, ", 4,000 x 3,000 pixels"]
    assert str(page.parent) not in path.read_text("utf-8")


def test_a_file_that_cannot_be_written_is_a_settings_error(result: VisionAnswer, tmp_path: Path):
    with pytest.raises(SettingsError, match="cannot be written"):
        result.save_report(tmp_path / "absent" / "report.html")
