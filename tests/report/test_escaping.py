"""Whatever a model or a document says stays text."""

import json
from pathlib import Path

import pytest

from ergo_agent import VisionAnswer
from ergo_agent.report import notebook_html, report_html
from tests.support.episodes import HOSTILE, hostile_episode, short_episode
from tests.support.html import named, parsed, text_of, with_class
from tests.support.pictures import save_picture

VISIBLE = HOSTILE.replace("\0", "\\x00")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"), name="<script>alert(3)<.png")


@pytest.fixture(scope="module")
def result(page: Path):
    return hostile_episode(page)


def test_a_reply_that_is_markup_stays_text(result: VisionAnswer, page: Path):
    harmless = parsed(report_html(short_episode(page)))
    hostile = parsed(report_html(result, image=page))
    assert len(named(hostile, "script")) == len(named(harmless, "script")) == 1
    assert all(each.get("src", "").startswith("data:") for each in named(hostile, "img"))
    assert not any(name.startswith("on") for each in hostile.iter() for name in each.attrib)
    assert VISIBLE in text_of(with_class(hostile, "answer")[0])
    assert f"What is {VISIBLE}?" in text_of(named(hostile, "h1")[0])
    assert VISIBLE[:40] in text_of(named(hostile, "title")[0])
    assert page.name in text_of(with_class(hostile, "image-name")[0])
    first, second, third = with_class(hostile, "turn")
    assert VISIBLE in text_of(named(first, "pre")[1])
    assert VISIBLE in text_of(with_class(second, "said")[0])
    assert VISIBLE in text_of(with_class(third, "said")[0])


def test_a_result_whose_every_text_is_markup(result: VisionAnswer):
    filled = VisionAnswer.model_validate(_with_markup(json.loads(result.model_dump_json())))
    for text in (report_html(filled), _page(notebook_html(filled))):
        root = parsed(text)
        assert len(named(root, "script")) <= 1
        assert not any(name.startswith("on") for each in root.iter() for name in each.attrib)


def test_a_lone_surrogate_does_not_keep_it_from_being_written(page: Path, tmp_path: Path):
    answered = short_episode(page).model_copy(update={"answer": "half \ud83d of a pair"})
    answered.save_report(tmp_path / "report.html")
    assert "half \\ud83d of a pair" in (tmp_path / "report.html").read_text("utf-8")


@pytest.mark.parametrize("control", ["\u202e", "\u2066", "\x9b", "\u200b", "\u2028", "\U000e0041"])
def test_what_turns_letters_around_is_seen(page: Path, control: str):
    """A file that is named `gnp.terces` behind U+202E reads as `secret.png` otherwise."""
    given = json.loads(hostile_episode(page).model_dump_json())
    filled = VisionAnswer.model_validate(_with_markup(given, f"{control}gnp.terces"))
    for text in (report_html(filled, name=f"{control}gnp.terces"), notebook_html(filled)):
        assert control not in text
        assert f"{ascii(control)[1:-1]}gnp.terces" in text


def test_a_notebook_shows_markup_as_text(result: VisionAnswer):
    root = parsed(_page(notebook_html(result)))
    assert named(root, "script") == []
    assert VISIBLE in text_of(root)


def _page(fragment: str) -> str:
    return f"<!DOCTYPE html><html><head><title>n</title></head><body>{fragment}</body></html>"


_WORDS = {"question", "answer", "reasoning", "policy", "text", "reply", "error", "digest", "crop"}


def _with_markup(value: object, text: str = HOSTILE) -> object:
    """A result's JSON with every free text replaced."""
    if isinstance(value, list):
        return [_with_markup(each, text) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: text if key in _WORDS and isinstance(each, str | None) else _with_markup(each, text)
        for key, each in value.items()
    }
