"""What nano is taught by supervision: to read a crop, to locate a panel, and both in one episode.

Boxes are given only where a colour alone tells the panel, for what stands above or below such a
one, or where what is asked for is not there. Which of several panels of a colour is meant, and
which one is to the left or right of another, is never shown: that is left to the reward.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from ergo_agent.episode.moves import Stage
from ergo_agent.training.scenes import SIZE, Scene, make_scene
from ergo_agent.training.scenes.families import HELD_BACK, question_about
from ergo_agent.training.scenes.panels import COLOURS, SHAPES, Panel
from ergo_agent.views.geometry import Region
from scripts.nano.asked import (
    SHOWN,
    Place,
    ask,
    place_of,
    region_of,
    reply_answer,
)
from scripts.nano.courses import Course, Lesson, Page
from scripts.nano.episodes import SYSTEM, blind, both, where
from scripts.nano.neighbours import named, one_cell_off, stacked
from scripts.nano.words import chatml

__all__ = ["coarse", "draw_pages", "exact_pages", "kind_of"]

_OTHER_PANEL = 0.15
"""Share of crops to read that show another panel than the one asked for: "not found" is right."""

_WIDER = (1.0, 1.0, 1.0, 1.0, 1.125, 1.25)
"""How much larger than a view the crops to read are: an episode with other settings than nano's
adds a margin to each box."""

_THERE = 0.65
"""Share of questions about a panel that is there."""


def draw_pages(course: Course, *, seed: int, step: int, count: int) -> list[Page]:
    """The pages of one step: the same ones each time.

    Args:
        course: What is taught.
        seed: Of all scenes.
        step: Of the course, from 0.
        count: How many.
    """
    pages = []
    for number in range(step * count, (step + 1) * count):
        chance = random.Random(f"{seed} {course.task} {number}")  # noqa: S311  # no secret
        if course.task == "read":
            pages.append(_crop_to_read(make_scene(seed, number), chance))
        else:
            pages.append(_page(_scene(course, seed, number, chance), course, chance))
    return [page for page in pages if page.lessons]


def exact_pages(families: Sequence[str], *, seed: int, step: int, count: int) -> list[Page]:
    """Pages of whole episodes with exact boxes, whatever the family: the upper control.

    Args:
        families: In turn.
        seed: Of all scenes.
        step: Of the course, from 0.
        count: How many.
    """
    pages = []
    for number in range(step * count, (step + 1) * count):
        scene = make_scene(seed, number, family=families[number % len(families)])
        stage: Stage = "last" if number % 2 else "zoomed"
        pages.append(
            Page(coarse(scene), scene.panels, (both(scene, scene.asked, scene.wanted, stage),))
        )
    return pages


def _scene(course: Course, seed: int, number: int, chance: random.Random) -> Scene:
    """A page, of whose panels some may be taken away."""
    if chance.random() < course.crowds:
        return make_scene(seed, number, family=chance.choice(("absent", "beside")))
    scene = make_scene(seed, number)
    few, many = course.panels
    return replace(scene, panels=scene.panels[: chance.randint(few, many)])


def _page(scene: Scene, course: Course, chance: random.Random) -> Page:
    kinds = [kind_of(scene.panels, course, chance) for _ in range(course.questions)]
    lessons: list[Lesson]
    drawn = chance.random()
    if drawn < course.beside:
        lessons = [named(scene, panel, chance) for _, panel in kinds if panel]
    elif drawn < course.beside + course.stacked:
        told = [stacked(scene, panel, chance) for _, panel in kinds if panel]
        lessons = [lesson for lesson in told if lesson]
    elif course.task == "locate":
        lessons = [where(asked, panel and place_of(panel)) for asked, panel in kinds]
    elif course.task == "blind":
        lessons = [blind(asked, panel) for asked, panel in kinds if panel]
    else:
        lessons = [_episode(scene, asked, panel, course, chance) for asked, panel in kinds]
    return Page(coarse(scene), scene.panels, tuple(lessons))


def kind_of(
    panels: Sequence[Panel], course: Course, chance: random.Random
) -> tuple[tuple[str, ...], Panel | None]:
    """What is asked for, and the panel, where there is one."""
    held = Counter(panel.colour for panel in panels)
    alone = [panel for panel in panels if held[panel.colour] == 1]
    missing = [colour for colour in COLOURS if not held[colour]]
    pair = chance.random() < course.pairs
    nearly = pair and course.nearly > 0
    if alone and (chance.random() < _THERE or not (missing or nearly)):
        panel = chance.choice(alone)
        return _told(panel.colour, panel.shape, pair=pair), panel
    if nearly and alone and (chance.random() < course.nearly or not missing):
        panel = chance.choice(alone)
        others = {(panel.colour, shape) for shape in SHAPES} - {(panel.colour, panel.shape)}
        return chance.choice(sorted(others - HELD_BACK)), None
    return _told(chance.choice(missing), chance.choice(SHAPES), pair=pair), None


def _told(colour: str, shape: str, *, pair: bool) -> tuple[str, ...]:
    """What tells a panel: colour and shape only if that pair is not kept back for tests."""
    return (colour, shape) if pair and (colour, shape) not in HELD_BACK else (colour,)


def _episode(
    scene: Scene,
    asked: tuple[str, ...],
    panel: Panel | None,
    course: Course,
    chance: random.Random,
) -> Lesson:
    if panel is not None and chance.random() < course.sloppy:
        return where(asked, one_cell_off(place_of(panel), chance))
    stage: Stage = chance.choice(("zoomed", "last"))
    return both(scene, asked, panel, stage)


def coarse(scene: Scene) -> Image.Image:
    """The view of the whole page that the policy is shown."""
    return scene.image().resize(SHOWN, Image.Resampling.BICUBIC)


def _crop_to_read(scene: Scene, chance: random.Random) -> Page:
    """A crop that is a page of its own, shown whole, and a question about what is in it."""
    panel = chance.choice(scene.panels)
    shown = _around(place_of(panel), chance.choice(_WIDER))
    crop = scene.drawn(shown)
    if crop.size != SHOWN:
        crop = crop.resize(SHOWN, Image.Resampling.LANCZOS)
    asked, mark = panel, panel.mark
    if chance.random() < _OTHER_PANEL:
        asked = chance.choice([other for other in scene.panels if other is not panel])
        mark = ""
    question = question_about(_told(asked.colour, asked.shape, pair=chance.random() < 0.5))
    turns = [
        ("system", 0, SYSTEM),
        ("user", 1, ask(question, stage="observe", page=SHOWN)),
        ("assistant", 0, reply_answer(mark or None)),
    ]
    return Page(crop, (), (Lesson(chatml(turns), ()),))


def _around(place: Place, wider: float) -> Region:
    """A square region around a place, moved so far that it lies on the page."""
    region = region_of(place)
    side = round(region.size.width * wider / 4) * 4
    middle = ((region.left + region.right) // 2, (region.top + region.bottom) // 2)
    left, top = (
        min(max(at - side // 2, 0), length - side) for at, length in zip(middle, SIZE, strict=True)
    )
    return Region(left=left, top=top, right=left + side, bottom=top + side)
