"""What is sent instead of a conversation that is longer than the model's context.

The server said so, and would say it again: fewer vision tokens are sent. First the newest views
alone, for an answer from what they show; where they are all there is, the same ones smaller.
"""

from ergo_agent.episode.episode import Episode
from ergo_agent.episode.terms import Terms
from ergo_agent.images.maker import ViewMaker
from ergo_agent.views.view import View

__all__ = ["newest_alone", "with_smaller_views"]


def newest_alone(episode: Episode) -> Episode | None:
    """The episode as if its newest views were all that was shown; None where they are."""
    newest = episode.unsent or next((t.views for t in reversed(episode.turns) if t.views), ())
    views = tuple(view for view in episode.views if view.number in newest)
    if not episode.turns and len(views) == len(episode.views):
        return None
    return episode.model_copy(update={"turns": (), "views": views})


async def with_smaller_views(episode: Episode, *, terms: Terms, maker: ViewMaker) -> Episode | None:
    """The episode with each view at half the vision tokens; None where one would get too small.

    Args:
        episode: What was sent.
        terms: What views cost, and below which cost they show nothing.
        maker: Makes the views.
    """
    rule, least = terms.rule, terms.settings.min_crop_tokens
    if any(view.tokens // 2 < least for view in episode.views):
        return None
    smaller: list[View] = []
    for view in episode.views:
        shown = rule.fit(view.region.size, max_tokens=view.tokens // 2)
        planned = view.model_copy(update={"shown": shown, "tokens": rule.tokens(shown)})
        original = await maker.original(episode.facts.digest, page=view.page, source=episode.source)
        smaller.append(await maker.made(planned, original))
    return episode.model_copy(update={"views": tuple(smaller)})
