"""The whole reward as one object: over rollouts, finished episodes, and in TRL's signature."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from ergo_agent.episode.agreement import same
from ergo_agent.errors import SettingsError
from ergo_agent.training.reward_model import Judge
from ergo_agent.training.rewards import (
    ALPHA,
    BETA,
    GAMMA,
    Match,
    accuracy_reward,
    box_reward,
    cropped_share,
    ergo_reward,
    format_reward,
    region_reward,
    smooth_box_reward,
    tce_reward,
)
from ergo_agent.training.rollout import Rollout, RolloutSource, Seen

__all__ = ["BoxRule", "ErgoReward", "Log", "Scored"]

Log = Callable[[str, float], None]
"""Told the name of a curve, and its value at this step."""

BoxRule = Literal["hard", "smooth", "gated"]
"""How the area counts: the paper's step at gamma; a slope from there to the whole page; or the
step, with the region counted only up to it."""


class Scored(NamedTuple):
    """What one rollout was given."""

    total: float
    format: float
    accuracy: float
    region: float
    box: float
    share: float
    """Of the pages, what the crops cover."""

    error: str | None = None
    """Why the reward model gave no answer, where it did not; `region` is then 0."""


class ErgoReward:
    """`R = alpha * region + beta * box + accuracy + format`, for many rollouts at once.

    A rollout's reward depends on nothing but itself, whatever it is scored with.
    """

    def __init__(  # noqa: PLR0913  # keyword-only after the first
        self,
        reward_model: Judge | None,
        *,
        alpha: float = ALPHA,
        beta: float = BETA,
        gamma: float = GAMMA,
        box: BoxRule = "hard",
        match: Match = same,
    ) -> None:
        """Say how it is put together.

        Args:
            reward_model: Judges the crops; None only where `alpha` is 0.
            alpha: Weight of the region, 0 or more.
            beta: Weight of the box, 0 or more.
            gamma: Largest share of the pages that the crops may cover, above 0 and at most 1.
            box: How the area counts.
            match: Compares an answer and a right one.

        Raises:
            SettingsError: If a number is out of range, or a reward model is missing.
        """
        if not (alpha >= 0 and beta >= 0 and 0 < gamma <= 1 and box in _BOX_RULES):
            raise SettingsError(
                f"alpha={alpha}, beta={beta}, gamma={gamma}, box={box!r} make no reward; give "
                f"weights of 0 or more, a gamma above 0 and at most 1, and {', '.join(_BOX_RULES)}"
            )
        if reward_model is None and alpha > 0:
            raise SettingsError(
                f"alpha={alpha} asks for the region reward, and there is no reward model; give "
                "one, or alpha=0"
            )
        self._judge = reward_model
        self._alpha, self._beta, self._gamma = alpha, beta, gamma
        self._box, self._match = box, match
        self.__name__ = "ergo_reward"  # what TRL logs it as
        self.unreadable = 0
        """Rollouts that ended on a reply which could not be read, since it was made."""

    @property
    def needs_crops(self) -> bool:
        """Whether the crops of a rollout have to be made before it can be scored."""
        return self._judge is not None and self._judge.needs_crops and self._alpha > 0

    def scored(self, rollouts: Sequence[Rollout]) -> list[Scored]:
        """What each rollout is given, in their order; blocking.

        Raises:
            StateError: If a rollout's right answers are not known, or its crops were not made.
        """
        self.unreadable += sum(rollout.unreadable for rollout in rollouts)
        seen = [Seen()] * len(rollouts)
        if self._judge is not None and self._alpha > 0:
            judged = [at for at, rollout in enumerate(rollouts) if not rollout.unreadable]
            for at, said in zip(
                judged, self._judge.answers([rollouts[at] for at in judged]), strict=True
            ):
                seen[at] = said
        return [self._of(rollout, said) for rollout, said in zip(rollouts, seen, strict=True)]

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Any],
        completion_ids: Sequence[Sequence[int]],
        *,
        environments: Sequence[RolloutSource],
        log_metric: Log | None = None,
        **columns: Any,
    ) -> list[float]:
        """The totals, as TRL asks for them.

        Args:
            prompts: Not looked at: what the policy was shown is in the rollouts.
            completions: What was said in each, as messages.
            completion_ids: The same as tokens.
            environments: One for each completion.
            log_metric: TRL's; it is told the mean of each part.
            columns: The data set's other columns; not looked at.

        Raises:
            StateError: As `scored` raises it.
        """
        del prompts, columns
        given = zip(environments, completions, completion_ids, strict=True)
        return self.totals([each.rollout(said, ids) for each, said, ids in given], log_metric)

    def totals(self, rollouts: Sequence[Rollout], log_metric: Log | None = None) -> list[float]:
        """The total of each rollout, in their order; blocking.

        Args:
            rollouts: What is scored.
            log_metric: Told the mean of each part.

        Raises:
            StateError: As `scored` raises it.
        """
        scored = self.scored(rollouts)
        if log_metric is not None and scored:
            for part in ("format", "accuracy", "region", "box", "share"):
                log_metric(part, sum(getattr(each, part) for each in scored) / len(scored))
            log_metric("judge_errors", sum(each.error is not None for each in scored))
        return [each.total for each in scored]

    def _of(self, rollout: Rollout, seen: Seen) -> Scored:
        judged_box = smooth_box_reward if self._box == "smooth" else box_reward
        box = judged_box(rollout, gamma=self._gamma)
        region = region_reward(rollout, seen, match=self._match) if self._alpha > 0 else 0.0
        accuracy = accuracy_reward(rollout, match=self._match)
        form = format_reward(rollout)
        tce = tce_reward(
            region, box, alpha=self._alpha, beta=self._beta, gated=self._box == "gated"
        )
        total = ergo_reward(tce, accuracy, form)
        return Scored(total, form, accuracy, region, box, cropped_share(rollout), seen.error)


_BOX_RULES = ("hard", "smooth", "gated")
