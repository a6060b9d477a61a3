"""Single lessons: conversations as the product holds them, of one question about one scene."""

from collections.abc import Sequence

from PIL import Image

from ergo_agent.dialects import ErgoDialect
from ergo_agent.episode.moves import Stage
from ergo_agent.training.scenes import Scene
from ergo_agent.training.scenes.families import question_about
from ergo_agent.training.scenes.panels import Panel
from scripts.nano.asked import (
    DIRECTIONS,
    NOWHERE,
    Place,
    ask,
    place_of,
    region_of,
    reply_answer,
    reply_zoom,
)
from scripts.nano.courses import Lesson
from scripts.nano.words import chatml

__all__ = ["SYSTEM", "blind", "both", "named_place", "where", "whole"]

SYSTEM = ErgoDialect().system_prompt()
"""What every conversation begins with."""


def blind(asked: tuple[str, ...], panel: Panel) -> Lesson:
    """The answer from the coarse view alone."""
    turns = [
        ("system", 0, SYSTEM),
        ("user", 1, ask(question_about(asked), stage="last")),
        ("assistant", 0, reply_answer(panel.mark)),
    ]
    return Lesson(chatml(turns), ())


def where(asked: tuple[str, ...], place: Place | None, *, shown: Place | None = None) -> Lesson:
    """An episode up to its zoom, which is into the named place where no other is given."""
    turns = [
        ("system", 0, SYSTEM),
        ("user", 1, ask(question_about(asked), stage="observe")),
        ("assistant", 0, reply_zoom(asked, place, shown=shown)),
    ]
    return Lesson(chatml(turns), ())


def both(scene: Scene, asked: tuple[str, ...], panel: Panel | None, stage: Stage) -> Lesson:
    """A whole episode that looks at a panel and reads it; None for one that is not there."""
    shown = None if panel is None else place_of(panel)
    mark = None if panel is None else panel.mark
    crop = scene.drawn(region_of(shown or NOWHERE))
    zoom = reply_zoom(asked, named_place(scene, asked, panel), shown=shown)
    return whole(question_about(asked), zoom, stage, mark, crop)


def named_place(scene: Scene, asked: Sequence[str], panel: Panel | None) -> Place | None:
    """Where the panel is that a question names: the one asked for, or the one that it is beside."""
    if asked[0] in DIRECTIONS:
        (panel,) = (each for each in scene.panels if each.colour == asked[1])
    return None if panel is None else place_of(panel)


def whole(question: str, zoom: str, stage: Stage, mark: str | None, crop: Image.Image) -> Lesson:
    """A whole episode of one zoom."""
    turns = [
        ("system", 0, SYSTEM),
        ("user", 1, ask(question, stage="observe")),
        ("assistant", 0, zoom),
        ("user", 1, ask(question, stage=stage, zoomed=True)),
        ("assistant", 0, reply_answer(mark)),
    ]
    return Lesson(chatml(turns), (crop,))
