"""Which dialect a model is spoken to in, by its name."""

import logging

import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_openai import ChatOpenAI

from ergo_agent.dialects import ErgoDialect, choose_dialect, dialect_names
from ergo_agent.errors import SettingsError
from ergo_agent.policies.base import Policy
from ergo_agent.policies.ocr import ChatOcr
from tests.support.tool_calling import ToolModel


def openai(name: str):
    return ChatOpenAI(model=name, api_key="none", base_url="http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("model", "dialect"),
    [
        ("ergo", "ergo"),
        ("nota-ai/ERGO-7B", "ergo"),
        ("/models/ERGO-7B", "ergo"),
        ("ergo-agent/tiny", "ergo"),
        ("Qwen/Qwen2.5-VL-7B-Instruct", "ergo"),
        ("qwen2_5_vl", "ergo"),
        ("Qwen/Qwen2-VL-2B-Instruct", "qwen2_vl"),
        ("Qwen/Qwen3-VL-8B-Instruct", "qwen3_vl"),
        ("Qwen/Qwen3-VL-235B-A22B-Thinking-FP8", "qwen3_vl"),
        ("qwen3_vl", "qwen3_vl"),
        ("qwen3-vl-plus", "qwen3_vl"),
        ("Qwen/Qwen3.5-VL-9B", "qwen3_vl"),
        ("Qwen/Qwen3.5-9B", "qwen3_vl"),
        ("/srv/ergo/Qwen3-VL-4B-Instruct/", "qwen3_vl"),
        ("models--Qwen--Qwen3-VL-4B/snapshots/0123abcd", "qwen3_vl"),
        ("gpt-4.1-mini", "tool_calls"),
        ("claude-sonnet-4-5", "tool_calls"),
        ("gemini-2.5-flash", "tool_calls"),
        ("Qwen/Qwen3-8B", "tool_calls"),
        ("energon-vl", "tool_calls"),
        ("ergonomic", "tool_calls"),
        ("", "tool_calls"),
        (None, "ergo"),
    ],
)
def test_auto_goes_by_the_models_name(model: str | None, dialect: str):
    assert choose_dialect(model=model).name == dialect


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("ergo", "ergo"),
        ("Qwen/Qwen3-VL-8B-Instruct", "qwen3_vl"),
        ("gpt-4.1-mini", "tool_calls"),
    ],
)
def test_a_chat_model_is_known_by_its_name(name: str, dialect: str):
    assert choose_dialect(model=openai(name)).name == dialect


def test_other_models_get_tools_if_they_take_them():
    assert choose_dialect(model=ToolModel(replies=[])).name == "tool_calls"
    assert choose_dialect(model=FakeListChatModel(responses=["x"])).name == "ergo"
    assert choose_dialect(model=ChatOcr()).name == "reading"


def test_what_was_picked_is_said(caplog: pytest.LogCaptureFixture):
    model = openai("gpt-4.1-mini")
    with caplog.at_level(logging.INFO, logger="ergo_agent"):
        dialect = choose_dialect(model=model)
    assert "the dialect for gpt-4.1-mini is tool_calls" in caplog.text
    assert Policy(model, dialect).name == "gpt-4.1-mini/tool_calls"


@pytest.mark.parametrize("name", sorted(set(dialect_names()) - {"auto"}))
def test_every_dialect_can_be_named(name: str):
    dialect = choose_dialect(name, model="gpt-4.1-mini")
    assert dialect.name == name
    assert dialect.token_rule.min_tokens > 0


def test_a_dialect_is_taken_as_it_is():
    dialect = ErgoDialect()
    assert choose_dialect(dialect, model="gpt-4.1-mini") is dialect


@pytest.mark.parametrize("name", ["ergo-7b", "", "AUTO", 7, None])
def test_an_unknown_name_is_refused_with_those_there_are(name: str):
    with pytest.raises(
        SettingsError, match="is unknown; give one of auto, ergo, internvl, qwen3_vl, "
    ):
        choose_dialect(name, model=None)
