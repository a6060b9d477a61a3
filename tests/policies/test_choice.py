"""Policies are chosen the same way everywhere, and never guessed."""

import subprocess
import sys
from pathlib import Path

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from typer.testing import CliRunner

from ergo_agent import ErgoVisionTool, SettingsError, ask, create_vision_graph
from ergo_agent._common.installation import install_command
from ergo_agent.apps.cli import app
from ergo_agent.policies.base import Policy
from ergo_agent.policies.choice import choose_policy, named_policy, resolved_name, why_not_here
from ergo_agent.policies.ocr import ChatOcr
from ergo_agent.policies.registry import policy_names, register_policy
from tests.support.pictures import save_picture
from tests.support.registered import forget_policies
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
    assert all(name in text for name in policy_names())


def test_auto_stands_for_the_server_that_is_set_or_the_reader(monkeypatch: pytest.MonkeyPatch):
    assert resolved_name("auto") == "ocr"
    monkeypatch.setenv("ERGO_BASE_URL", "http://127.0.0.1:9/v1")
    assert resolved_name("auto") == "served"
    assert resolved_name("ocr") == "ocr"


def test_the_reader_can_always_be_asked():
    assert why_not_here("ocr") is None
    assert why_not_here("auto") is None


def test_settings_that_are_given_come_before_the_environments(monkeypatch: pytest.MonkeyPatch):
    forget_policies(monkeypatch)
    made: list[dict[str, str | None]] = []

    @register_policy("test_given", settings={"model": "ERGO_MODEL", "dialect": "ERGO_DIALECT"})
    def make(**given: str | None) -> Policy:
        made.append(given)
        return scripted("x")

    monkeypatch.setenv("ERGO_MODEL", "of-the-environment")
    named_policy("test_given", dialect="ergo", base_url=None)
    named_policy("test_given", model="mine")
    assert made == [
        {"model": "of-the-environment", "dialect": "ergo"},
        {"model": "mine", "dialect": "auto"},
    ]
    assert named_policy("test_given", model="mine") is named_policy("test_given", model="mine")


def test_a_setting_that_a_policy_has_not_is_refused():
    with pytest.raises(SettingsError, match="the policy ocr has no setting model, which is 'x' he"):
        named_policy("ocr", model="x")


def test_a_server_must_be_set(monkeypatch: pytest.MonkeyPatch):
    assert "set ERGO_BASE_URL" in str(why_not_here("served"))
    monkeypatch.setenv("ERGO_BASE_URL", "http://127.0.0.1:9/v1")  # it is not asked
    assert why_not_here("served") is None


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("served", "openai"),
        ("served", "langchain_openai"),
        ("vllm", "vllm"),
        ("transformers", "torch"),
        ("transformers", "transformers"),
    ],
)
def test_what_is_not_installed_is_named(name: str, module: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ERGO_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setitem(sys.modules, module, None)
    assert str(why_not_here(name)).endswith(install_command(name))


def test_a_name_that_nothing_has_is_no_reason_but_an_answer():
    assert "policy='gpt' is unknown" in str(why_not_here("gpt"))


def test_to_know_it_loads_nothing():
    code = (
        "import os, sys; from ergo_agent.policies.choice import why_not_here; "
        "from ergo_agent.policies.registry import policy_names; "
        "os.environ['ERGO_BASE_URL'] = 'http://127.0.0.1:9'; "
        "[why_not_here(name) for name in policy_names()]; "
        "heavy = ('openai', 'torch', 'transformers', 'vllm', 'rapidocr', 'onnxruntime'); "
        "sys.exit(sum(name in sys.modules for name in heavy))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
