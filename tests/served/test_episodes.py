"""Whole episodes: the graph, the ERGO dialect, langchain-openai and a real server."""

import random

import pytest
from langchain_openai import ChatOpenAI

from ergo_agent import Policy, ask
from ergo_agent.dialects import ErgoDialect
from scripts.tiny_checkpoint.pages import COLOURS, ask_for, random_page
from tests.support.serving import ServedModel


@pytest.fixture(scope="module")
def policy(server: ServedModel) -> Policy:
    model = ChatOpenAI(
        model=server.model,
        base_url=server.base_url,
        api_key="none",
        temperature=0,
        max_tokens=128,
    )
    return Policy(model, ErgoDialect())


@pytest.mark.parametrize("zooms", [1, 2, 3])
def test_it_zooms_as_often_as_asked_and_answers(policy: Policy, zooms: int):
    page = random_page(random.Random(zooms), side=2800)
    answer = ask(page.image, ask_for(zooms), policy=policy, view_budget=64)
    assert answer.stop_reason in {"answered", "max_zooms"}
    assert [turn.move.kind for turn in answer.turns if turn.move] == ["zoom"] * zooms + ["answer"]
    assert all("tolerant_parse" not in turn.repairs for turn in answer.turns)
    assert answer.answer in COLOURS
    assert answer.policy == "ergo/ergo"


@pytest.mark.parametrize("budget", [64, 256, 640, 1280])
def test_any_view_budget_is_understood(policy: Policy, budget: int):
    """On some processors the checkpoint learns to name squares and hardly to place them.

    A box around all of its view is then no zoom, and the last question follows.
    """
    page = random_page(random.Random(budget), side=2800)
    answer = ask(page.image, ask_for(), policy=policy, view_budget=budget)
    assert answer.answer in COLOURS
    assert len(answer.views) == (1 if answer.stop_reason == "repeated_region" else 2)
    assert max(view.tokens for view in answer.views) <= budget


def test_the_server_reports_what_the_ledger_predicted(policy: Policy):
    """The prompt of the last turn is all views and all words; words cost the same for any size."""
    words: set[int] = set()
    for budget in (64, 256):
        page = random_page(random.Random(5), side=2800)
        answer = ask(page.image, ask_for(), policy=policy, view_budget=budget)
        words.add(answer.turns[0].input_tokens - answer.views[0].tokens)
    assert len(words) == 1


def test_most_squares_are_named(policy: Policy):
    """It sees what it is shown: by chance one in four colours is right."""
    chance = random.Random(11)
    pages = [random_page(chance, side=1800) for _ in range(20)]
    answers = [ask(page.image, ask_for(), policy=policy, view_budget=64) for page in pages]
    named = sum(one.answer == page.colour for one, page in zip(answers, pages, strict=True))
    assert named >= 12  # of 20 guesses as many are right once in a thousand times
