"""One question about views that are chosen here: the page, a crop, or both, shown at once."""

import time

from ergo_agent.answer import VisionAnswer
from ergo_agent.dialects.messages import reply_end, reply_text
from ergo_agent.episode.budget import Budget
from ergo_agent.episode.episode import Episode, Next
from ergo_agent.episode.ledger import reported_tokens
from ergo_agent.episode.moves import Answer
from ergo_agent.episode.planning import plan_regions
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.stopping import OUT_OF_TIME, UNUSABLE, StopReason
from ergo_agent.episode.terms import Terms
from ergo_agent.episode.turn import Turn
from ergo_agent.evaluation.samples import Sample
from ergo_agent.graphs.policy_node import PolicyNode
from ergo_agent.graphs.question import Questions
from ergo_agent.graphs.replies import Outcome, ReplyReader
from ergo_agent.images import Original
from ergo_agent.images.maker import ViewMaker
from ergo_agent.policies.base import Policy
from ergo_agent.tools.observe import facts_of, observe_image
from ergo_agent.views.geometry import Region
from ergo_agent.views.view import View

__all__ = ["ControlLook"]


class ControlLook:
    """Shows what it is told to, and asks once."""

    def __init__(self, policy: Policy, *, settings: VisionSettings, maker: ViewMaker) -> None:
        """Wire what asks.

        Args:
            policy: Whom to ask; one that is ready.
            settings: What a look may cost.
            maker: Opens pages and makes views.
        """
        self._policy = policy
        self._terms = policy.terms(settings)
        self._maker = maker
        self._asking = PolicyNode(policy, terms=self._terms, maker=maker)
        self._questions = Questions(policy.dialect, self._terms)
        self._replies = ReplyReader(policy.dialect, self._terms)

    @property
    def terms(self) -> Terms:
        """What a look is bound by."""
        return self._terms

    async def opened(self, sample: Sample, *, page: int) -> Original:
        """The page that a sample is about.

        Raises:
            ImageError: If it cannot be opened.
        """
        return await self._maker.open(sample.document, page=page)

    async def look(
        self, sample: Sample, original: Original, crop: Region | None, *, with_page: bool
    ) -> VisionAnswer:
        """Ask about the page, a crop, or both.

        Args:
            sample: What is asked.
            original: The page.
            crop: What is shown closer, in original pixels; nothing where it is None.
            with_page: Whether the page is shown, too.

        Raises:
            BudgetError: If no view fits.
            PolicyError: If the policy's model fails.
        """
        clock = time.perf_counter()
        views = await self._shown(sample, original, crop, with_page=with_page)
        episode = Episode(
            question=sample.question,
            options=sample.offered,
            facts=facts_of(original),
            source=sample.document,
            views=views,
            next=Next(do="question"),
        )
        observed = time.perf_counter() - clock
        turn, read = await self._asked(episode)
        ended = episode.model_copy(update={"turns": (turn,)})
        return self._record(ended, read, {"observe": observed, "policy": turn.seconds})

    async def _shown(
        self, sample: Sample, original: Original, crop: Region | None, *, with_page: bool
    ) -> tuple[View, ...]:
        seen = await observe_image(
            self._maker, sample.document, page=original.page, terms=self._terms
        )
        if crop is None:
            return (seen.view,)
        left = self._terms.settings.episode_budget - seen.view.tokens
        plan = plan_regions([crop], [seen.view], budget=Budget(self._terms, left))
        if not plan.crops:  # the page shows it at full resolution already
            return (seen.view,)
        made = await self._maker.made(plan.crops[0], original)
        if with_page:
            return seen.view, made
        return (made.model_copy(update={"number": 1, "parent": None}),)

    async def _asked(self, episode: Episode) -> tuple[Turn, Outcome]:
        asked = self._questions.last(episode)
        clock = time.perf_counter()
        reply = await self._asking.reply(episode, asked, {})
        seconds = time.perf_counter() - clock
        read = Outcome(Next(do="answer"), stop=OUT_OF_TIME)
        if reply is not None:
            reply, read = self._replies.understood(reply, episode, asked)
        turn = Turn(
            stage="last",
            question=asked.text,
            views=tuple(view.number for view in episode.views),
            reply=None if reply is None else reply_text(reply),
            record=None if reply is None else self._policy.dialect.record(reply),
            move=read.move,
            repairs=read.repairs,
            error=read.error,
            ended=None if reply is None else reply_end(reply),
            seconds=seconds,
            paid={view.number: view.tokens for view in episode.views},
            **reported_tokens(reply),
        )
        return turn, read

    def _record(self, episode: Episode, read: Outcome, timings: dict[str, float]) -> VisionAnswer:
        said = read.next.answer
        stop: StopReason = read.stop or (UNUSABLE if said is None else "answered")
        answer = said or Answer(text=None)
        return VisionAnswer(
            question=episode.question,
            answer=answer.text,
            confidence=answer.confidence,
            reasoning=answer.reasoning,
            evidence=[],
            stop_reason=stop,
            policy=self._policy.name,
            image=episode.facts,
            views=list(episode.views),
            turns=list(episode.turns),
            ledger=episode.ledger(self._terms),
            timings=timings,
        )
