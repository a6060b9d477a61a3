"""People are told who answered and why it ended in words, not by the names that code uses."""

from pathlib import Path
from typing import get_args

import pytest

from ergo_agent import ErgoVisionTool, VisionAnswer
from ergo_agent.apps.page.policies import PagePolicies
from ergo_agent.episode.stopping import StopReason, ended_in_words, reason_in_words
from ergo_agent.policies.choice import choose_policy
from ergo_agent.report import notebook_html, report_html
from ergo_agent.report.words import stage_in_words, who_in_words
from tests.support.episodes import short_episode
from tests.support.html import named, parsed, text_of
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

REASONS = get_args(StopReason)


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> VisionAnswer:
    picture = save_picture(tmp_path_factory.mktemp("pages"), size=(1600, 1200))
    return short_episode(picture).model_copy(update={"policy": choose_policy("ocr").name})


def test_who_answered_is_named_as_people_know_it():
    assert who_in_words(choose_policy("ocr").name) == "the embedded reader"
    assert who_in_words("nota-ai/ERGO-7B/ergo") == "nota-ai/ERGO-7B"
    assert who_in_words("gpt-5/tool_calls") == "gpt-5"
    assert who_in_words("mine") == "mine"


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_words(reason: str):
    words = reason_in_words(reason)
    assert words != reason.replace("_", " ")
    assert "policy" not in words
    assert ended_in_words(reason) in {"", f"; it ended because {words}"}


@pytest.mark.parametrize("reason", [each for each in REASONS if "_" in each])
def test_what_is_shown_of_an_answer_holds_no_names_of_the_code(answer: VisionAnswer, reason: str):
    ended = answer.model_copy(update={"stop_reason": reason})
    page = parsed(report_html(ended))
    report = text_of(named(page, "header")[0])
    for shown in (str(ended), notebook_html(ended), report):
        assert reason not in shown
        assert answer.policy not in shown
    for stage in answer.timings:
        assert stage_in_words(stage) in report


def test_reports_name_the_embedded_reader(answer: VisionAnswer):
    assert "Answered by the embedded reader" in text_of(parsed(report_html(answer)))
    assert "Answered by <bdi>the embedded reader</bdi>" in notebook_html(answer)


def test_the_page_calls_a_policy_of_its_own_by_its_model():
    (first, *_) = PagePolicies(scripted("<answer>A. red</answer>")).menu()
    assert first["title"] == "scripted"


def test_an_agents_model_is_told_why_it_ended_in_words(tmp_path: Path):
    page = save_picture(tmp_path, size=(2000, 1500), name="page.png")
    zoom, closer = "<zoom>[100, 100, 300, 200]</zoom>", "<zoom>[500, 500, 600, 600]</zoom>"
    policy = scripted(zoom, closer, "<answer>A. red</answer>")
    tool = ErgoVisionTool(policy=policy, allowed_roots=[page.parent], max_zooms=1)
    call = {"type": "tool_call", "id": "1", "name": tool.name}
    message = tool.invoke({**call, "args": {"image": "page.png", "question": "What colour?"}})
    reason = message.artifact["stop_reason"]
    assert reason not in {"answered", "not_found"}
    assert f"it ended because {reason_in_words(reason)}" in message.content
    assert reason not in message.content
