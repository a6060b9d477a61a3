"""How surely a policy looks to the side that is asked for, before anything is sampled.

Of pages whose named panel has a cell on either side: the log odds of the box's first number for the
side that is asked for against the other one, all before it being told. Their mean says whether the
words are heeded, their spread how sure the policy is of a side, for whatever reason. Reward teaches
only while neither is large: where all rollouts of a page look to the same side nothing tells them
apart.
"""

from collections.abc import Iterator
from itertools import count as numbers
from statistics import mean, stdev
from typing import NamedTuple

import torch

from ergo_agent.policies.local.transformers.checkpoint import Checkpoint
from ergo_agent.training.scenes import Scene, make_scene
from ergo_agent.training.scenes.families import GRID, question_about
from scripts.nano.asked import SHOWN, SIDES, Place, ask, reply_zoom
from scripts.nano.courses import Lesson, Page
from scripts.nano.episodes import SYSTEM, named_place
from scripts.nano.lessons import coarse
from scripts.nano.packs import IGNORED, Packer
from scripts.nano.student import read
from scripts.nano.words import chatml

__all__ = ["Odds", "odds_of_sides"]

_CELL = SHOWN.width // GRID
_AT_ONCE = 16


class Odds(NamedTuple):
    """Log odds of the side that is asked for."""

    mean: float
    spread: float
    """Their standard deviation."""

    right: float
    """Share of pages where they are above 0."""


def odds_of_sides(checkpoint: Checkpoint, *, seed: int, count: int = 64) -> Odds:
    """Log odds over some pages.

    Args:
        checkpoint: The policy.
        seed: Of the scenes.
        count: How many pages.
    """
    packer = Packer(checkpoint.processor.tokenizer, ())
    pages = list(_pages(seed, count))
    found: list[float] = []
    for first in range(0, count, _AT_ONCE):
        pack = packer(pages[first : first + _AT_ONCE])
        with torch.inference_mode():
            logits = checkpoint.model.lm_head(read(checkpoint.model, pack).hidden[:, :-1])
        said = logits.log_softmax(-1).gather(-1, pack.ids[:, 1:, None])[..., 0]
        for row, ids in enumerate(pack.ids):
            # the two replies differ in nothing before it
            apart = _first_numbers(ids, pack.wanted[row], checkpoint)
            found.append((said[row, apart[0] - 1] - said[row, apart[1] - 1]).item())
    return Odds(mean(found), stdev(found), sum(each > 0 for each in found) / count)


def _first_numbers(ids: torch.Tensor, wanted: torch.Tensor, checkpoint: Checkpoint) -> list[int]:
    """Where the box's first number stands in each of a row's replies."""
    opening = checkpoint.processor.tokenizer.convert_tokens_to_ids("</think><zoom>[")
    return [
        at + 1
        for at in (ids == opening).nonzero().flatten().tolist()
        if wanted[at].item() != IGNORED
    ]


def _pages(seed: int, count: int) -> Iterator[Page]:
    """Pages with a panel between two cells, each with a look to the right side and to the other."""
    found = 0
    for number in numbers():
        scene = make_scene(seed, number, family="beside")
        place = named_place(scene, scene.asked, scene.wanted)
        assert place is not None
        if found == count:
            return
        if _CELL < place.x < SHOWN.width - _CELL:
            found += 1
            step = _CELL if scene.asked[0] == SIDES[0] else -_CELL
            looks = (_look(scene, place, place.x + to) for to in (step, -step))
            yield Page(coarse(scene), scene.panels, tuple(looks))


def _look(scene: Scene, place: Place, across: int) -> Lesson:
    zoom = reply_zoom(scene.asked, place, shown=Place(across, place.y))
    turns = [
        ("system", 0, SYSTEM),
        ("user", 1, ask(question_about(scene.asked), stage="observe")),
        ("assistant", 0, zoom),
    ]
    return Lesson(chatml(turns), ())
