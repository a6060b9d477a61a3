"""The layouts of the measured splits: pages that know what is asked about them.

`development/` and `held_out/` share no layout and no names, and neither shares any with
`benchmarks.corpus.forms`, which training may use; of their faces only Courier is in both. All data
on the pages is invented. A page and its questions follow from layout and seed alone;
`benchmarks.corpus.question_files` writes the questions down, and a test sees that what is written is what
the page prints.
"""

from collections.abc import Callable, Mapping
from functools import cache
from random import Random

from benchmarks.corpus.layouts import development, held_out
from benchmarks.corpus.layouts.paper import Form

__all__ = ["LAYOUTS", "laid_out", "lay_out"]

LAYOUTS: Mapping[str, Callable[[Random], Form]] = {**development.LAYOUTS, **held_out.LAYOUTS}


def lay_out(layout: str, *, seed: int) -> Form:
    """Gives a page with its questions.

    Raises:
        KeyError: no layout has this name.
    """
    return LAYOUTS[layout](Random(f"{layout}/{seed}"))  # noqa: S311  # invents data


@cache
def laid_out(layout: str, *, seed: int) -> Form:
    """Gives the same page, laid out once in a process: its faces take a tenth of a second.

    Raises:
        KeyError: no layout has this name.
    """
    return lay_out(layout, seed=seed)
