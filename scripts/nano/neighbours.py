"""Lessons about panels that stand beside others, of which some are told and some never."""

import random
from collections.abc import Sequence

from ergo_agent.episode.moves import Stage
from ergo_agent.training.scenes import Scene
from ergo_agent.training.scenes.families import GRID, question_about
from ergo_agent.training.scenes.panels import Panel
from scripts.nano.asked import SHOWN, SIDES, STACKED, Place, place_of, region_of, reply_zoom
from scripts.nano.courses import Lesson
from scripts.nano.episodes import both, whole

__all__ = ["named", "one_cell_off", "stacked"]

_SIDE = SHOWN.width // GRID
_STEPS = (Place(-_SIDE, 0), Place(_SIDE, 0), Place(0, -_SIDE), Place(0, _SIDE))
"""To the next cell, in view pixels: to the left, right, up and down."""

_ON_IT = 0.2
"""Share of looks at the panel that is named, where the one beside it is asked for."""


def one_cell_off(place: Place, chance: random.Random, *, steps: Sequence[Place] = _STEPS) -> Place:
    """A place whose box lies on the page, the next one in some direction."""
    around = [Place(place.x + step.x, place.y + step.y) for step in steps]
    return chance.choice([each for each in around if min(each) > 0 and max(each) < SHOWN.width])


def named(scene: Scene, panel: Panel, chance: random.Random) -> Lesson:
    """An episode about what stands beside a panel: that one is found, and what is seen is read."""
    side = chance.choice(SIDES)
    question = question_about((side, panel.colour))
    place = place_of(panel)
    on_it = chance.random() < _ON_IT
    shown = place if on_it else one_cell_off(place, chance, steps=_STEPS[:2])
    region = region_of(shown)
    mark = next((seen.mark for seen in scene.panels if region.contains(seen.hatch)), None)
    stage: Stage = chance.choice(("zoomed", "last"))
    zoom = reply_zoom((side, panel.colour), place, shown=shown)
    return whole(question, zoom, stage, mark, scene.drawn(region))


def stacked(scene: Scene, panel: Panel, chance: random.Random) -> Lesson | None:
    """An episode about what stands above or below a panel; None where nothing does."""
    column, row = panel.cell
    across = {"above": (column, row - 1), "below": (column, row + 1)}
    there = [
        (word, other) for word in STACKED for other in scene.panels if other.cell == across[word]
    ]
    if not there:
        return None
    word, other = chance.choice(there)
    stage: Stage = chance.choice(("zoomed", "last"))
    return both(scene, (word, panel.colour), other, stage)
