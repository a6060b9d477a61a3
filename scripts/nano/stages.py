"""The supervised start, stage by stage, and what goes on from it for comparison."""

from collections.abc import Callable

from scripts.nano.courses import Course, Page
from scripts.nano.lessons import draw_pages, exact_pages
from scripts.nano.one_pass import whole_pages
from scripts.nano.trainer import Stage

__all__ = ["HARDER", "SCENES_SEED", "blind", "lower", "one_pass", "short", "start", "upper"]

SCENES_SEED = 1
"""Of all scenes that supervision shows; those of GRPO have 2, those that are tested on 3 and 4."""

HARDER = ("crowded", "beside")
"""Families that come with questions and answers, and no box."""

_READ = Course("read", questions=1)
_FEW = Course("locate", panels=(1, 3))
_MORE = Course("locate", panels=(2, 6), crowds=0.2, pairs=0.3)
_ALL = Course("locate", panels=(4, 8), crowds=0.5, pairs=0.5)
_BOTH = Course("both", panels=(4, 8), crowds=0.4, pairs=0.5, questions=2, sloppy=0.2)
_ALL_AGAIN = _ALL._replace(crowds=0.4, nearly=0.1)
_BOTH_AGAIN = _BOTH._replace(nearly=0.1)
"""A pair is rarely missing where its colour is there: who has learnt to say "not found" of a page
full of panels never looks at one, and reward has nothing to reward."""

_BESIDE = _BOTH_AGAIN._replace(beside=0.35)
_MORE_BESIDE = _BESIDE._replace(beside=0.5)
_STACKED = _BESIDE._replace(beside=0.3, stacked=0.4)
"""Of what stands above and below a panel the boxes are told: a question's word for a direction is
then looked at, and what the words for the other two mean is left to the reward."""

_WHOLE = Course("whole", pairs=0.5, nearly=0.1, questions=8)
_BLIND = Course("blind", questions=2)
_MORE_FROM, _ALL_FROM = 300, 450
"""Steps from which pages hold more. Beginning with one panel alone gets stuck: it pays
to pass over the colour that is asked for."""

_AGAIN, _LATER = 100_000, 1_000_000
"""Steps by which the lessons that come again, and those of the controls, lie behind the first."""

Draw = Callable[[int], list[Page]]


def start() -> list[Stage]:
    """From nothing to a policy that finds what a colour tells, reads it and answers."""
    again = _located_and_read(lambda _: _ALL_AGAIN, later=_AGAIN)
    return [
        Stage("locate and read", 800, 1e-3, _located_and_read(_rising)),
        Stage("both", 300, 7e-4, _drawn(_BOTH, 12)),
        Stage("locate and read again", 800, 1e-3, again),
        Stage("both and beside", 300, 7e-4, _drawn(_BESIDE, 12, later=_AGAIN)),
        Stage("words", 200, 7e-4, _drawn(_MORE_BESIDE, 12, later=2 * _AGAIN), asked=True),
        Stage("words again", 300, 7e-4, _drawn(_MORE_BESIDE, 12, later=3 * _AGAIN), asked=True),
        Stage("stacked", 240, 7e-4, _drawn(_STACKED, 12, later=4 * _AGAIN), asked=True),
    ]


def short() -> list[Stage]:
    """The same stages, three steps each: what the checks run."""
    return [
        Stage("read", 3, 1e-3, _drawn(_READ, 4)),
        Stage("locate", 3, 1e-3, _drawn(_FEW, 2)),
        Stage("both", 3, 7e-4, _drawn(_BESIDE, 2)),
    ]


def upper(steps: int) -> list[Stage]:
    """The upper control: supervision on exact boxes of the harder families, for some steps."""

    def draw(step: int) -> list[Page]:
        return exact_pages(HARDER, seed=SCENES_SEED, step=_LATER + step, count=16)

    return [Stage("exact boxes", steps, 7e-4, draw)]


def lower(steps: int) -> list[Stage]:
    """The lower control: more of what the start was taught, for some steps."""
    return [Stage("simple families", steps, 7e-4, _drawn(_BESIDE, 12, later=_LATER))]


def one_pass(steps: int) -> list[Stage]:
    """The other way, for as long: all families at full resolution, the answer at once."""

    def draw(step: int) -> list[Page]:
        return whole_pages(_WHOLE, seed=SCENES_SEED, step=_LATER + step, count=3)

    return [Stage("whole pages", steps, 7e-4, draw)]


def blind(steps: int) -> list[Stage]:
    """A probe: the answer from the coarse view alone, which nobody can know."""
    return [Stage("blind", steps, 7e-4, _drawn(_BLIND, 16, later=_LATER))]


def _drawn(course: Course, count: int, *, later: int = 0) -> Draw:
    return lambda step: draw_pages(course, seed=SCENES_SEED, step=later + step, count=count)


def _rising(step: int) -> Course:
    """What is located first: few panels, then more."""
    return _FEW if step < _MORE_FROM else _MORE if step < _ALL_FROM else _ALL


def _located_and_read(course_at: Callable[[int], Course], *, later: int = 0) -> Draw:
    """Four steps of locating, then one of reading: after one another the first is forgotten."""

    def draw(step: int) -> list[Page]:
        if step % 5 == 0:
            return _drawn(_READ, 32, later=later)(step // 5)
        return _drawn(course_at(step), 12, later=later)(step)

    return draw
