"""What the policy is asked next, and whether it is the last question."""

from typing import NamedTuple

from ergo_agent.dialects.base import Dialect
from ergo_agent.episode.episode import Episode
from ergo_agent.episode.moves import Stage
from ergo_agent.episode.stopping import NO_ANSWER, OUT_OF_CONTEXT, StopReason, of_limits
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

    second_question: bool = False
    """Whether it is the one second question after a reply that could not be used."""

    fewer_views: bool = False
    """Whether only the newest views are in the prompt."""

    repairs: tuple[str, ...] = ()
    """For the turn's log."""


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
        if episode.next.do == "second_question":
            error = MoveError(episode.next.error)
            return Asked(
                dialect.second_question(error, views),
                episode.turns[-1].stage,
                None,
                second_question=True,
                repairs=("second_question",),
            )
        stop = episode.stop_reason if episode.next.do == "last_question" else self._limit(episode)
        stage: Stage = "last" if stop else "zoomed" if len(views) > 1 else "observe"
        where_only = stage == "observe" and not views[-1].full_resolution
        question = episode.question if where_only else _with_options(episode)
        repairs = ("last_question",) if stop in NO_ANSWER else ()
        text = dialect.ask(question, views, stage=stage)
        text = f"{_CHOSEN}{text}" if episode.person_chose else text
        return Asked(text, stage, stop, repairs=repairs)

    def last(self, episode: Episode) -> Asked:
        """The one question of a conversation in which nothing further will be shown."""
        text = self._dialect.ask(_with_options(episode), episode.views, stage="last")
        return Asked(text, "last", None)

    def _limit(self, episode: Episode) -> StopReason | None:
        """The limit that leaves no zoom after this question, if one does."""
        return of_limits(
            episode.views,
            zooms=episode.zooms,
            budget=episode.budget(self._terms),
            seconds_left=episode.seconds_left(self._terms.settings),
            slowest=max((turn.seconds for turn in episode.turns), default=0.0),
        )

    def last_resort(self, episode: Episode, asked: Asked) -> Asked:
        """The last question, about the newest views alone, instead of one that was too long."""
        last = self.last(episode)
        return asked._replace(
            text=last.text,
            stage=last.stage,
            stop=OUT_OF_CONTEXT,
            fewer_views=True,
            repairs=(*asked.repairs, "fewer_views"),
        )


def _with_options(episode: Episode) -> str:
    if not episode.options:
        return episode.question
    return "\n".join([episode.question, "Options:", *episode.options])
