"""The runs that are remembered."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver

from ergo_agent.apps.page.answers import Refused
from ergo_agent.apps.page.forks import fork_of, kept_events
from ergo_agent.apps.page.forms import AskedFork, AskedRun
from ergo_agent.apps.page.policies import PagePolicies
from ergo_agent.apps.page.run import CONFIG, Asked, Begun, Run
from ergo_agent.episode.settings import check_question
from ergo_agent.images import ImageLimits

__all__ = ["MOST_AT_ONCE", "MOST_REMEMBERED", "Runs"]

MOST_AT_ONCE = 4
MOST_REMEMBERED = 50
"""Of a run its events and its checkpoints are kept, some 100 kB."""

_LINGER = 2
"""Seconds that calls get to end, when the server does."""


class Runs:
    """Starts runs, and forgets the oldest."""

    def __init__(self, policies: PagePolicies, *, limits: ImageLimits) -> None:
        """Say who is asked.

        Args:
            policies: The menu.
            limits: What is too large to be opened.
        """
        self._policies = policies
        self._limits = limits
        self._runs: OrderedDict[str, Run] = OrderedDict()

    def get(self, identity: str) -> Run:
        """The run of a name.

        Raises:
            Refused: If there is none, or it was forgotten.
        """
        if identity not in self._runs:
            raise Refused(
                404,
                f"there is no such run: the newest {MOST_REMEMBERED} are kept, until the server "
                "ends; ask again",
            )
        return self._runs[identity]

    def shows(self, view: str) -> bool:
        """Whether a run that is remembered made a view."""
        return any(view in run.views for run in self._runs.values())

    def told(self) -> list[dict[str, Any]]:
        """The runs that are remembered, the oldest first, for a page that is loaded anew."""
        return [run.told for run in self._runs.values()]

    def start(self, asked: AskedRun, *, facts: Mapping[str, Any]) -> Run:
        """Ask a question.

        Args:
            asked: What, about what, and whom.
            facts: What the image is, as the page shows it.

        Raises:
            Refused: If too many runs go on already.
            FatalError: If the question, the settings or the policy cannot be used.
        """
        settings = asked.settings.chosen()
        policy = asked.policy or self._policies.default
        self._policies.check(policy)
        question = check_question(asked.question, settings=settings)
        about = Asked(asked.image, asked.page, question, policy, settings, self._limits)
        saver = InMemorySaver()

        async def begin() -> Begun:
            graph = about.graph(await asyncio.to_thread(self._policies.get, policy), saver)
            return Begun(graph, about.given, CONFIG)

        self._check_room()
        run = self._remembered(Run(_identity(), about, saver, facts=facts))
        run.start(begin)
        return run

    async def fork(self, run: Run, asked: AskedFork) -> Run:
        """Go on from an earlier zoom of a run with other boxes; the run itself stays.

        Raises:
            Refused: If too many runs go on already, or the run has not begun.
            FatalError: If there is no such zoom, or the boxes show nothing new.
        """
        self._check_room()
        policy = await asyncio.to_thread(self._policies.get, run.asked.policy)
        begun, saver = await fork_of(run, policy, zoom=asked.zoom, boxes=asked.boxes)
        self._check_room()

        async def begin() -> Begun:
            return begun

        made = Run(_identity(), run.asked, saver, facts=run.facts, fork_of=run.id)
        fork = self._remembered(made)
        fork.newest = begun.config
        fork.keep(kept_events(run.log.said, zoom=asked.zoom))
        fork.start(begin)
        return fork

    def cancel_all(self) -> None:
        """End every run, so that each stream ends too."""
        for run in self._runs.values():
            run.cancel()

    async def close(self) -> None:
        """End every run, and wait a moment until the calls of their policies have ended too."""
        self.cancel_all()
        tasks = [run.task for run in self._runs.values() if run.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=_LINGER)

    def _check_room(self) -> None:
        if sum(run.going for run in self._runs.values()) >= MOST_AT_ONCE:
            raise Refused(
                429, f"{MOST_AT_ONCE} runs go on already; wait for one to end, or cancel one"
            )

    def _remembered(self, run: Run) -> Run:
        self._runs[run.id] = run
        ended = [each.id for each in self._runs.values() if not each.going]
        for identity in ended[: max(0, len(self._runs) - MOST_REMEMBERED)]:
            del self._runs[identity]
        return run


def _identity() -> str:
    """A name of a run that nobody guesses."""
    return secrets.token_urlsafe(12)
