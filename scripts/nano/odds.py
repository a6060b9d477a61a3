"""How surely a policy looks to the side that is asked for, before anything is sampled.

Of pages whose named panel has a cell on either side: the log odds of the box's first number for the
side that is asked for against the other one, all before it being told. Their mean says whether the
words are heeded, their spread how sure the policy is of a side, for whatever reason. Reward teaches
only while neither is large: where all rollouts of a page look to the same side nothing tells them
apart.
"""

from collections.abc import Iterator
from itertools import count, islice
from statistics import mean, stdev
from typing import NamedTuple

import torch

from ergo_agent.policies.local.transformers.checkpoint import Checkpoint
from ergo_agent.training.scenes import make_scene
from ergo_agent.training.scenes.families import GRID
from scripts.nano.asked import SHOWN, SIDES, Place
from scripts.nano.courses import Page
from scripts.nano.episodes import named_place, where
from scripts.nano.lessons import coarse
from scripts.nano.packs import IGNORED, Packer
from scripts.nano.student import read
from scripts.nano.words import AFTER

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


def odds_of_sides(checkpoint: Checkpoint, *, seed: int, pages: int = 64) -> Odds:
    """Log odds over some pages.

    Args:
        checkpoint: The policy.
        seed: Of the scenes.
        pages: How many.
    """
    packer = Packer(checkpoint.processor.tokenizer, ())
    drawn = list(islice(_pages(seed), pages))
    found: list[float] = []
    for first in range(0, pages, _AT_ONCE):
        pack = packer(drawn[first : first + _AT_ONCE])
        with torch.inference_mode():
            logits = checkpoint.model.lm_head(read(checkpoint.model, pack).hidden[:, :-1])
        said = logits.log_softmax(-1).gather(-1, pack.ids[:, 1:, None])[..., 0]
        for row, ids in enumerate(pack.ids):
            # the two replies differ in nothing before it
            apart = _first_numbers(ids, pack.wanted[row], checkpoint)
            found.append((said[row, apart[0] - 1] - said[row, apart[1] - 1]).item())
    return Odds(mean(found), stdev(found), sum(each > 0 for each in found) / pages)


def _first_numbers(ids: torch.Tensor, wanted: torch.Tensor, checkpoint: Checkpoint) -> list[int]:
    """Where the box's first number stands in each of a row's replies."""
    opening = checkpoint.processor.tokenizer.convert_tokens_to_ids(AFTER)
    return [
        at + 1
        for at in (ids == opening).nonzero().flatten().tolist()
        if wanted[at].item() != IGNORED
    ]


def _pages(seed: int) -> Iterator[Page]:
    """Pages with a panel between two cells, each with a look to the right side and to the other."""
    for number in count():
        scene = make_scene(seed, number, family="beside")
        place = named_place(scene, scene.asked, scene.wanted)
        assert place is not None
        if _CELL < place.x < SHOWN.width - _CELL:
            step = _CELL if scene.asked[0] == SIDES[0] else -_CELL
            sides = [Place(place.x + to, place.y) for to in (step, -step)]
            looks = [where(scene.asked, place, shown=side) for side in sides]
            yield Page(coarse(scene), scene.panels, tuple(looks))
