"""Model runs carry who answered (`ls_provider`, `ls_model_name`) and what it cost."""

from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from ergo_agent import ask
from ergo_agent.dialects import ErgoDialect
from ergo_agent.policies.base import Policy
from ergo_agent.policies.local import LocalChatModel
from ergo_agent.policies.local.generation import Completion, Engine
from ergo_agent.policies.local.transformers import ChatTransformers
from ergo_agent.policies.local.vllm import ChatVllm
from ergo_agent.policies.ocr import ChatOcr
from ergo_agent.policies.served import ChatServed, create_served_policy
from tests.support.langsmith_endpoint import Endpoint, receiving, traced_to
from tests.support.misbehaving import serving
from tests.support.scripted import scripted

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"


class FixedEngine:
    """Writes the same reply each time, as an engine would."""

    def submit(self, *_: Any, **__: Any) -> "Future[Completion]":
        future: Future[Completion] = Future()
        future.set_result(
            Completion(
                text=ANSWER,
                finish_reason="stop",
                input_tokens=900,
                image_tokens=800,
                output_tokens=20,
                cached_tokens=500,
            )
        )
        return future

    def close(self) -> None:
        return


class ChatFixed(LocalChatModel):
    provider = "fixed"

    @property
    def _llm_type(self) -> str:
        return "fixed"

    def _make_engine(self) -> Engine:
        return FixedEngine()  # type: ignore[return-value]


def metadata(endpoint: Endpoint) -> list[dict[str, Any]]:
    """Of all model runs, in order."""
    return [run["extra"]["metadata"] for run in endpoint.of_kind("llm")]


def test_a_served_model_reports_vision_and_cached_tokens(page: Path):
    with serving(ZOOM, ANSWER) as server, receiving() as endpoint, traced_to(endpoint.url):
        result = ask(page, "What colour?", policy=create_served_policy(base_url=server.url))
    runs = metadata(endpoint)
    assert {(run["ls_provider"], run["ls_model_name"]) for run in runs} == {
        ("openai-compatible", "ergo")
    }
    coarse, crop = result.views
    for run, turn, shown in zip(
        runs, result.turns, (coarse.tokens, coarse.tokens + crop.tokens), strict=True
    ):
        usage = run["usage_metadata"]
        assert usage["input_tokens"] == turn.input_tokens
        assert usage["output_tokens"] == turn.output_tokens
        assert usage["input_token_details"] == {"cache_read": 32, "image": shown}
        assert run["ergo_vision_tokens"] == shown
    assert [(run["ergo_stage"], run["ergo_views"]) for run in runs] == [
        ("observe", 1),
        ("zoomed", 2),
    ]


@pytest.mark.parametrize(
    ("base_url", "provider"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://eu.api.openai.com/v1", "openai"),
        ("http://127.0.0.1:8000/v1", "openai-compatible"),
        ("https://openai.com.example/v1", "openai-compatible"),
    ],
)
def test_a_server_of_ones_own_is_not_priced_as_openai(base_url: str, provider: str):
    model = create_served_policy(base_url=base_url, model="gpt-4o").model
    assert isinstance(model, ChatServed)
    params = model._get_ls_params()
    assert (params["ls_provider"], params["ls_model_name"]) == (provider, "gpt-4o")
    assert params["ls_max_tokens"] == 1024


def test_a_local_model_reports_vision_and_cached_tokens(page: Path):
    model = ChatFixed(model="some/ERGO-7B")
    with receiving() as endpoint, traced_to(endpoint.url):
        ask(page, "q", policy=Policy(model, ErgoDialect()), allow_resized=True)
    (run,) = metadata(endpoint)
    assert (run["ls_provider"], run["ls_model_name"]) == ("fixed", "some/ERGO-7B")
    assert run["usage_metadata"]["input_tokens"] == 900
    assert run["usage_metadata"]["input_token_details"] == {"image": 800, "cache_read": 500}


def test_every_way_to_run_a_model_has_a_provider():
    assert (ChatTransformers.provider, ChatVllm.provider) == ("huggingface", "vllm")
    params = ChatOcr()._get_ls_params()
    assert (params["ls_provider"], params["ls_model_name"]) == ("ergo-agent", "rapidocr")


def test_a_model_that_counts_no_tokens_shows_what_its_views_cost(page: Path):
    with receiving() as endpoint, traced_to(endpoint.url):
        result = ask(page, "Who signed?", policy="ocr")
    runs = metadata(endpoint)
    assert "usage_metadata" not in runs[-1]
    assert runs[-1]["ergo_vision_tokens"] == result.ledger.spent > 0


def test_any_chat_models_usage_is_passed_on(page: Path):
    with receiving() as endpoint, traced_to(endpoint.url):
        ask(page, "What colour?", policy=scripted(ANSWER))
    (run,) = metadata(endpoint)
    assert run["usage_metadata"]["input_tokens"] == 100
    assert run["usage_metadata"]["input_token_details"] == {"cache_read": 40}
