"""The event loop never waits for pixels: neither for their work, nor for what is made of them."""

import asyncio
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PIL import Image

from ergo_agent import aask
from ergo_agent.images import maker, memory_store
from ergo_agent.images.rasters import RasterReader
from ergo_agent.policies.served import create_served_policy, images
from tests.support.misbehaving import serving
from tests.support.pictures import save_picture

ZOOM = "<think>there</think><zoom>[100, 100, 300, 200]</zoom>"
ANSWER = "<think>read</think><answer>A. red</answer>"

WORK: list[tuple[type | ModuleType, str]] = [
    (RasterReader, "raw"),
    (RasterReader, "draft"),
    (Image.Image, "resize"),
    (Image.Image, "save"),
    (memory_store, "digest_of"),
    (maker, "data_url"),
    (images, "read_image"),
]


class Turns:
    """How often the event loop has gone round, and who worked on pixels meanwhile."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.count = 0
        self.loop = threading.get_ident()
        self.worked: list[tuple[str, int]] = []

    async def turn(self) -> None:
        while True:
            await asyncio.sleep(0)
            with self.changed:
                self.count += 1
                self.changed.notify_all()

    def watch(self, owner: type | ModuleType, name: str, patch: pytest.MonkeyPatch) -> None:
        """Have each call wait until the loop has gone round three times more."""
        done = getattr(owner, name)

        def waiting(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401  # whatever it is
            self.worked.append((name, threading.get_ident()))
            if threading.get_ident() != self.loop:
                with self.changed:
                    wanted = self.count + 3
                    assert self.changed.wait_for(lambda: self.count >= wanted, timeout=60)
            return done(*arguments, **options)

        patch.setattr(owner, name, waiting)


@pytest.mark.parametrize("kind", ["jpg", "png"])
async def test_it_goes_on_while_images_are_made(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
):
    page = tmp_path / f"page.{kind}"
    Image.open(save_picture(tmp_path, size=(2000, 1500))).convert("RGB").save(page)
    turns = Turns()
    for owner, name in WORK:
        turns.watch(owner, name, monkeypatch)
    turning = asyncio.ensure_future(turns.turn())
    with serving(ZOOM, ANSWER) as server:
        policy = create_served_policy(base_url=server.url)
        result = await aask(page, "q", policy=policy, view_budget=64)
    turning.cancel()
    assert result.answer == "A. red"
    names = {name for name, _ in turns.worked}
    assert names >= {name for _, name in WORK} - {"raw", "draft"}
    assert turns.loop not in {thread for _, thread in turns.worked}
