"""What is sent instead of a conversation that is longer than the model's context.

The server said so, and would say it again: fewer vision tokens are sent. First the newest views
alone, for an answer from what they show; where there is only the coarse view, a smaller one.
"""

from ergo_agent.budget import TokenRule
from ergo_agent.errors import BudgetError
from ergo_agent.result import View
from ergo_agent.state import Episode
from ergo_agent.viewing import ViewMaker

__all__ = ["newest_alone", "with_smaller_view"]


def newest_alone(episode: Episode) -> Episode | None:
    """The episode as if its newest views were all that was shown; None where they are."""
    newest = episode.unsent or next((t.views for t in reversed(episode.turns) if t.views), ())
    views = tuple(view for view in episode.views if view.number in newest)
    if not episode.turns and len(views) == len(episode.views):
        return None
    return episode.model_copy(update={"turns": (), "views": views})


async def with_smaller_view(
    episode: Episode, *, rule: TokenRule, maker: ViewMaker
) -> Episode | None:
    """The episode with a coarse view of half as many vision tokens; None where there is none."""
    coarse = episode.views[0]
    try:
        shown = rule.fit(coarse.region.size, max_tokens=coarse.tokens // 2)
    except BudgetError:
        return None
    facts = episode.facts
    original = await maker.original(facts.digest, page=facts.page, source=episode.source)
    smaller = View(
        number=coarse.number,
        region=coarse.region,
        shown=shown,
        original=coarse.original,
        tokens=rule.tokens(shown),
        parent=None,
        digest=await maker.show(original, coarse.region, shown=shown),
    )
    return episode.model_copy(update={"views": (smaller,)})
