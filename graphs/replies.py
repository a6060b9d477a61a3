"""What a reply comes to: its move, and what the graph does next."""

from typing import Literal, NamedTuple

from langchain_core.messages import AIMessage

from ergo_agent.dialects.base import Dialect
from ergo_agent.dialects.messages import reasoning_text, reply_end
from ergo_agent.episode.episode import Episode, Next
from ergo_agent.episode.moves import Answer, Move, Zoom
from ergo_agent.episode.planning import plan_crops
from ergo_agent.episode.stopping import UNUSABLE, StopReason, of_answer, reason_in_words
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import MoveError
from ergo_agent.graphs.question import Asked

__all__ = ["Outcome", "ReplyReader"]


class Outcome(NamedTuple):
    """What a reply came to."""

    next: Next
    move: Move | None = None
    stop: StopReason | None = None
    repairs: tuple[str, ...] = ()
    error: str | None = None


class ReplyReader:
    """Reads replies in a policy's dialect, and plans the zooms that they ask for."""

    def __init__(self, dialect: Dialect, terms: Terms) -> None:
        """Say how, and within what.

        Args:
            dialect: How the policy replies.
            terms: What an episode is bound by.
        """
        self._dialect = dialect
        self._terms = terms

    def understood(
        self, reply: AIMessage, episode: Episode, asked: Asked
    ) -> tuple[AIMessage, Outcome]:
        """A reply and what it came to.

        Where it is empty and the whole move stands in what the model thought, that is the reply: a
        server's parser has taken the one for the other.
        """
        thought = reasoning_text(reply)
        if thought and reply_end(reply) == "no_reply" and self._is_whole(thought, episode):
            reply = reply.model_copy(update={"content": thought})
            read = self._read(reply, episode, asked)
            return reply, read._replace(repairs=(*read.repairs, "from_reasoning"))
        read = self._read(reply, episode, asked)
        if read.move is not None and thought and not read.move.reasoning:
            move = read.move.model_copy(update={"reasoning": thought})
            said = {"answer": move} if isinstance(read.move, Answer) and read.next.answer else {}
            read = read._replace(move=move, next=read.next.model_copy(update=said))
        return reply, read

    def _is_whole(self, thought: str, episode: Episode) -> bool:
        """Whether what a model thought holds a move in its dialect's own form, and ends with it."""
        dialect, message = self._dialect, AIMessage(thought)
        try:
            move = dialect.read(message, episode.views)
        except MoveError:
            return False
        if dialect.is_strict(message, move, episode.views):
            return True
        bare, rest = move.model_copy(update={"reasoning": ""}), thought.removeprefix(move.reasoning)
        return dialect.is_strict(AIMessage(rest), bare, episode.views)

    def _read(self, reply: AIMessage, episode: Episode, asked: Asked) -> Outcome:
        """Turn a reply into what comes next; never raises over what a reply holds."""
        dialect, views = self._dialect, episode.views
        try:
            move = dialect.read(reply, views)
            repairs = () if dialect.is_strict(reply, move, views) else ("tolerant_parse",)
            if isinstance(move, Answer):
                answer = Next(do="answer", answer=move)
                stop = of_answer(move.text, earlier=asked.stop)
                return Outcome(answer, move, stop, repairs)
            if asked.stage == "last":
                return self._final(reply, move, "no further part can be shown", repairs)
            return self._zoom(move, episode, repairs)
        except MoveError as error:
            ended = reply_end(reply)
            said = str(error) if ended is None else f"{reason_in_words(ended)}; {error}"
            if asked.stage == "last":
                return self._final(reply, None, said, ())
            if episode.was_repaired or asked.second_question:
                stop = ended or UNUSABLE
                return Outcome(Next(do="last_question"), None, stop, error=said)
            return Outcome(Next(do="second_question", error=said), None, error=said)

    def _zoom(self, move: Zoom, episode: Episode, repairs: tuple[str, ...]) -> Outcome:
        """Carry out a zoom, or say why it ends here.

        Raises:
            RegionError: If no box can be mapped to the image.
        """
        budget = episode.budget(self._terms)
        plan = plan_crops(move.boxes, episode.views, budget=budget)
        steps = (*repairs, *plan.steps)
        if plan.stop is not None:
            return Outcome(Next(do="last_question"), move, plan.stop, steps)
        do: Literal["review", "zoom"] = "review" if self._terms.settings.review_zooms else "zoom"
        return Outcome(Next(do=do, crops=plan.crops), move, None, steps)

    def _final(
        self, reply: AIMessage, move: Move | None, error: str, repairs: tuple[str, ...]
    ) -> Outcome:
        """End on a reply to the last question that is no answer by the dialect's rules."""
        ended = reply_end(reply)  # half a reply, or an apology, is no answer
        words = None if ended else self._dialect.last_words(reply)
        if words is None:
            return Outcome(Next(do="answer"), move, ended, repairs, error)
        answer = Answer(text=words)
        return Outcome(Next(do="answer", answer=answer), answer, None, (*repairs, "plain_text"))
