"""Whether an answer is confirmed: what is looked at again, and what the looks come to.

The question is asked again in a conversation of its own, in which nothing is shown but the part of
the page that the answer was read in. Where that answers otherwise, a wider part is shown once more.
An answer is confirmed where either of the two agrees with it. Where the two agree with each other
and not with it, theirs takes its place: it was changed. Else it stays, unconfirmed.

Of an answer that comes with no place, from a view of the whole page, the whole page is shown again:
that says no more than that the policy repeats itself.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ergo_agent.episode.agreement import agree
from ergo_agent.episode.budget import Budget, fit_view, grow_region
from ergo_agent.episode.episode import Episode
from ergo_agent.episode.moves import Answer
from ergo_agent.episode.places import places_of
from ergo_agent.episode.record import Verified
from ergo_agent.episode.turn import Turn
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.view import View

__all__ = ["Settled", "plan_check", "settled"]

_NEAR, _WIDE = 0.3, 0.7
"""Share of the page's width and height that is shown at least, first and then. Guesses:
`benchmarks.verification` measures what they come to."""


class Settled(NamedTuple):
    """What the looks have come to."""

    answer: Answer
    """The one that holds from now on."""

    verified: Verified


def settled(first: Answer, checks: Sequence[Turn]) -> Settled | None:
    """What checks come to; None where one more look is to be taken.

    Args:
        first: The answer that is to be confirmed.
        checks: What was said about its crops alone, in order.
    """
    said = [turn.move for turn in checks]
    answers = [move if isinstance(move, Answer) else Answer(text=None) for move in said]
    if any(agree(first.text, answer.text) for answer in answers):
        return Settled(first, verified=True)
    if len(answers) < 2:
        return None
    near, wide = answers[:2]
    if agree(near.text, wide.text):
        return Settled(wide, verified="changed")
    return Settled(first, verified=False)


def plan_check(episode: Episode, answer: Answer, *, budget: Budget) -> View | None:
    """The part of the page that the answer is asked for from; None where nothing can be shown.

    Args:
        episode: With the checks that were made already.
        answer: What is to be confirmed.
        budget: What is left to spend.
    """
    if not budget.affords_crop:
        return None
    shown = [view.region for view in episode.views if view.number in _seen(episode.checks)]
    region = _region(episode, answer, widened=bool(shown))
    region = grow_region(region, margin=0.0, within=episode.size, terms=budget.terms)
    if region in shown:
        return None
    most = min(budget.settings.view_budget, budget.remaining)
    size = fit_view(region.size, max_tokens=most, budget=budget)
    return View(
        number=len(episode.views) + 1,
        page=episode.views[0].page,
        region=region,
        shown=size,
        original=episode.views[0].original,
        tokens=budget.rule.tokens(size),
        parent=episode.views[0].number,
        form=budget.terms.form,
    )


def _region(episode: Episode, answer: Answer, *, widened: bool) -> Region:
    """Where the answer was read: its places, and the crops that it was given after."""
    views = [view for view in episode.views if view.number not in _seen(episode.checks)]
    places = [place.region for place in places_of(answer.boxes, views)]
    asked = [turn.views for turn in episode.turns if not turn.check and turn.views]
    crops = [view.region for view in views if not view.is_coarse and view.number in asked[-1]]
    region = Region.bounding([*places, *crops] or [views[0].region])
    share = _WIDE if widened else _NEAR
    least = Size(*(round(side * share) for side in episode.size))
    return region.grown(to=least, within=episode.size)


def _seen(turns: Sequence[Turn]) -> set[int]:
    return {number for turn in turns for number in turn.views}
