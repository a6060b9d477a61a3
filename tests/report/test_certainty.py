"""How far an answer is to be relied on, and that reports and notebooks say it."""

from pathlib import Path
from typing import Any

import pytest

from ergo_agent import VisionAnswer, ask
from ergo_agent.report import notebook_html, report_html
from ergo_agent.report.certainty import certainty_of
from tests.support.episodes import short_episode
from tests.support.html import named, parsed, text_of, with_class
from tests.support.pictures import save_picture
from tests.support.scripted import scripted


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_picture(tmp_path_factory.mktemp("pages"), size=(1600, 1200))


@pytest.fixture(scope="module")
def result(page: Path) -> VisionAnswer:
    return short_episode(page)


@pytest.mark.parametrize(
    ("changed", "standing", "why"),
    [
        ({}, "found", ""),
        ({"confidence": 0.93}, "found", "93% likely to be right"),
        ({"confidence": 0.55}, "unsure", "55% likely to be right"),
        ({"verified": True}, "found", "Confirmed from its crops alone"),
        ({"verified": False, "confidence": 0.9}, "unsure", "Not confirmed from its crops alone"),
        ({"stop_reason": "max_zooms"}, "unsure", "The zooms allowed were used up"),
        ({"stop_reason": "max_zooms", "confidence": 0.9}, "found", "90% likely to be right"),
        ({"stop_reason": "full_resolution"}, "found", ""),
        ({"answer": None, "stop_reason": "not_found"}, "not_found", ""),
        (
            {"answer": None, "stop_reason": "refused"},
            "no_answer",
            "The model, or a filter, refused to reply",
        ),
    ],
)
def test_an_answer_is_unsure_where_something_speaks_against_it(
    result: VisionAnswer, changed: dict[str, Any], standing: str, why: str
):
    answer = result.model_copy(update=changed)
    assert certainty_of(answer) == (standing, why)
    root = parsed(report_html(answer))
    (verdict,) = with_class(root, "verdict")
    assert standing in verdict.get("class", "").split()
    said = text_of(verdict)
    assert certainty_of(answer).title in said
    assert why in said
    assert certainty_of(answer).title in notebook_html(answer)


def test_a_report_says_how_much_of_the_page_was_seen(result: VisionAnswer):
    ends = [text_of(each) for each in with_class(parsed(report_html(result)), "end")]
    (covered,) = result.coverage
    assert f"Seen of page 1: {covered.seen:.0%}" in ends[1]
    assert "of it at full resolution." in ends[1]


def test_the_report_of_a_document_opens_on_the_page_that_answers(page: Path):
    policy = scripted(
        "<answer></answer><not_found/>",
        "<answer>A. red</answer><evidence>[40, 40, 90, 90]</evidence>",
    )
    answer = ask([page, page], "What colour?", policy=policy)
    assert answer.document is not None
    root = parsed(report_html(answer))
    (steps,) = (each for each in named(root, "nav") if each.get("id") == "steps")
    assert steps.get("data-opens-on") == "2"
    headings = [text_of(named(turn, "h3")[0]) for turn in with_class(root, "turn")]
    assert headings == ["Turn 1, page 1: says that it is not there", "Turn 2, page 2: answers"]
    assert [text_of(each) for each in named(root, "h2")][1] == "Where it looked: page 2"
    boxes = with_class(with_class(root, "page")[0], "boxes")[0]
    assert [text_of(each) for each in with_class(boxes, "label")] == ["E1"]
    captions = [text_of(named(each, "figcaption")[0]) for each in with_class(root, "view")]
    assert [caption.partition(",")[0] for caption in captions] == [
        "View 1 : all of page 1",
        "View 2 : all of page 2",
    ]


def test_evidence_of_another_page_is_not_drawn_on_this_one(result: VisionAnswer):
    elsewhere = result.evidence[0].model_copy(update={"page": 2})
    both = result.model_copy(update={"evidence": [*result.evidence, elsewhere]})
    boxes = with_class(with_class(parsed(report_html(both)), "page")[0], "boxes")[0]
    assert [text_of(each) for each in with_class(boxes, "label")] == ["2", "3", "E1"]
