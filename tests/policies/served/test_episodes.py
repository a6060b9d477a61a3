"""Episodes through the served policy, against a real server on the loopback."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ergo_agent import SettingsError, aask, ask
from ergo_agent.errors import UnknownModelError, ViewCostError
from ergo_agent.images import MemoryStore, decode_data_url, digest_of
from ergo_agent.images.maker import ViewMaker
from ergo_agent.policies.base import Policy
from ergo_agent.policies.choice import choose_policy
from ergo_agent.policies.served import create_served_policy
from tests.support.misbehaving import Misbehaving, serving
from tests.support.pictures import save_picture

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
AGAIN = '<think>there</think><zoom view="1">[500, 400, 700, 600]</zoom>'
ANSWER = "<think>read</think><answer>A. red</answer>"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory):
    return save_picture(tmp_path_factory.mktemp("pages"), size=(3000, 2000))


def policy_for(running: Misbehaving, **options: Any) -> Policy:
    return create_served_policy(base_url=running.url, **options)


async def ask_many(page: Path, policy: Policy):
    return await asyncio.gather(*(aask(page, f"question {n}", policy=policy) for n in range(8)))


def test_an_episode_names_its_policy_and_its_tokens(page: Path):
    with serving(ZOOM, ANSWER) as server:
        result = ask(page, "What is it?", policy=policy_for(server))
    assert result.answer == "A. red"
    assert result.policy == "ergo/ergo"
    coarse, crop = result.views
    first, second = result.turns
    assert (first.image_tokens, second.image_tokens) == (coarse.tokens, coarse.tokens + crop.tokens)
    assert first.cached_tokens == second.cached_tokens == 32
    assert [entry.reported for entry in result.ledger.entries] == [coarse.tokens, crop.tokens]
    assert result.ledger.spent == coarse.tokens + crop.tokens
    sent = sum(turn.input_tokens for turn in result.turns)
    assert result.ledger.text_tokens == sent - 2 * coarse.tokens - crop.tokens


def test_the_environment_names_the_server(page: Path, monkeypatch: pytest.MonkeyPatch):
    with serving(ANSWER, models=["ergo-a", "ergo-b"], key="secret") as server:
        monkeypatch.setenv("ERGO_BASE_URL", server.url.removesuffix("/v1"))
        monkeypatch.setenv("ERGO_MODEL", "ergo-b")
        monkeypatch.setenv("ERGO_API_KEY", "secret")
        for chosen in (None, "auto", "served"):
            assert ask(page, "q", policy=chosen).policy == "ergo-b/ergo"
        assert choose_policy() is choose_policy("served")
    assert {request.body["model"] for request in server.requests} == {"ergo-b"}
    assert server.probes == 1


def test_without_an_address_it_is_said(page: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ERGO_BASE_URL", raising=False)
    with pytest.raises(SettingsError, match="set ERGO_BASE_URL or give base_url="):
        ask(page, "q", policy="served")
    with pytest.raises(SettingsError, match="is no address of a server"):
        create_served_policy(base_url="localhost:8000")


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("http://h:1", "http://h:1/v1"),
        ("http://h:1/", "http://h:1/v1"),
        ("https://h/v1/", "https://h/v1"),
        (" http://h/openai/v1 ", "http://h/openai/v1"),
    ],
)
def test_addresses(given: str, used: str):
    model: Any = create_served_policy(base_url=given).model
    assert model.openai_api_base == used


def test_the_only_model_is_found_and_asked_for_once(page: Path):
    with serving(ANSWER, models=["nota-ai/ERGO-7B"]) as server:
        results = asyncio.run(ask_many(page, policy_for(server)))
    assert {result.policy for result in results} == {"nota-ai/ERGO-7B/ergo"}
    assert server.probes == 1


@pytest.mark.parametrize(("models", "listed"), [(["a", "b"], "serves a, b"), ([], "serves none")])
def test_an_ambiguous_model_is_refused_with_what_is_served(
    page: Path, models: list[str], listed: str
):
    refused = pytest.raises(UnknownModelError, match=rf"{listed}.* name one as model=")
    with serving(ANSWER, models=models) as server, refused:
        ask(page, "q", policy=policy_for(server))
    assert server.requests == []


def test_a_later_turn_does_not_send_the_coarse_view_again(page: Path):
    with serving(ZOOM, AGAIN, ANSWER) as server:
        result = ask(page, "q", policy=policy_for(server))
    assert len(result.views) == 3
    turns = [[block["image_url"] is not None for block in r.images()] for r in server.requests]
    assert turns == [[True], [False, True], [False, False, True]]
    names = [[block["uuid"] for block in r.images()] for r in server.requests]
    assert names[2][:2] == names[1]
    assert names[1][:1] == names[0]
    assert len(set(names[2])) == 3


def test_equal_images_have_equal_names_and_others_others(page: Path, other: Path):
    with serving(ANSWER) as server:
        policy = policy_for(server)
        for image in (page, other, page):
            ask(image, "q", policy=policy)
    names = [r.images()[0]["uuid"] for r in server.requests]
    assert names[0] == names[2] != names[1]


def test_a_forgotten_image_is_sent_once_more_unnoticed(page: Path):
    with serving(ANSWER) as server:
        policy = policy_for(server)
        assert ask(page, "q", policy=policy).answer == "A. red"
        server.known.clear()
        server.requests.clear()
        result = ask(page, "q", policy=policy)
    assert result.answer == "A. red"
    sent = [[block["image_url"] is not None for block in r.images()] for r in server.requests]
    assert sent == [[False], [True]]
    assert result.turns[0].repairs == ()


def test_a_server_that_keeps_nothing_is_soon_sent_everything(page: Path):
    with serving(ANSWER) as server:
        policy = policy_for(server)
        for _ in range(8):
            server.known.clear()
            assert ask(page, "q", policy=policy).answer == "A. red"
    assert len(server.requests) == 8 + 3  # three refusals, then it is given up


def test_plain_openai_gets_no_field_of_vllm(page: Path):
    with serving(ZOOM, ANSWER, vllm=False, counts_images=False) as server:
        result = ask(page, "q", policy=policy_for(server))
    assert result.answer == "A. red"
    assert [turn.image_tokens for turn in result.turns] == [None, None]
    assert result.ledger.text_tokens is None
    known = {"messages", "model", "stream", "temperature", "max_completion_tokens"}
    for request in server.requests:
        assert set(request.body) <= known
        assert request.body["temperature"] == 0
        assert all(set(block) == {"type", "image_url"} for block in request.images())
        assert all(block["image_url"] for block in request.images())


def test_a_kind_that_is_given_is_not_asked_for(page: Path):
    with serving(ANSWER, vllm=False) as server:
        ask(page, "q", policy=policy_for(server, server="openai", model="ergo"))
        assert server.probes == 0
        ask(page, "q", policy=policy_for(server, server="vllm", model="ergo"))
        assert server.probes == 0
    plain, named = server.requests
    assert "uuid" not in plain.images()[0]
    assert "uuid" in named.images()[0]
    assert named.body["stop"] == ["<|im_end|>"]
    assert named.body["seed"] == 0


@pytest.mark.parametrize("factor", [32, 14])
def test_a_server_that_resizes_is_refused(page: Path, factor: int):
    with serving(ZOOM, ANSWER, pixels_per_token=factor * factor) as server:
        with pytest.raises(ViewCostError, match=r"view 1 \(.*should cost \d+ .*it resizes"):
            ask(page, "q", policy=policy_for(server))
        assert len(server.requests) == 1
        result = ask(page, "q", policy=policy_for(server), allow_resized=True)
    coarse = result.views[0]
    expected = coarse.shown.width * coarse.shown.height // factor**2
    assert result.ledger.entries[0].reported == expected
    assert result.ledger.entries[0].predicted == coarse.tokens
    assert result.ledger.spent == sum(
        max(e.predicted, e.reported or 0) for e in result.ledger.entries
    )


@pytest.mark.parametrize("factor", [40, 24])
def test_a_relative_frame_minds_only_what_costs_more(page: Path, factor: int):
    with serving(ANSWER, pixels_per_token=factor * factor) as server:
        policy = policy_for(server, dialect="qwen3_vl")
        if factor == 24:
            with pytest.raises(ViewCostError, match="the budget does not hold"):
                ask(page, "q", policy=policy)
        else:
            result = ask(page, "q", policy=policy)
            assert result.ledger.entries[0].reported < result.views[0].tokens
            assert result.ledger.spent == result.views[0].tokens


def test_one_policy_in_one_event_loop_after_another(page: Path):
    with serving(ANSWER) as server:
        policy = policy_for(server)
        for _ in range(3):
            assert asyncio.run(aask(page, "q", policy=policy)).answer == "A. red"
        assert ask(page, "q", policy=policy).answer == "A. red"


@pytest.mark.parametrize(("vllm", "form"), [(True, "webp"), (False, "png")])
@pytest.mark.parametrize("named", [{}, {"model": "ergo"}, {"model": "ergo", "server": "given"}])
def test_views_are_webp_for_vllm_and_png_for_whom_nobody_knows(
    page: Path, named: dict[str, str], *, vllm: bool, form: str
):
    if "server" in named:
        named = {**named, "server": "vllm" if vllm else "openai"}
    with serving(ZOOM, ANSWER, vllm=vllm) as server:
        result = ask(page, "q", policy=policy_for(server, **named))
    sent = [block["image_url"] for request in server.requests for block in request.images()]
    assert {each["url"].split(";")[0] for each in sent if each} == {f"data:image/{form}"}
    assert [view.form for view in result.views] == [form, form]


async def test_a_forgotten_view_is_made_again_as_it_was(page: Path):
    with serving(ZOOM, ANSWER) as server:
        result = await aask(page, "q", policy=policy_for(server))
    maker = ViewMaker(store=MemoryStore())
    for view in result.views:
        again = await maker.url(view, result.image.digest, source=str(page))
        assert digest_of(decode_data_url(again)) == view.digest
