"""The parts of `benchmarks.served`, on a server that counts as vLLM does."""

import base64
import io
import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from benchmarks.served.client import Client, Measured
from benchmarks.served.images import (
    Draw,
    FreshImages,
    lossless_photographs,
    pages,
    photographs,
)
from benchmarks.served.ours import our_requests
from benchmarks.served.peer import resized
from benchmarks.served.replies import ANSWER, BOX, ZOOM, words
from benchmarks.served.rounds import Cell, Plan, Results
from benchmarks.served.sides import SIDES, Options
from benchmarks.served.table import table
from ergo_agent.images import digest_of
from tests.support.misbehaving import Handler, Misbehaving, Request, serving

BUDGET = 640


Run = Callable[[Sequence[Path], str], Measured]


@pytest.fixture(scope="module")
def running() -> Iterator[Misbehaving]:
    """Gives the fixed replies, whoever asks."""

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        asked = sum(message["role"] == "assistant" for message in body["messages"])
        handler._complete(ANSWER if asked else ZOOM)

    with serving(reply) as told:
        yield told


@pytest.fixture
def server(running: Misbehaving) -> Misbehaving:
    """It, having been asked nothing."""
    running.requests.clear()
    return running


@pytest.fixture(scope="module")
def run(running: Misbehaving) -> Iterator[Run]:
    """Has a side run an episode about each image, in the process that it has for all tests."""
    with ExitStack() as clients:

        @cache
        def client(side: str) -> Client:
            options = Options(side, running.url, "ergo", BUDGET, 1, words(BUDGET))
            return clients.enter_context(Client(options))

        yield lambda paths, side: client(side).run(paths)


@pytest.fixture(scope="module")
def photos() -> FreshImages:
    return FreshImages("photo12")


def decoded(block: dict[str, Any]) -> Image.Image:
    data = base64.b64decode(block["image_url"]["url"].partition(",")[2])
    return Image.open(io.BytesIO(data))


def pixels_of(block: dict[str, Any]) -> str:
    return digest_of(decoded(block).convert("RGB").tobytes())


def shown(requests: list[Request]) -> list[dict[str, Any]]:
    """The images that came with their pixels, in the order of the requests."""
    return [block for each in requests for block in each.images() if block["image_url"]]


