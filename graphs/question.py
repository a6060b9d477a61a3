"""What the policy is asked next, and whether it is the last question."""

from typing import NamedTuple

from ergo_agent.dialects.base import Dialect
from ergo_agent.episode.moves import Stage
from ergo_agent.episode.state import Episode
from ergo_agent.episode.stopping import StopReason
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import MoveError

__all__ = ["Asked", "Questions"]


_CHOSEN = "A person chose what is shown now, in place of the part you asked for.\n"


class Asked(NamedTuple):
    """A question that is about to be asked."""

    text: str
    stage: Stage
    stop: StopReason | None
    """What ended the zooming, where that is why it is asked."""

    repairs: tuple[str, ...] = ()


class Questions:
    """Words the questions of an episode, and keeps its limits."""

    def __init__(self, dialect: Dialect, terms: Terms) -> None:
        """Say how, and within what.

        Args:
            dialect: How the policy is asked.
            terms: What an episode is bound by.
        """
        self._dialect = dialect
        self._terms = terms

    def next(self, episode: Episode) -> Asked:
        """What to ask now, and whether it is the last question."""
        dialect, views = self._dialect, episode.views
        if episode.next.do == "repair":
            error = MoveError(episode.next.error)
            text = dialect.repair(error, views)
            return Asked(text, episode.turns[-1].stage, None, ("second_question",))
        stop = episode.stop_reason if episode.next.do == "last" else self._limit(episode)
        stage: Stage = "last" if stop else "zoomed" if len(views) > 1 else "observe"
        where_only = stage == "observe" and not views[-1].full_resolution
        question = episode.question if where_only else _with_options(episode)
        repairs = ("last_question",) if stop == "unusable_reply" else ()
        text = dialect.ask(question, views, stage=stage)
        return Asked(f"{_CHOSEN}{text}" if episode.person_chose else text, stage, stop, repairs)

    def _limit(self, episode: Episode) -> StopReason | None:
        """The limit that leaves no zoom after this question, if one does."""
        settings = self._terms.settings
        left = episode.seconds_left(settings)
        if left is not None and left < max((t.seconds for t in episode.turns), default=0.0):
            return "deadline"  # there is time for one more reply, if at all
        if all(view.is_coarse and view.full_resolution for view in episode.views):
            return None  # nothing can be gained by zooming, so no limit takes anything away
        if episode.zooms >= settings.max_zooms:
            return "max_zooms"
        budget = episode.budget(self._terms)
        return None if budget.affords_crop else "token_budget"

    def last_resort(self, episode: Episode, asked: Asked) -> Asked:
        """The last question, about the newest views alone, instead of one that was too long."""
        text = self._dialect.ask(_with_options(episode), episode.views, stage="last")
        return Asked(text, "last", "context_length", (*asked.repairs, "fewer_views"))


def _with_options(episode: Episode) -> str:
    if not episode.options:
        return episode.question
    return "\n".join([episode.question, "Options:", *episode.options])
