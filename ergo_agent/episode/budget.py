"""How large a region is shown, within the budget."""

from typing import NamedTuple

from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.views.geometry import Region, Size
from ergo_agent.views.tokens import TokenRule

__all__ = ["Budget", "fit_coarse", "fit_view", "grow_region"]


class Budget(NamedTuple):
    """What views may cost."""

    terms: Terms
    remaining: int
    """Vision tokens left in the episode."""

    @classmethod
    def whole(cls, terms: Terms) -> "Budget":
        """That of an episode which has spent nothing."""
        return cls(terms, terms.settings.episode_budget)

    @property
    def settings(self) -> VisionSettings:
        """The settings of the episode."""
        return self.terms.settings

    @property
    def rule(self) -> TokenRule:
        """What a view costs."""
        return self.terms.rule

    @property
    def useful(self) -> int:
        """Fewest vision tokens for which showing a crop is worth while."""
        wanted = min(self.settings.min_crop_tokens, self.settings.view_budget)
        return max(wanted, self.rule.min_tokens)

    @property
    def affords_crop(self) -> bool:
        """Whether there is enough left to show one more crop."""
        return self.remaining >= self.useful


def fit_coarse(size: Size, *, budget: Budget) -> Size:
    """The size at which a whole image of `size` is shown first.

    Raises:
        BudgetError: If no view of it fits.
    """
    settings, rule = budget.settings, budget.rule
    cap = budget.remaining
    if rule.full_resolution_tokens(size) > min(settings.view_budget, cap):
        # leave as much for a closer look; but never less than the smallest view
        cap = max(cap // 2, min(cap, rule.min_tokens))
    return fit_view(size, max_tokens=min(settings.view_budget, cap), budget=budget)


def fit_view(size: Size, *, max_tokens: int, budget: Budget) -> Size:
    """The size at which a region of `size` is shown for at most `max_tokens`.

    Where full resolution fits, sides are rounded up to whole tokens and not to the nearest: then
    no pixel is lost and the view counts as full resolution.

    Raises:
        BudgetError: If no view of it fits.
    """
    rule = budget.rule
    max_tokens = min(max_tokens, rule.max_view_tokens)
    lowest = min(max(budget.settings.min_crop_tokens, rule.min_tokens), max_tokens)
    native = rule.whole(size)
    showable = max(size) <= rule.max_aspect_ratio * min(size)
    if lowest <= rule.tokens(native) <= max_tokens and showable:
        return native
    return rule.fit(size, max_tokens=max_tokens, min_tokens=lowest)


def grow_region(region: Region, *, margin: float, within: Size, terms: Terms) -> Region:
    """A region with its margin, no smaller than `min_region`, and no thinner than can be shown.

    Its sides become whole tokens, so that at full resolution the crop is an exact copy of pixels.

    Args:
        region: In original pixels.
        margin: On each side, as a fraction of the region's width and height.
        within: Size of the original.
        terms: Bound the region.
    """
    rule = terms.rule
    padded = region.padded(fraction=margin, within=within)
    thinnest = -(-max(padded.size) // rule.max_aspect_ratio)
    least = max(terms.settings.min_region, thinnest)
    wanted = (-(-max(side, least) // rule.grain) * rule.grain for side in padded.size)
    return padded.grown(to=Size(*wanted), within=within)
