"""What is sent instead of a conversation that is longer than the model's context.

The server said so, and would say it again: fewer vision tokens are sent. First the newest views
alone, for an answer from what they show; where they are all there is, the same ones smaller.
"""

from ergo_agent.episode.state import Episode
from ergo_agent.images.maker import ViewMaker
from ergo_agent.views.tokens import TokenRule
from ergo_agent.views.view import View

__all__ = ["newest_alone", "with_smaller_views"]


def newest_alone(episode: Episode) -> Episode | None:
    """The episode as if its newest views were all that was shown; None where they are."""
    newest = episode.unsent or next((t.views for t in reversed(episode.turns) if t.views), ())
    views = tuple(view for view in episode.views if view.number in newest)
    if not episode.turns and len(views) == len(episode.views):
        return None
    return episode.model_copy(update={"turns": (), "views": views})


async def with_smaller_views(
    episode: Episode, *, rule: TokenRule, least: int, maker: ViewMaker
) -> Episode | None:
    """The episode with each view at half the vision tokens; None where one would get too small.

    Args:
        episode: What was sent.
        rule: What views cost.
        least: Fewest vision tokens of a view that still shows something.
        maker: Makes the views.
    """
    if any(view.tokens // 2 < least for view in episode.views):
        return None
    facts = episode.facts
    original = await maker.original(facts.digest, page=facts.page, source=episode.source)
    smaller: list[View] = []
    for view in episode.views:
        shown = rule.fit(view.region.size, max_tokens=view.tokens // 2)
        digest = await maker.show(original, view.region, shown=shown)
        change = {"shown": shown, "tokens": rule.tokens(shown), "digest": digest}
        smaller.append(view.model_copy(update=change))
    return episode.model_copy(update={"views": tuple(smaller)})
