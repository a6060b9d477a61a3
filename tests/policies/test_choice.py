"""Policies are chosen the same way everywhere, and never guessed."""

from pathlib import Path

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from typer.testing import CliRunner

from ergo_agent import ErgoVisionTool, SettingsError, ask, create_vision_graph
from ergo_agent.cli import app
from ergo_agent.policies.choice import POLICY_NAMES, choose_policy
from ergo_agent.policies.ocr import ChatOcr
from tests.support.pictures import save_picture
from tests.support.scripted import scripted


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch):
    for name in ("ERGO_BASE_URL", "ERGO_MODEL", "ERGO_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("given", [None, "auto", "ocr"])
def test_without_a_server_the_embedded_reader_answers(given: str | None):
    assert isinstance(choose_policy(given).model, ChatOcr)
    assert choose_policy(given) is choose_policy("ocr")


def test_a_policy_is_itself():
    policy = scripted("x")
    assert choose_policy(policy) is policy


def test_a_chat_model_gets_the_dialect_of_its_name(tmp_path: Path):
    model = GenericFakeChatModel(messages=iter([AIMessage("<answer>ok</answer>")]))
    page = save_picture(tmp_path, size=(640, 480))
    result = ask(page, "q", policy=model)
    assert result.answer == "ok"
    assert result.policy.startswith("generic-fake-chat-model/")


@pytest.mark.parametrize("given", ["gpt", "", "SERVED", 7, object])
def test_unknown_policies_are_refused_with_the_names(given: object):
    with pytest.raises(SettingsError, match=r"give one of auto, served, vllm, transformers, ocr"):
        choose_policy(given)  # type: ignore[arg-type]


def test_every_face_refuses_the_same_way(tmp_path: Path):
    page = save_picture(tmp_path, size=(640, 480))
    for refuse in (
        lambda: ask(page, "q", policy="gpt"),
        lambda: create_vision_graph(policy="gpt"),
        lambda: ErgoVisionTool(policy="gpt"),
    ):
        with pytest.raises(SettingsError, match="policy='gpt' is unknown"):
            refuse()
    result = CliRunner().invoke(app, ["ask", str(page), "q", "--policy", "gpt"])
    assert result.exit_code == 2
    assert "policy='gpt' is unknown; give one of auto, served" in result.stderr


def test_names_are_listed_in_the_help():
    text = CliRunner().invoke(app, ["ask", "--help"]).output
    assert "--policy" in text
    assert all(name in text for name in POLICY_NAMES)
