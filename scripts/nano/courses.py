"""What supervision shows: pages, what is asked about them, and what courses of them are like."""

from typing import NamedTuple

from PIL import Image

from ergo_agent.training.scenes.panels import Panel

__all__ = ["Course", "Lesson", "Page"]


class Lesson(NamedTuple):
    """A conversation; its assistant turns are to be learnt."""

    text: str
    """As the chat template writes it."""

    images: tuple[Image.Image, ...]
    """All but the first one, which the lessons of a page share; of the size `SHOWN`."""


class Page(NamedTuple):
    """One picture and what is asked about it."""

    image: Image.Image
    panels: tuple[Panel, ...]
    """What is to be seen in each cell; empty where the picture is a crop."""

    lessons: tuple[Lesson, ...]


class Course(NamedTuple):
    """What pages are like, and what is asked about them."""

    task: str
    """`read`, `locate`, `both`; or `blind`, the answer from the coarse view alone."""

    panels: tuple[int, int] = (4, 8)
    """Fewest and most on a page where each has its own colour."""

    crowds: float = 0.0
    """Share of pages full of panels."""

    pairs: float = 0.0
    """Share of questions that name colour and shape."""

    nearly: float = 0.7
    """Of the pairs asked for that are not there, the share whose colour is."""

    questions: int = 4
    """Asked about one page."""

    sloppy: float = 0.0
    """Share of zooms, in whole episodes, that are one cell off, and end there. The likeliest place
    stays the right one; but who never errs tries nothing, and reward has nothing to teach."""

    beside: float = 0.0
    """Share of pages asked for the panel beside one of a colour. Such lessons teach to find the one
    that is named, to say so, and to read what is looked at, but not what is asked for: boxes are
    around the one that is named, or a cell off on either side, as chance has it."""

    stacked: float = 0.0
    """Share of pages asked for the panel above or below one of a colour, with its exact box."""
