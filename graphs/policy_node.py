"""The policy node: ask the model, have its reply read, and say what comes next."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import Overwrite

from ergo_agent._common.secrets import scrub, secrets_of
from ergo_agent.dialects.messages import is_cut, reply_end, reply_text
from ergo_agent.documents.page_layers import PageLayers
from ergo_agent.episode.episode import Episode, Next, read_episode
from ergo_agent.episode.events import tell_next, tell_turn
from ergo_agent.episode.ledger import check_view_costs, reported_tokens
from ergo_agent.episode.moves import Stage
from ergo_agent.episode.state import as_json
from ergo_agent.episode.stopping import (
    OUT_OF_TIME,
    StopReason,
)
from ergo_agent.episode.terms import Terms
from ergo_agent.episode.turn import Turn
from ergo_agent.errors import ContextOverflowError, FatalError, PolicyError
from ergo_agent.graphs.conversation import messages_for
from ergo_agent.graphs.overflow import newest_alone, with_smaller_views
from ergo_agent.graphs.question import Asked, Questions
from ergo_agent.graphs.replies import Outcome, ReplyReader
from ergo_agent.images.maker import ViewMaker
from ergo_agent.policies.base import Policy
from ergo_agent.tracing import lightly_traced

__all__ = ["PolicyNode"]


class PolicyNode:
    """Asks the policy once, under the deadline, and reads its reply."""

    def __init__(self, policy: Policy, *, terms: Terms, maker: ViewMaker) -> None:
        """Wire the node.

        Args:
            policy: Whom to ask.
            terms: What an episode is bound by.
            maker: Keeps the encoded views.

        Raises:
            SettingsError: If the model cannot speak the policy's dialect.
        """
        self._policy = policy
        self._model = policy.dialect.bind(policy.model)
        self._terms = terms
        self._settings = terms.settings
        self._maker = maker
        self._layers = PageLayers(maker)
        self._questions = Questions(policy.dialect, terms)
        self._replies = ReplyReader(policy.dialect, terms)

    async def __call__(self, state: dict[str, Any], config: RunnableConfig) -> dict[str, Any]:
        """Run the node."""
        episode = read_episode(state)
        before, views = episode, episode.views
        asked = self._questions.next(episode)
        started = time.perf_counter()
        episode, asked, reply = await self._fitting_reply(episode, asked, config)
        seconds = time.perf_counter() - started
        if reply is None:
            read = Outcome(Next(do="answer"), stop=OUT_OF_TIME)
        else:
            reply, read = self._replies.understood(reply, episode, asked)
        turn = Turn(
            stage=asked.stage,
            question=asked.text,
            second_question=asked.second_question,
            fewer_views=asked.fewer_views,
            views=episode.unsent,
            reply=None if reply is None else reply_text(reply),
            record=None if reply is None else self._policy.dialect.record(reply),
            move=read.move,
            repairs=(*asked.repairs, *read.repairs, *_cut(reply)),
            error=read.error,
            ended=None if reply is None else reply_end(reply),
            seconds=seconds,
            paid=_paid(before, episode),
            **reported_tokens(reply),
        )
        stop = read.stop or asked.stop
        decided = self._then(read.next)
        self._tell(episode, turn, decided, stop)
        update = {
            "turns": [as_json(turn)],
            "timings": [["policy", seconds]],
            "next": as_json(decided),
            "stop_reason": stop,
        }
        if episode.views != views:
            update["views"] = Overwrite([as_json(view) for view in episode.views])
        return update

    def _then(self, decided: Next) -> Next:
        """What comes next; an answer that is to be confirmed is no end yet."""
        said = decided.answer
        if not self._settings.verify or said is None or said.text is None:
            return decided
        return decided.model_copy(update={"do": "verify"})

    def _tell(self, episode: Episode, turn: Turn, decided: Next, stop: StopReason | None) -> None:
        """Say in the custom stream what the turn cost, and what comes next."""
        after = episode.model_copy(update={"turns": (*episode.turns, turn)})
        ledger = after.ledger(self._terms)
        tell_turn(turn, number=len(after.turns), ledger=ledger, page=after.facts.page)
        tell_next(after, decided, stop=stop)

    async def _fitting_reply(
        self, episode: Episode, asked: Asked, config: RunnableConfig
    ) -> tuple[Episode, Asked, AIMessage | None]:
        """The reply, to fewer vision tokens where the conversation is too long for the model.

        Raises:
            PolicyError: If the model fails, or its context is too short for the smallest view.
        """
        sent = episode
        while True:
            try:
                return episode, asked, await self.reply(sent, asked, config)
            except ContextOverflowError:
                fewer = await self._fewer_tokens(episode, sent, asked)
                if fewer is None:
                    raise
                episode, sent, asked = fewer

    async def _fewer_tokens(
        self, episode: Episode, sent: Episode, asked: Asked
    ) -> tuple[Episode, Episode, Asked] | None:
        """The episode, what to send of it, and what to ask instead; None where nothing is left."""
        alone = newest_alone(sent)
        if alone is not None:
            return episode, alone, self._questions.last_resort(episode, asked)
        sent_smaller = await with_smaller_views(sent, terms=self._terms, maker=self._maker)
        if sent_smaller is None:
            return None
        smaller = {view.number: view for view in sent_smaller.views}
        views = tuple(smaller.get(view.number, view) for view in episode.views)
        episode = episode.model_copy(update={"views": views})
        repairs = tuple(dict.fromkeys((*asked.repairs, "smaller_view")))
        if len(views) == len(smaller):
            asked = self._questions.next(episode)
        return episode, sent_smaller, asked._replace(repairs=repairs)

    def _check_costs(self, sent: Episode, reply: AIMessage) -> None:
        """Refuse a reply to views that the server resized.

        Raises:
            ViewCostError: If it counts other vision tokens than predicted.
        """
        relative = self._policy.dialect.frame.side is not None
        check_view_costs(reply, views=sent.views, turns=sent.turns, relative=relative)

    async def reply(
        self, episode: Episode, asked: Asked, config: RunnableConfig
    ) -> AIMessage | None:
        """The model's reply; None where the deadline comes first.

        Args:
            episode: What is sent: its views and turns.
            asked: What is asked.
            config: Of the run.

        Raises:
            ContextOverflowError: If the conversation is too long for the model.
            PolicyError: If the model fails.
            ViewCostError: If its server counts other vision tokens than predicted.
        """
        reply = await self._reply(episode, asked, config)
        if reply is not None and not self._settings.allow_resized:
            self._check_costs(episode, reply)
        return reply

    async def _reply(
        self, episode: Episode, asked: Asked, config: RunnableConfig
    ) -> AIMessage | None:
        left = episode.seconds_left(self._settings)
        if left is not None and left <= 0:
            return None
        messages = await messages_for(
            episode,
            dialect=self._policy.dialect,
            question=asked.text,
            maker=self._maker,
        )
        limit = asyncio.timeout(left)
        # the second question offers a zoom and an answer, wherever it is asked
        stage: Stage = "zoomed" if asked.second_question else asked.stage
        try:
            async with limit:
                return await self._call(messages, config, stage, episode)
        except TimeoutError as error:
            if limit.expired():
                return None
            raise self._failure(error) from error

    async def _call(
        self, messages: Sequence[BaseMessage], config: RunnableConfig, stage: Stage, sent: Episode
    ) -> AIMessage:
        layer = await self._layers.shown(sent) if self._policy.takes_layer else None
        options = self._policy.options(stage, sent.views, session=sent.session, layer=layer)
        config = await lightly_traced(_told(config, stage, sent), messages)
        try:
            return await self._model.ainvoke(list(messages), config, **options)
        except (FatalError, TimeoutError):
            raise
        except Exception as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> PolicyError:
        scrub(error, secrets_of(self._policy.model))
        reason = " ".join(str(error).split())[:300] or "no reason given"
        return PolicyError(
            f"the policy {self._policy.name} failed ({type(error).__name__}: {reason}); "
            "check the model and its server"
        )


def _cut(reply: AIMessage | None) -> tuple[str, ...]:
    """What is said in a turn of a reply that was too long to be kept whole."""
    return ("cut",) if reply is not None and is_cut(reply) else ()


def _paid(before: Episode, after: Episode) -> dict[int, int]:
    """What views new to the server were predicted to cost: those not sent yet, or now smaller."""
    shown = {view.number: view.tokens for view in before.views}
    return {
        view.number: view.tokens
        for view in after.views
        if view.number in before.unsent or view.tokens < shown[view.number]
    }


def _told(config: RunnableConfig, stage: Stage, sent: Episode) -> RunnableConfig:
    """The config with what a trace of the call shows beside it: not every model counts tokens."""
    known = config.get("metadata") or {}
    cost = {
        "ergo_stage": stage,
        "ergo_views": len(sent.views),
        "ergo_vision_tokens": sum(view.tokens for view in sent.views),
    }
    return {**config, "metadata": {**known, **cost}}