@pytest.mark.parametrize(
    ("drawn", "count"),
    [(photographs((640, 480)), 32), (lossless_photographs((640, 480)), 4), (pages(), 3)],
    ids=["JPEG", "PNG", "page"],
)
def test_no_two_images_share_a_coarse_view_or_a_crop(drawn: Iterator[Draw], count: int):
    seen = set()
    for draw in itertools.islice(drawn, count):
        with Image.open(io.BytesIO(draw())) as image:
            width, height = image.size
            place = (width // 3, height // 3, width // 3 * 2, height // 3 * 2)
            seen.add(digest_of(image.crop(place).tobytes()))
            seen.add(digest_of(image.resize((280, 280)).tobytes()))
    assert len(seen) == 2 * count


def test_a_photograph_holds_the_rows_of_the_one_before():
    drawn = itertools.islice(photographs((640, 480)), 2)
    first, second = (Image.open(io.BytesIO(draw())) for draw in drawn)
    # the colours of neighbouring blocks are smoothed into each other: away from their edges
    kept = first.crop((0, 16 * 5 + 4, 400, 16 * 5 + 12))
    assert second.crop((0, 16 * 4 + 4, 400, 16 * 4 + 12)).tobytes() == kept.tobytes()


def test_kinds_are_what_they_are_called(tmp_path: Path):
    megapixels = {}
    for kind in ("photo12", "a4"):
        (path,) = FreshImages(kind).write(tmp_path, 1)
        with Image.open(path) as image:
            megapixels[kind] = image.width * image.height / 1e6
    assert megapixels == pytest.approx({"photo12": 12, "a4": 8.7}, rel=0.01)


@pytest.mark.parametrize("side", SIDES)
def test_a_side_sends_what_it_says(
    side: str, run: Run, photos: FreshImages, server: Misbehaving, tmp_path: Path
):
    found = run(photos.write(tmp_path, 2), side)
    assert found.episodes == 2
    assert len(server.requests) == 4
    assert found.sent == sum(request.size for request in server.requests)
    blocks = shown(server.requests)
    assert len(blocks) == (4 if side in {"ours", "alone"} else 6)  # ours names what was sent
    sizes = [decoded(block).size for block in blocks]
    first = sizes[: len(sizes) // 2]
    assert found.tokens == 2 * sum(w * h // 28**2 for w, h in (first[0], first[-1]))
    assert len({pixels_of(block) for block in blocks}) == 4  # two views of each episode
    formats = [decoded(block).format for block in blocks]
    assert set(formats) <= {"peer": {"PNG"}, "png": {"PNG"}, "jpeg": {"JPEG"}}.get(
        side, {"PNG", "JPEG", "WEBP"}
    )
    assert found.processor > 0.001
    assert 40e6 < found.peak < 1e9


def test_the_server_alone_is_sent_what_we_send(
    run: Run, photos: FreshImages, server: Misbehaving, tmp_path: Path
):
    paths = photos.write(tmp_path, 1)
    run(paths, "ours")
    run(paths, "alone")
    ours, replayed = server.requests[:2], server.requests[2:]
    assert [each.body for each in ours] == [each.body for each in replayed]


async def test_requests_are_made_without_a_server(tmp_path: Path):
    (path,) = FreshImages("a4").write(tmp_path, 1)
    made = await our_requests(path, base_url="http://127.0.0.1:9/v1", model="m", view_budget=64)
    assert [each.path for each in made] == ["/v1/chat/completions"] * 2
    assert made[0].body != made[1].body


def test_the_peer_rounds_as_it_does():
    assert resized(4000, 3000, 640) == (812, 616)
    assert resized(100, 40, 640) == (112, 28)
    assert resized(20, 20, 640) == (56, 56)
    over = resized(1000, 3000, 1280)
    assert over[0] * over[1] > 1280 * 28**2  # it may exceed what was asked for


def test_all_sides_are_asked_about_the_same_place(
    run: Run, photos: FreshImages, server: Misbehaving, tmp_path: Path
):
    paths = photos.write(tmp_path, 1)
    means = []
    for side in ("peer", "png"):
        run(paths, side)
        crop = decoded(shown(server.requests)[-1])
        assert 500 < crop.width * crop.height / 28**2 <= 660
        middle = crop.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
        means.append(middle)
    assert means[0] == pytest.approx(means[1], abs=12)
    assert BOX[2] - BOX[0] > 100


PLAN = Plan(rounds=2, concurrency=(1, 4), episodes=(2, 4), view_budget=640)


def test_each_round_begins_with_another_side():
    cells = list(PLAN.cells("a4"))
    assert len(set(cells)) == len(cells) == 2 * 2 * len(SIDES)
    assert cells[0].side != cells[2 * len(SIDES)].side


def test_a_run_goes_on_where_it_was_broken_off(tmp_path: Path):
    path = tmp_path / "kept" / "results.jsonl"
    cell, took = Cell("a4", 0, 1, "ours"), Measured(2, 1.0, 0.5, 100, 1200, 10**8)
    Results(path, PLAN).keep(cell, took)
    assert Results(path, PLAN).found == {cell: took}
    assert Results(path, PLAN._replace(rounds=3)).found == {cell: took}
    assert Results(path, PLAN._replace(episodes=(3, 4))).found == {}
    assert Results(path, PLAN._replace(view_budget=64)).found == {}
    other = Cell("a4", 0, 4, "ours")
    Results(path, PLAN).keep(other, took._replace(episodes=4))
    assert set(Results(path, PLAN).found) == {cell, other}


def test_a_table_holds_the_median_and_the_spread():
    found = {
        cell: Measured(
            4, 4.0 if cell.side == "alone" else 8.0 - cell.round, 2.0, 8_000_000, 5116, 9**9
        )
        for cell in PLAN.cells("a4")
    }
    lines = table("a4", PLAN, found).splitlines()
    rows = {tuple(line.split(" | ")[:2]): line.strip("| ").split(" | ")[2:] for line in lines}
    assert rows["| 1", "episodes a second"][3] == "0.54 (0.50 to 0.57)"
    assert rows["| 4", "share of the server alone"][3] == "54% (50% to 57%)"
    assert rows["| 4", "MB sent"][0] == "2.00"
    assert rows["| 1", "vision tokens"][-1] == "1,279"
    assert len(lines) == 2 + 2 * 6
