"""The server over streamable HTTP on the loopback address: what is seen, and what is refused."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageChops

from ergo_agent.apps.loopback import listening, server_of
from ergo_agent.apps.mcp import ServerOptions, create_mcp_server
from ergo_agent.apps.mcp.server import bounded_app
from tests.support.loopback import running
from tests.support.mcp_clients import ERAS, ROOT, Told, connected, http_server
from tests.support.pictures import save_picture

PAGE = ROOT / "examples" / "page.png"
SIZE = (2481, 3508)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's folder, with a page in it and one beside it that is none of its business."""
    folder = tmp_path_factory.mktemp("served") / "images"
    (folder / "inner").mkdir(parents=True)
    (folder / "page.png").write_bytes(PAGE.read_bytes())
    (folder / "inner" / "page.png").write_bytes(PAGE.read_bytes())
    save_picture(folder.parent, size=(300, 200)).rename(folder.parent / "secret.png")
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    return folder


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    with http_server("--root", folder, "--root", ROOT / "docs") as url:
        yield url


def same(picture: Image.Image, region: list[int]) -> bool:
    """Whether a picture is that part of the page, pixel by pixel."""
    with Image.open(PAGE) as page:
        part = page.convert("RGB").crop(tuple(region))
    return ImageChops.difference(picture.convert("RGB"), part).getbbox() is None


@pytest.mark.parametrize("era", ERAS)
async def test_the_whole_image_is_shown_small(url: str, era: str):
    async with connected(url, era=era) as client:
        told = await client.call("observe", image="page.png")
    assert not told.error
    assert told.kinds == ["text", "image"]
    assert told.facts
    view = told.facts["view"]
    assert told.pictures[0].size == (view["width"], view["height"])
    assert view["width"] * view["height"] < SIZE[0] * SIZE[1] / 4
    assert f"{SIZE[0]}x{SIZE[1]} pixels" in told.text
    assert f"{view['width']}x{view['height']}" in told.text
    assert client.progress == [(1, 1, "observe: the whole image")]


@pytest.mark.parametrize("era", ERAS)
async def test_boxes_in_every_frame_show_the_same_place(url: str, era: str):
    place = (240, 580, 860, 640)  # original pixels
    async with connected(url, era=era) as client:
        view = (await client.call("observe", image="page.png")).facts["view"]
        frames = {
            "original": SIZE,
            "view": (view["width"], view["height"]),
            "thousandths": (1000, 1000),
        }
        for frame, size in frames.items():
            across, down = size[0] / SIZE[0], size[1] / SIZE[1]
            box = [place[0] * across, place[1] * down, place[2] * across, place[3] * down]
            told = await client.call(
                "zoom", image="page.png", boxes=[box, [0, 0, *size]], frame=frame
            )
            close, whole = told.facts["crops"]
            assert max(abs(a - b) for a, b in zip(close["region"], place, strict=True)) < 30
            assert told.kinds == ["text", "image", "text", "image"]
            assert told.pictures[0].size == (close["shown"]["width"], close["shown"]["height"])
            assert same(told.pictures[0], close["region"])  # full resolution
            assert whole["region"] == [0, 0, *SIZE]
            assert [step for step, _, _ in client.progress] == [1, 2]
            assert {total for _, total, _ in client.progress} == {2}


async def test_a_box_that_cannot_be_shown_is_told_to_the_model(url: str):
    async with connected(url, era=ERAS[0]) as client:

        async def refused(box: object, *, times: int = 1, frame: str = "original") -> str:
            told = await client.call("zoom", image="page.png", boxes=[box] * times, frame=frame)
            assert told.error
            assert not told.pictures
            return told.text

        assert "2481 pixels wide and 3508 high" in await refused([3000, 10, 3100, 90])
        fractions = await refused([0.1, 0.2, 0.3, 0.4], frame="thousandths")
        assert "[0.1, 0.2, 0.3, 0.4] holds fractions" in fractions
        assert "multiply each by 1000" in fractions
        assert "boxes.0" in await refused([1, 2, 3])
        assert "boxes.0" in await refused("the top left")
        assert "at most 4" in await refused([0, 0, 9, 9], times=5)
        assert "frame" in await refused([0, 0, 9, 9], frame="inches")


def outside(folder: Path) -> dict[str, str]:
    """Names that lead outside, absolute, relative, by a link, and where nothing is."""
    return {
        "absolute": str(folder.parent / "secret.png"),
        "relative": "../secret.png",
        "link": "link.png",
        "url": (folder.parent / "secret.png").as_uri(),
        "absent": str(folder.parent / "absent.png"),
        "system": "/etc/passwd",
    }


