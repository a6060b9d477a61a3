"""Families of questions: which panels are on the page, which one is asked for, and in which words.

| family | asked for | trained on |
|---|---|---|
| `colour` | the one panel of a colour | yes |
| `crowded` | the one panel of a colour and a shape, on a page full of either | yes |
| `beside` | the panel right or left of the one of a colour | yes |
| `absent` | a colour, or a colour and a shape, that is not there | yes |
| `stacked` | the panel above or below the one of a colour | yes |
| `shape` | the one panel of a shape | no |
| `unseen_pair` | as `crowded`, for pairs that `crowded` never asks for | no |
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from ergo_agent.training.scenes.panels import COLOURS, SHAPES

__all__ = [
    "FAMILIES",
    "GRID",
    "HELD_BACK",
    "HELD_OUT",
    "Layout",
    "Placed",
    "layout_of",
    "question_about",
]

GRID = 4
"""Columns and rows of cells, each with one panel at most."""

_CELLS = [(column, row) for row in range(GRID) for column in range(GRID)]
_T = TypeVar("_T")
_PAIRS = [(colour, shape) for colour in COLOURS for shape in SHAPES]
HELD_BACK = frozenset(
    pair for at, pair in enumerate(_PAIRS) if at % len(SHAPES) == at // len(SHAPES) % len(SHAPES)
)
"""One shape of each colour: pairs that only `unseen_pair` asks for."""

_Cell = tuple[int, int]
_Steps = dict[str, _Cell]
_BESIDE: _Steps = {"right of": (1, 0), "left of": (-1, 0)}
_STACKED: _Steps = {"above": (0, -1), "below": (0, 1)}


class Placed(NamedTuple):
    """A panel without its size and mark."""

    cell: _Cell
    colour: str
    shape: str


class Layout(NamedTuple):
    """What is on a page, and what is asked."""

    panels: tuple[Placed, ...]
    target: int | None
    """Which panel is asked for; None where there is none."""

    asked: tuple[str, ...]
    """What tells it, such as `("blue",)`, `("blue", "disc")` or `("right of", "blue")`."""

    question: str


def layout_of(family: str, random: np.random.Generator) -> Layout:
    """A layout of a family.

    Args:
        family: One of `FAMILIES` or `HELD_OUT`.
        random: Where chance comes from.
    """
    return _LAYOUTS[family](random)


def question_about(asked: Sequence[str]) -> str:
    """The question in words.

    Args:
        asked: What tells the panel, as in `Layout.asked`.
    """
    if asked[0] in _BESIDE or asked[0] in _STACKED:
        return f"Which mark is in the panel {asked[0]} the {asked[1]} one?"
    kind = " ".join(asked if asked[-1] in SHAPES else (*asked, "panel"))
    return f"Which mark is in the {kind}?"


def _by_colour(random: np.random.Generator) -> Layout:
    panels = _distinct(random, colours=int(random.integers(4, 9)))
    target = int(random.integers(len(panels)))
    return _asked(panels, target, (panels[target].colour,))


def _by_shape(random: np.random.Generator) -> Layout:
    asked, *others = _shuffled(random, SHAPES)
    cells = _shuffled(random, _CELLS)[: int(random.integers(4, 9))]
    colours = _shuffled(random, COLOURS)
    panels = [
        Placed(cell, colours[at], asked if at == 0 else str(random.choice(others)))
        for at, cell in enumerate(cells)
    ]
    return _asked(panels, 0, (asked,))


def _crowded(random: np.random.Generator, *, held_back: bool) -> Layout:
    pairs = [pair for pair in _PAIRS if (pair in HELD_BACK) == held_back]
    pair = pairs[int(random.integers(len(pairs)))]
    panels = _crowd(random, pair)
    return _asked([Placed(panels[0].cell, *pair), *panels[1:]], 0, pair)


def _crowd(random: np.random.Generator, pair: tuple[str, str]) -> list[Placed]:
    """Panels of which some have the colour and some the shape, and none both."""
    colour, shape = pair
    alike = [each for each in _PAIRS if each != pair and (each[0] == colour or each[1] == shape)]
    unlike = [each for each in _PAIRS if each[0] != colour and each[1] != shape]
    cells = _shuffled(random, _CELLS)[: int(random.integers(10, 15))]
    return [
        Placed(cell, *_one(random, alike if at % 2 else unlike)) for at, cell in enumerate(cells)
    ]


def _neighbour(random: np.random.Generator, steps: _Steps) -> Layout:
    words = str(random.choice(list(steps)))
    across, down = steps[words]
    ends = {(c, r): (c + across, r + down) for c, r in _CELLS if (c + across, r + down) in _CELLS}
    beside = list(ends)[int(random.integers(len(ends)))]
    colour, *others = _shuffled(random, COLOURS)
    rest = [cell for cell in _shuffled(random, _CELLS) if cell not in {beside, ends[beside]}]
    cells = [ends[beside], *rest[: int(random.integers(5, 10))]]
    panels = [
        Placed(cell, str(random.choice(others)), str(random.choice(SHAPES))) for cell in cells
    ]
    panels.append(Placed(beside, colour, str(random.choice(SHAPES))))
    return _asked(panels, 0, (words, colour))


def _absent(random: np.random.Generator) -> Layout:
    if random.random() < 0.5:
        panels = _distinct(random, colours=int(random.integers(4, 8)))
        there = {panel.colour for panel in panels}
        return _asked(panels, None, (_one(random, [c for c in COLOURS if c not in there]),))
    pair = _one(random, [each for each in _PAIRS if each not in HELD_BACK])
    return _asked(_crowd(random, pair), None, pair)


def _distinct(random: np.random.Generator, *, colours: int) -> list[Placed]:
    """Panels of so many colours, each its own."""
    cells, names = _shuffled(random, _CELLS), _shuffled(random, COLOURS)
    return [
        Placed(cell, colour, str(random.choice(SHAPES)))
        for cell, colour in zip(cells[:colours], names[:colours], strict=True)
    ]


def _asked(panels: Sequence[Placed], target: int | None, asked: tuple[str, ...]) -> Layout:
    return Layout(tuple(panels), target, asked, question_about(asked))


def _shuffled(random: np.random.Generator, given: Iterable[_T]) -> list[_T]:
    every = list(given)
    return [every[at] for at in random.permutation(len(every))]


def _one(random: np.random.Generator, given: Sequence[_T]) -> _T:
    return given[int(random.integers(len(given)))]


_LAYOUTS: dict[str, Callable[[np.random.Generator], Layout]] = {
    "colour": _by_colour,
    "crowded": lambda random: _crowded(random, held_back=False),
    "beside": lambda random: _neighbour(random, _BESIDE),
    "absent": _absent,
    "stacked": lambda random: _neighbour(random, _STACKED),
    "shape": _by_shape,
    "unseen_pair": lambda random: _crowded(random, held_back=True),
}
HELD_OUT = ("shape", "unseen_pair")
"""Families to try a policy on that was trained on the others."""

FAMILIES = tuple(name for name in _LAYOUTS if name not in HELD_OUT)
"""Families to train on."""
