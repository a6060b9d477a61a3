"""Whole episodes with scripted replies, for tests of what shows them."""

from pathlib import Path

from PIL import Image

from ergo_agent import VisionAnswer, ask
from ergo_agent.images import ImageStore
from ergo_agent.policies.base import Policy
from tests.support.scripted import scripted

__all__ = [
    "CROWDED",
    "HOSTILE",
    "crowded_episode",
    "crowded_policy",
    "hostile_episode",
    "save_noise",
    "short_episode",
]

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;</p></body>\0"
"""What must stay text, wherever a model or a document says it."""


def short_episode(image: Path, *, store: ImageStore | None = None) -> VisionAnswer:
    """Three views: the whole, and two regions asked for at once; one piece of evidence."""
    policy = scripted(
        "<think>two places</think><zoom>[100, 100, 300, 200], [600, 500, 700, 600]</zoom>",
        "<think>read</think><answer>A. red</answer><evidence>[40, 40, 90, 90]</evidence>",
    )
    return ask(image, "What colour is the line?", policy=policy, store=store)


def hostile_episode(image: Path) -> VisionAnswer:
    """A question, replies and a reasoning that try to be markup."""
    policy = scripted(
        f"{HOSTILE} neither a box nor an answer",
        f"<think>{HOSTILE}</think><zoom>[100, 100, 300, 200]</zoom>",
        f"<think>{HOSTILE}</think><answer>{HOSTILE}</answer>",
    )
    return ask(image, f"What is {HOSTILE}?", policy=policy)


CROWDED = {"view_budget": 640, "max_vision_tokens": 32_000, "max_zooms": 20}
"""What an episode of fifty views needs."""


def crowded_policy() -> Policy:
    """One that is shown fifty views: the whole, and 49 regions asked for four at a time."""
    boxes = [
        f"[{98 * column}, {98 * row}, {98 * column + 90}, {98 * row + 90}]"
        for row in range(7)
        for column in range(7)
    ]
    fours = [boxes[at : at + 4] for at in range(0, len(boxes), 4)]
    zooms = [f"<zoom view='1'>{', '.join(four)}</zoom>" for four in fours]
    return scripted(*zooms, f"<think>{'seen ' * 5000}</think><answer>noise</answer>")


def crowded_episode(image: Path) -> VisionAnswer:
    """Fifty views."""
    return ask(image, "What is it?", policy=crowded_policy(), **CROWDED)


def save_noise(folder: Path, *, side: int) -> Path:
    """Pure noise, which no encoder makes small; as JPEG, for a PNG would have too many bytes."""
    path = folder / f"noise-{side}.jpg"
    tile = Image.effect_noise((500, 500), 80)
    noise = Image.new("L", (side, side))
    for left in range(0, side, 500):
        for top in range(0, side, 500):
            noise.paste(tile, (left, top))
    noise.save(path, quality=40)
    return path