@pytest.mark.parametrize("tool", ["ask_image", "extract", "observe", "zoom"])
async def test_nothing_outside_the_folders_is_read(url: str, folder: Path, tool: str):
    more = {
        "ask_image": {"question": "What does it show?"},
        "extract": {"json_schema": {"type": "object", "properties": {"a": {"type": "string"}}}},
        "observe": {},
        "zoom": {"boxes": [[0, 0, 100, 100]]},
    }
    async with connected(url, era=ERAS[0]) as client:
        told: dict[str, Told] = {
            kind: await client.call(tool, image=name, **more[tool])
            for kind, name in outside(folder).items()
        }
    for each in told.values():
        assert each.error
        assert "not inside a folder that images may be read from" in each.text
        assert each.kinds == ["text"]
        assert each.facts is None
    # what is there is told like what is not
    names = outside(folder)
    said = {kind: told[kind].text.replace(names[kind], "") for kind in ("absolute", "absent")}
    assert said["absolute"] == said["absent"]


async def test_the_network_is_off(url: str):
    async with connected(url, era=ERAS[0]) as client:
        told = await client.call("observe", image="http://127.0.0.1:9/page.png")
    assert told.error
    assert "is a network address on a host that images may not be fetched from" in told.text


@pytest.mark.parametrize("era", ERAS)
async def test_the_roots_of_a_client_narrow(url: str, folder: Path, era: str):
    async def seen(*roots: Path, image: str) -> Told:
        uris = [root.as_uri() for root in roots]
        async with connected(url, era=era, roots=uris) as client:
            return await client.call("observe", image=image)

    assert not (await seen(folder / "inner", image=str(folder / "inner" / "page.png"))).error
    assert not (await seen(folder.parent, image="page.png")).error
    assert not (await seen(image="page.png")).error  # it has no folder open
    above = await seen(folder / "inner", image=str(folder / "page.png"))
    assert "not inside a folder" in above.text
    elsewhere = await seen(folder.parent / "elsewhere", image="page.png")
    assert "no folder in common" in elsewhere.text
    assert above.error
    assert elsewhere.error


async def test_the_owner_may_ignore_the_roots_of_clients(folder: Path):
    elsewhere = [(folder.parent / "elsewhere").as_uri()]
    with http_server("--root", folder, "--ignore-client-roots") as url:
        async with connected(url, era=ERAS[0], roots=elsewhere) as client:
            assert not (await client.call("observe", image="page.png")).error


async def test_clients_do_not_wait_for_one_another(url: str):
    """A second client is served while a first one's question is answered."""
    async with connected(url, era=ERAS[0]) as first, connected(url, era=ERAS[-1]) as second:
        asked = asyncio.create_task(
            first.call("ask_image", image="page.png", question="What is the due date?")
        )
        told = await second.call("zoom", image="page.png", boxes=[[0, 0, 100, 100]])
        assert not told.error
        answer = await asked
    assert "13 April 2026" in answer.facts["answer"]
    assert len(first.progress) >= 2


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("host", "evil.example", 421),
        ("host", "evil.example:{port}", 421),
        ("host", "127.0.0.1", 421),
        ("host", "127.0.0.1:1", 421),
        ("host", "localhost:65535", 421),
        ("host", "127.0.0.1:{port}.evil.example", 421),
        ("host", "localhost:evil.example", 421),
        ("origin", "http://evil.example", 403),
        ("origin", "http://127.0.0.1", 403),
        ("origin", "http://127.0.0.1:1", 403),
        ("origin", "http://localhost:{port}1", 403),
        ("origin", "https://127.0.0.1:{port}", 403),
        ("origin", "null", 403),
    ],
)
async def test_a_page_in_a_browser_cannot_reach_it(url: str, header: str, value: str, status: int):
    port = httpx.URL(url).port
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    headers = {
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
        header: value.format(port=port),
    }
    async with httpx.AsyncClient() as web:
        answer = await web.post(url, content=json.dumps(ping), headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
async def test_this_machine_may_be_named_in_every_way(url: str, name: str):
    """`localhost` is what a person writes into a client's configuration."""
    here = f"{name}:{httpx.URL(url).port}"
    async with httpx.AsyncClient() as web:
        answer = await web.post(
            url, json=HELLO, headers={**ACCEPTED, "host": here, "origin": f"http://{here}"}
        )
    assert answer.status_code == 200


ACCEPTED = {"accept": "application/json, text/event-stream"}
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


def test_sessions_are_bounded_and_dropped_once_they_are_idle(folder: Path):
    server = create_mcp_server(ServerOptions(roots=(folder,)))
    with listening("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        app = bounded_app(server, host="127.0.0.1", port=port, idle=0.5, sessions=2)
        with (
            running(server_of(app), listener),
            httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=ACCEPTED) as web,
        ):
            opened = [web.post("/mcp", json=HELLO) for _ in range(3)]
            assert [answer.status_code for answer in opened] == [200, 200, 503]
            end = time.monotonic() + 60
            while web.post("/mcp", json=HELLO).status_code == 503:  # until one is dropped
                assert time.monotonic() < end
            ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
            headers = {"mcp-session-id": opened[0].headers["mcp-session-id"]}
            assert web.post("/mcp", json=ping, headers=headers).status_code == 404
