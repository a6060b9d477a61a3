"""The rewards of the paper, as pure functions of one rollout.

`R = r_TCE + r_acc + r_format` and `r_TCE = alpha * r_region + beta * r_box` (ERGO, arXiv
2509.21991, its section on the reward). Each part is between 0 and 1, so that R is between 0 and
`2 + alpha + beta`. A rollout that ended on a reply which could not be read gets 0 from each.

A rollout that never zoomed has no region to be judged: region and box are 0. Where "not found" is
right they are 1, for then nothing had to be seen, and nobody is to be taught to look all the same.
"""

from collections.abc import Callable, Sequence

from ergo_agent.episode.agreement import same
from ergo_agent.episode.coverage import covered_area
from ergo_agent.errors import SettingsError, StateError
from ergo_agent.training.rollout import Rollout, Seen

__all__ = [
    "ALPHA",
    "BETA",
    "GAMMA",
    "Match",
    "accuracy_reward",
    "box_reward",
    "cropped_share",
    "ergo_reward",
    "format_reward",
    "is_right",
    "region_reward",
    "smooth_box_reward",
    "tce_reward",
]

ALPHA, BETA, GAMMA = 1.0, 0.5, 0.6
"""The weights of region and box, and the largest share of a page that the crops may cover, as the
paper is said to set them; its ablation has 58.4 for these weights and 54.3 to 56.8 for others."""

Match = Callable[[str, str], bool]
"""Whether an answer says the same as a right one."""


def is_right(answer: str | None, answers: Sequence[str], *, match: Match = same) -> bool:
    """Whether an answer is one of the right ones; "not found" is right where there is none.

    Args:
        answer: What was answered; None for "not found".
        answers: Every right answer; empty where "not found" is right.
        match: Compares an answer and a right one.
    """
    if answer is None or not answers:
        return answer is None and not answers
    return any(match(answer, right) for right in answers)


def format_reward(rollout: Rollout) -> float:
    """r_format: 1 where every reply has its dialect's own form and the last one answers, else 0."""
    whole = rollout.answered and bool(rollout.strict) and all(rollout.strict)
    return float(whole and not rollout.unreadable)


def accuracy_reward(rollout: Rollout, *, match: Match = same) -> float:
    """r_acc: 1 where the policy's own answer is right, else 0.

    Args:
        rollout: With its right answers; where a scorer has spoken (`right`), that counts.
        match: Compares an answer and a right one. The default takes two notations of one value for
            the same and nothing else: a reply that lists every possible answer earns nothing.

    Raises:
        StateError: If its right answers are not known.
    """
    answers = _answers(rollout)
    if rollout.unreadable or not rollout.answered:
        return 0.0
    if rollout.right is not None:
        return float(rollout.right)
    return float(is_right(rollout.answer, answers, match=match))


def region_reward(rollout: Rollout, seen: Seen, *, match: Match = same) -> float:
    """r_region: 1 where a reward model that is shown the crops alone answers rightly, else 0.

    Args:
        rollout: With its right answers; of the rest only whether it has a crop counts.
        seen: What the reward model said of it.
        match: As for `accuracy_reward`.

    Raises:
        StateError: If its right answers are not known.
    """
    answers = _answers(rollout)
    if rollout.unreadable or seen.error is not None:
        return 0.0
    if not rollout.cropped:
        return float(rollout.nothing_to_see)
    return float(is_right(seen.answer, answers, match=match))


def cropped_share(rollout: Rollout) -> float:
    """Share of the pages that lies in some crop, 0 to 1: `area(union of crops) / area(pages)`.

    Overlaps count once; the pages are those that the policy was shown anything of.
    """
    pages = {view.page: view.original.area for view in rollout.views}
    if not pages:
        return 0.0
    crops = rollout.cropped
    covered = sum(covered_area([v.region for v in crops if v.page == page]) for page in pages)
    return covered / sum(pages.values())


def box_reward(rollout: Rollout, *, gamma: float = GAMMA) -> float:
    """r_box: 1 where the crops cover at most `gamma` of the page, else 0.

    Args:
        rollout: What to judge.
        gamma: Largest share, above 0 and at most 1.

    Raises:
        SettingsError: If `gamma` is out of range.
    """
    return float(_judged_by_area(rollout, gamma) and cropped_share(rollout) <= gamma)


def smooth_box_reward(rollout: Rollout, *, gamma: float = GAMMA) -> float:
    """As `box_reward` up to `gamma`, then `(1 - share) / (1 - gamma)`: 0 only at the whole page.

    Not of the paper: a crop somewhat too large is told that it is better than a larger one.

    Args:
        rollout: What to judge.
        gamma: As for `box_reward`.

    Raises:
        SettingsError: If `gamma` is out of range.
    """
    if not _judged_by_area(rollout, gamma):
        return 0.0
    share = cropped_share(rollout)
    return 1.0 if share <= gamma else (1 - share) / (1 - gamma)


def tce_reward(
    region: float, box: float, *, alpha: float = ALPHA, beta: float = BETA, gated: bool = False
) -> float:
    """r_TCE: `alpha * region + beta * box`; gated, `alpha * region * box + beta * box`.

    The paper's sum leaves a way out: a policy that cannot locate yet gains alpha and loses only
    beta by cropping everything. Gated, it loses both.

    Args:
        region: Of `region_reward`.
        box: Of `box_reward` or `smooth_box_reward`.
        alpha: Weight of the region.
        beta: Weight of the box.
        gated: Whether the region counts only as far as the box does.
    """
    return alpha * (region * box if gated else region) + beta * box


def ergo_reward(tce: float, accuracy: float, form: float) -> float:
    """R: `r_TCE + r_acc + r_format`.

    Args:
        tce: Of `tce_reward`.
        accuracy: Of `accuracy_reward`.
        form: Of `format_reward`.
    """
    return tce + accuracy + form


def _answers(rollout: Rollout) -> tuple[str, ...]:
    if rollout.answers is None:
        raise StateError(
            f"the right answers to {rollout.question[:60]!r} are not known; give the rollout its "
            'answers, an empty tuple where "not found" is right'
        )
    return rollout.answers


def _judged_by_area(rollout: Rollout, gamma: float) -> bool:
    """Whether the area of the crops decides; without a crop there may be nothing to be judged."""
    if not 0 < gamma <= 1:
        raise SettingsError(f"gamma={gamma} is no share of a page; give one above 0 and at most 1")
    return not rollout.unreadable and (bool(rollout.cropped) or rollout.nothing_to_see)
