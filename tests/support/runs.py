"""A run as an evaluation leaves it: real episodes over scenes, with scripted replies."""

import json
from collections.abc import Sequence
from pathlib import Path

from ergo_agent import VisionAnswer, ask
from ergo_agent.policies.base import Policy
from ergo_agent.training.scenes import Scene, make_scene
from ergo_agent.views.geometry import Size
from tests.support.rollouts import page_png
from tests.support.scripted import scripted

__all__ = ["SETTINGS", "answering", "episode", "line", "some_scene", "write_run", "zoom_into"]

SETTINGS = {"view_budget": 64, "max_zooms": 1, "margin": 0.0}
"""With which the coarse view of a scene is its page shrunk by four."""


def zoom_into(scene: Scene) -> str:
    """The strict reply that asks for the right panel, in pixels of the coarse view."""
    assert scene.target is not None
    edges = [
        edge // 4 for edge in scene.target.grown(to=Size(224, 224), within=scene.size).as_tuple()
    ]
    return f"<think>there</think><zoom>{edges}</zoom>"


def answering(text: str) -> str:
    return f"<think>seen</think><answer>{text}</answer>"


def episode(
    folder: Path, scene: Scene, *replies: str, policy: Policy | None = None, **settings: object
) -> VisionAnswer:
    """An episode about a scene, whose file is written beside."""
    path = folder / f"{scene.family}-{scene.number}.png"
    if not path.exists():
        path.write_bytes(page_png(scene))
    given = {**SETTINGS, **settings}
    return ask(path, scene.question, policy=policy or scripted(*replies), **given)


def line(scene: Scene, record: VisionAnswer | None, **more: object) -> dict[str, object]:
    """A line of a run."""
    return {
        "image": f"{scene.family}-{scene.number}.png",
        "answers": list(scene.answers),
        "record": None if record is None else record.model_dump(mode="json"),
        **more,
    }


def write_run(folder: Path, lines: Sequence[object]) -> Path:
    path = folder / "records.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    return path


def some_scene(number: int = 0, family: str = "colour") -> Scene:
    return make_scene(21, number, family=family)
