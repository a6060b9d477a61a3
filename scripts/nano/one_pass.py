"""The other way: the whole page at full resolution, and the answer at once."""

import random
from collections.abc import Sequence

from ergo_agent.training.scenes import FAMILIES, SIZE, Scene, make_scene
from ergo_agent.training.scenes.families import question_about
from ergo_agent.training.scenes.panels import Panel
from scripts.nano.asked import DIRECTIONS, WHOLE, ask, place_of, reply_answer, said_of
from scripts.nano.courses import Course, Lesson, Page
from scripts.nano.episodes import SYSTEM, named_place
from scripts.nano.lessons import kind_of
from scripts.nano.words import chatml

__all__ = ["whole_pages"]


def whole_pages(course: Course, *, seed: int, step: int, count: int) -> list[Page]:
    """Pages of all families, each with its own question and some about single panels of a colour.

    Every answer is told, and so is every place: more than the policy that zooms was ever told.

    Args:
        course: What is asked besides, and how much.
        seed: Of all scenes.
        step: Of the course, from 0.
        count: How many.
    """
    pages = []
    for number in range(step * count, (step + 1) * count):
        chance = random.Random(f"{seed} whole {number}")  # noqa: S311  # no secret
        scene = make_scene(seed, number, family=FAMILIES[number % len(FAMILIES)])
        lessons = [_answered(scene, scene.asked, scene.wanted)]
        for _ in range(course.questions - 1):
            lessons.append(_answered(scene, *kind_of(scene.panels, course, chance)))
        pages.append(Page(scene.image(), scene.panels, tuple(lessons)))
    return pages


def _answered(scene: Scene, asked: Sequence[str], panel: Panel | None) -> Lesson:
    question = question_about(asked)
    turns = [
        ("system", 0, SYSTEM),
        ("user", 1, ask(question, stage="observe", settings=WHOLE)),
        (
            "assistant",
            0,
            reply_answer(panel and panel.mark, reasoning=_thought(scene, asked, panel)),
        ),
    ]
    return Lesson(chatml(turns, shown=SIZE), ())


def _thought(scene: Scene, asked: Sequence[str], panel: Panel | None) -> str:
    """Where what is asked for is, in the pixels of a coarse view, as the policy that zooms says."""
    said = said_of(asked, named_place(scene, asked, panel))
    if asked[0] not in DIRECTIONS or panel is None:
        return said
    place = place_of(panel)
    return f"{said} {place.x}, {place.y}"
