"""Regular expressions of whole replies, which a server can make a model keep to.

Written for any regular-expression engine that a server may use (xgrammar, outlines, guidance):
nothing but classes, groups, alternatives and repetitions.

A `<` in text may not be followed by a letter with which a tag begins (`<table>`, `x <total`):
without lookahead nothing finer can tell text from tags. The parser still reads such text.
"""

from collections.abc import Sequence

from ergo_agent.episode.moves import Stage
from ergo_agent.views.frames import Frame
from ergo_agent.views.view import View

__all__ = ["MAX_REGIONS", "tag_pattern"]

MAX_REGIONS = 4
"""Most boxes in one enforced reply, as many as are shown by default (`VisionSettings.max_regions`).
Some bound is needed: a model that repeats itself would fill its reply with boxes."""

_OPENINGS = r"(?:<[ /]*)+"
_SIGN = f"(?:[^<]|{_OPENINGS}[^ /<aentzAENTZ])"
"""One character of text; a `<` together with the one behind it."""
_TEXT = rf"{_SIGN}*(?:<[ /]*)*"
_SOME_TEXT = rf"(?:[^< \t\n\r]|{_OPENINGS}[^ /<aentzAENTZ]){_TEXT}"


def tag_pattern(stage: Stage, views: Sequence[View], *, frame: Frame) -> str:
    """The pattern of a reply in tags: the reasoning, then what the stage allows.

    `observe` allows a zoom, or an answer where the view shows everything already; `zoomed` allows
    both; `last` an answer.

    Args:
        stage: Where in the episode the question stands.
        views: All views shown so far.
        frame: What the numbers of a box count; they have no more digits than the view is long.
    """
    box = _box_pattern(views, frame)
    named = f'(?: view="(?:{"|".join(str(view.number) for view in views)})")?'
    zoom = f"(?:<zoom{named}>{box}</zoom>){{1,{MAX_REGIONS}}}"
    read_at = f"(?:<evidence{named}>{box}</evidence>){{0,{MAX_REGIONS}}}"
    answer = f"<answer>(?:{_SOME_TEXT}</answer>|</answer><not_found/>){read_at}"
    if stage == "last" or (stage == "observe" and views[-1].full_resolution):
        move = answer
    else:
        move = zoom if stage == "observe" else f"(?:{zoom}|{answer})"
    return f"<think>{_TEXT}</think>{move}"


def _box_pattern(views: Sequence[View], frame: Frame) -> str:
    edges = [frame.edges(view.shown) for view in views]
    across = _number(max(edge.width for edge in edges), exact=frame.side is not None)
    down = _number(max(edge.height for edge in edges), exact=frame.side is not None)
    return rf"\[{across}, {down}, {across}, {down}\]"


def _number(largest: int, *, exact: bool) -> str:
    """Whole numbers of as many digits as `largest`; exactly up to it where it is a power of ten."""
    digits = len(str(largest))
    if exact:
        return rf"(?:0|[1-9][0-9]{{0,{digits - 2}}}|{largest})"
    return rf"(?:0|[1-9][0-9]{{0,{digits - 1}}})"
