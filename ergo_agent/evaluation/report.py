"""A run to look at: one HTML file, from which every failure is one click from its episode."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.outcome import Key, Outcome
from ergo_agent.evaluation.results import Results
from ergo_agent.evaluation.summary import ModeSummary
from ergo_agent.report.jinja import template_text, templates

__all__ = ["save_results_report"]

_FILE = "report.html"
_LEFT, _RIGHT, _TOP, _BOTTOM = 50.0, 680.0, 20.0, 280.0
"""Edges of the plots, in their own units."""
_WORDS = 320
"""What is left for the name before a bar and the words behind it."""


class _Dot(NamedTuple):
    """A mode in the plot of accuracy over vision tokens."""

    name: str
    x: float
    y: float
    low: float
    high: float


class _Bar(NamedTuple):
    """A mode in the plot of seconds."""

    name: str
    y: float
    median: float
    p90: float
    words: str


class _Failure(NamedTuple):
    """A sample that is not right."""

    outcome: Outcome
    page: str
    """Of its episode; empty where there is none."""

    why: str


def save_results_report(
    folder: Path, results: Results, outcomes: Sequence[Outcome], pages: Mapping[Key, str]
) -> None:
    """Write the report of a run.

    Args:
        folder: Of the run.
        results: What it comes to.
        outcomes: All of it.
        pages: Pages of episodes, as `draw_episodes` gives them.

    Raises:
        SettingsError: If it cannot be written.
    """
    style, style_hash = template_text("report.css")
    ticks, most = _ticks(results.modes)
    text = (
        templates()
        .get_template("evaluation.html")
        .render(
            results=results,
            dots=_dots(results.modes, most),
            ticks=ticks,
            bars=_bars(results.modes),
            failures=[_failure(one, pages) for one in outcomes if not one.right],
            style=style,
            style_hash=style_hash,
        )
    )
    try:
        (folder / _FILE).write_text(text, "utf-8", errors="replace")
    except OSError as error:
        raise SettingsError(f"{folder / _FILE} cannot be written ({error})") from error


def _failure(outcome: Outcome, pages: Mapping[Key, str]) -> _Failure:
    page = pages.get(outcome.key, "")
    drawn = "" if page.startswith("not drawn") else page
    if outcome.error is not None:
        return _Failure(outcome, drawn, outcome.error)
    said = "no answer" if outcome.answer is None else f"answered, score {outcome.value:.2f}"
    missing = "" if drawn else f"; {page or 'episode not drawn'}"
    return _Failure(outcome, drawn, f"{said}; {outcome.stop_reason}{missing}")


def _ticks(modes: Sequence[ModeSummary]) -> tuple[list[tuple[float, str]], float]:
    """Marks along the vision tokens, and how many the right edge stands for."""
    tokens = [mode.vision_tokens.value for mode in modes if mode.vision_tokens is not None]
    most = max([*tokens, 1.0]) * 1.1
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    return [(_across(share * most, most), f"{share * most:,.0f}") for share in shares], most


def _dots(modes: Sequence[ModeSummary], most: float) -> list[_Dot]:
    dots = []
    for mode in modes:
        if mode.vision_tokens is None or mode.score is None:
            continue
        score = mode.score
        low = score.value if score.low is None else score.low
        high = score.value if score.high is None else score.high
        x = _across(mode.vision_tokens.value, most)
        dots.append(_Dot(mode.mode, x, _up(score.value), _up(low), _up(high)))
    return dots


def _bars(modes: Sequence[ModeSummary]) -> list[_Bar]:
    known = [mode for mode in modes if mode.seconds is not None]
    most = max([mode.seconds_p90 or 0.0 for mode in known] + [1e-9])
    bars = []
    for at, mode in enumerate(known):
        median, p90 = mode.seconds or 0.0, mode.seconds_p90 or 0.0
        words = f"{median:.2f} s, nine of ten below {p90:.2f} s"
        widths = (_RIGHT - _WORDS) * median / most, (_RIGHT - _WORDS) * p90 / most
        bars.append(_Bar(mode.mode, 20.0 + 28 * at, *widths, words))
    return bars


def _across(tokens: float, most: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * tokens / most


def _up(score: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * min(max(score, 0.0), 1.0)
