"""How a question is asked: the policy's own ways, and the controls that show what helps it.

| mode | what the policy is shown |
|---|---|
| full | the page once, at full resolution or the largest view allowed |
| coarse | the page once, within the budget of a view |
| ergo | the page, then what it asked for once: the paper's two turns |
| auto | the page, then as many crops as the settings allow |
| random | the page and a crop of the size of ergo's, from a place that is drawn |
| oracle | the page and a crop of the boxes that the data set says hold the answer |
| crop_only | the crop that it asked for under ergo, and nothing else |
| agent | an outer model sees the page small, and has `ErgoVisionTool` |
| agent_alone | the same outer model without the tool; it comes with `agent` |

`random`, `oracle` and `crop_only` show what they show at once, in one question. Where ergo took no
crop, `random` and `crop_only` have none to show either, and show the page alone; `oracle` likewise
where there is no box. The summary counts those.
"""

from collections.abc import Sequence
from random import Random
from typing import Literal, get_args

from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.samples import Place
from ergo_agent.images import DEFAULT_LIMITS
from ergo_agent.views.geometry import Region, Size

__all__ = [
    "AFTER_ERGO",
    "CONTROLS",
    "FULL_BUDGET",
    "MODES",
    "OUTER",
    "Mode",
    "checked_modes",
    "gold_region",
    "mode_settings",
    "random_region",
]

Mode = Literal[
    "full", "coarse", "ergo", "auto", "random", "oracle", "crop_only", "agent_alone", "agent"
]
MODES: tuple[Mode, ...] = get_args(Mode)
CONTROLS: frozenset[str] = frozenset({"random", "oracle", "crop_only"})
"""Modes whose crop is chosen here and not by the policy."""
AFTER_ERGO: frozenset[str] = frozenset({"random", "crop_only"})
"""Modes whose crop has the size, or is the one, of ergo's on the same question."""
OUTER: frozenset[str] = frozenset({"agent_alone", "agent"})
"""Modes in which an outer model is asked."""
FULL_BUDGET = 16_384
"""Vision tokens of the one view of `full`: what the paper's single pass is given."""


def checked_modes(given: str | Sequence[str]) -> tuple[Mode, ...]:
    """Modes in the order in which they are run.

    Args:
        given: Names, or one text with commas between them.

    Raises:
        SettingsError: If one is none, or needs another that is not given.
    """
    names = given.split(",") if isinstance(given, str) else list(given)
    wanted = {name.strip() for name in names if name.strip()}
    unknown = sorted(wanted - set(MODES))
    if unknown or not wanted:
        what = f"{unknown[0]!r} is no mode" if unknown else "no mode is given"
        raise SettingsError(f"{what}; give some of {', '.join(MODES)}, with commas between them")
    wanted |= {"agent_alone"} if "agent" in wanted else set()
    lonely = sorted(wanted & AFTER_ERGO)
    if lonely and "ergo" not in wanted:
        raise SettingsError(f"the mode {lonely[0]} takes its crops from ergo's; give ergo, too")
    return tuple(mode for mode in MODES if mode in wanted)


def mode_settings(mode: Mode, base: VisionSettings, *, full_budget: int) -> VisionSettings:
    """What an episode may cost in a mode.

    Args:
        mode: How it is asked.
        base: The run's own; `auto` keeps them.
        full_budget: Vision tokens of the one view of `full`.

    Raises:
        BudgetError: If a budget holds no view.
    """
    if mode == "auto" or mode in OUTER:
        return base
    changed: dict[str, object] = {"max_zooms": 1 if mode == "ergo" else 0, "verify": False}
    if mode == "full":
        changed |= {"view_budget": full_budget, "max_vision_tokens": None}
    return VisionSettings(**{**base.model_dump(), **changed})


def gold_region(places: Sequence[Place], *, page: int, size: Size) -> Region | None:
    """The smallest region that holds the boxes on a page; None where there is none.

    A box that counts pixels of another drawing is scaled by its resolution, and what hangs over the
    page is cut.

    Args:
        places: Where the answer stands.
        page: From 1.
        size: Of the page, in original pixels.
    """
    regions = [_region(each, size) for each in places if each.page == page]
    known = [region for region in regions if region is not None]
    return Region.bounding(known) if known else None


def _region(place: Place, size: Size) -> Region | None:
    scale = 1.0 if place.dpi is None else DEFAULT_LIMITS.pdf_dpi / place.dpi
    left, top, right, bottom = (edge * scale for edge in place.box)
    left, top = max(0, int(left)), max(0, int(top))
    right, bottom = min(size.width, -int(-right // 1)), min(size.height, -int(-bottom // 1))
    if right <= left or bottom <= top:
        return None
    return Region(left=left, top=top, right=right, bottom=bottom)


def random_region(like: Size, *, within: Size, seed: str) -> Region:
    """A region of a size, from a place that is drawn; the same each time for the same seed.

    Args:
        like: Its size, in original pixels.
        within: Size of the page, in original pixels.
        seed: Of the draw.
    """
    width, height = min(like.width, within.width), min(like.height, within.height)
    draw = Random(seed)  # noqa: S311  # a control, no secret
    left = draw.randint(0, within.width - width)
    top = draw.randint(0, within.height - height)
    return Region(left=left, top=top, right=left + width, bottom=top + height)
