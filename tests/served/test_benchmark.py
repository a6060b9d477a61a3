"""The sides of `benchmarks.served` on vLLM itself: the work that they give it is what they say."""

from pathlib import Path

import pytest

from benchmarks.served.client import Client, Measured
from benchmarks.served.images import FreshImages
from benchmarks.served.replies import words
from benchmarks.served.sides import SIDES, Options
from tests.support.serving import ServedModel

BUDGET = 640


@pytest.fixture(scope="module")
def found(server: ServedModel, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Measured]:
    images, folder = FreshImages("photo12"), tmp_path_factory.mktemp("images")
    return {side: run(server, images.write(folder, 3), side) for side in SIDES}


def run(server: ServedModel, paths: list[Path], side: str) -> Measured:
    options = Options(side, server.base_url, server.model, BUDGET, 2, words(BUDGET))
    with Client(options) as client:
        return client.run(paths)


@pytest.mark.parametrize("side", SIDES)
def test_the_server_counts_two_views_within_the_budget(found: dict[str, Measured], side: str):
    tokens = found[side].tokens / found[side].episodes
    over = 1.05 if side == "peer" else 1.0  # it rounds to the nearest size
    assert 1.8 * BUDGET < tokens <= 2 * BUDGET * over


def test_the_server_alone_is_sent_what_we_send(found: dict[str, Measured]):
    assert found["alone"].tokens == found["ours"].tokens
    assert found["alone"].sent == pytest.approx(found["ours"].sent, rel=0.02)


def test_the_bare_loops_send_the_first_view_twice(found: dict[str, Measured]):
    assert found["png"].sent > 1.2 * found["ours"].sent
    assert found["jpeg"].sent < found["png"].sent
