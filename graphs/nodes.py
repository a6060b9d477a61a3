"""What the nodes do: each calls the tool of its own name, and reports how long it took."""

import os
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig, ensure_config
from langgraph.runtime import get_runtime
from langgraph.types import Overwrite

from ergo_agent._common.sync import run_sync
from ergo_agent.answer import VisionAnswer
from ergo_agent.episode.events import tell_view
from ergo_agent.episode.moves import Answer
from ergo_agent.episode.record import Evidence, ImageFacts
from ergo_agent.episode.settings import VisionSettings, check_options, check_question
from ergo_agent.episode.state import Episode, Next, as_json
from ergo_agent.episode.stopping import UNUSABLE
from ergo_agent.errors import SettingsError
from ergo_agent.graphs.policy_node import PolicyNode
from ergo_agent.graphs.review_node import ReviewNode, check_waiting
from ergo_agent.graphs.vision_graph import overrides_of
from ergo_agent.images import is_remote, may_be_written
from ergo_agent.images.maker import ViewMaker
from ergo_agent.images.stores import is_digest
from ergo_agent.policies.base import Policy
from ergo_agent.tools import create_answer_tool, create_observe_tool, create_zoom_tool
from ergo_agent.tools.base import call_tool
from ergo_agent.tools.observe import Observation
from ergo_agent.views.view import View

__all__ = ["BothWays", "Nodes", "NodesWhenReady"]

_State = dict[str, Any]

_MOST_MADE = 8
"""Sets of nodes kept, each for other settings; one takes about 2 ms to make."""


class Nodes:
    """The nodes of one graph, and what they share."""

    def __init__(self, policy: Policy, *, settings: VisionSettings, maker: ViewMaker) -> None:
        """Make the tools.

        Args:
            policy: Whom to ask.
            settings: What an episode may cost.
            maker: Opens images and makes views.
        """
        self._policy = policy
        self._settings = settings
        self._terms = policy.terms(settings)
        self._maker = maker
        self._observe = create_observe_tool(maker, terms=self._terms)
        self._zoom = create_zoom_tool(maker)
        self._answer = create_answer_tool()
        self.policy = PolicyNode(policy, terms=self._terms, maker=maker)
        """The node that asks the policy."""

        self.review = ReviewNode(self._terms)
        """The node that asks a person about a zoom."""

    async def observe(self, state: _State, config: RunnableConfig) -> _State:
        """Begin an episode: check the question, open the image, make the coarse view."""
        clock = time.perf_counter()
        if self._settings.review_zooms:
            check_waiting()
        question = check_question(state.get("question"), settings=self._settings)
        options = check_options(state.get("options") or [], settings=self._settings)
        image, source = await self._named(state.get("image"))
        arguments = {"image": image, "page": _checked_page(state.get("page", 1))}
        seen: Observation = await call_tool(self._observe, arguments, config)
        tell_view(seen.view)
        return {
            "image": image if source else seen.facts.digest,
            "question": question,
            "options": options,
            "source": source,
            "facts": as_json(seen.facts),
            "views": Overwrite([as_json(seen.view)]),
            "turns": Overwrite([]),
            "reviews": Overwrite([]),
            "timings": Overwrite([["observe", time.perf_counter() - clock]]),
            "next": as_json(Next(do="question")),
            "stop_reason": None,
        }

    async def zoom(self, state: _State, config: RunnableConfig) -> _State:
        """Show one crop; several run side by side, each with its own state."""
        clock = time.perf_counter()
        facts = ImageFacts.model_validate(state["facts"])
        arguments = {"image": facts.digest, "view": state["crop"], "source": state["source"]}
        view: View = await call_tool(self._zoom, arguments, config)
        tell_view(view)
        return {"views": [as_json(view)], "timings": [["zoom", time.perf_counter() - clock]]}

    async def answer(self, state: _State, config: RunnableConfig) -> _State:
        """End an episode: map the evidence, and put the result together."""
        clock = time.perf_counter()
        episode = Episode.model_validate(state)
        said = episode.next.answer or Answer(text=None)
        arguments = {
            "text": said.text,
            "boxes": [(list(box), view) for box, view in said.boxes],
            "views": [as_json(view) for view in episode.views],
            "page": episode.facts.page,
        }
        evidence: list[Evidence] = await call_tool(self._answer, arguments, config)
        seconds = time.perf_counter() - clock
        result = VisionAnswer(
            question=episode.question,
            answer=said.text,
            reasoning=said.reasoning,
            evidence=evidence,
            stop_reason=episode.stop_reason or UNUSABLE,
            policy=self._policy.name,
            image=episode.facts,
            views=list(episode.views),
            turns=list(episode.turns),
            reviews=list(episode.reviews),
            ledger=episode.ledger(self._terms),
            timings={**episode.timings_by_stage(), "answer": seconds},
        )
        return {
            "answer": said.text,
            "result": as_json(result),
            "timings": [["answer", seconds]],
        }

    async def _named(self, image: object) -> tuple[str, str | None]:
        """A name under which the tools find the image, and its path or URL if it has one.

        What is no path is put into the store first, so that no trace and no state holds pixels, or
        an address with a key in it.
        """
        if isinstance(image, str | os.PathLike):
            name = os.fspath(image)
            if is_digest(name):
                return name, None
            if is_remote(name):
                return await self._maker.keep(name), name if may_be_written(name) else None
            if not name[:16].lower().startswith("data:"):
                return name, name
        return await self._maker.keep(image), None  # type: ignore[arg-type]  # it refuses the rest


class NodesWhenReady:
    """The nodes, made once the policy has learnt from its server what views cost it."""

    def __init__(self, policy: Policy, *, settings: VisionSettings, maker: ViewMaker) -> None:
        """Keep what they are made of; see `Nodes`."""
        self._policy = policy
        self._settings = settings
        self._maker = maker
        self._made: dict[VisionSettings, tuple[Policy, Nodes]] = {}
        if type(policy) is Policy:  # it has nothing to learn: what is wrong with it shows at once
            self._made[settings] = policy, Nodes(policy, settings=settings, maker=maker)

    async def run(self, name: str, state: _State, config: RunnableConfig) -> _State:
        """Run a node by its name, with the settings of this run.

        Those that an episode began with are in its state, so that they hold when it is resumed.

        Raises:
            SettingsError: If a setting is out of range.
            ErgoError: As the node itself raises it.
        """
        given = overrides_of(get_runtime().context)
        if name == "observe":  # a new episode: the settings of one before it are no concern of it
            return {**await (await self._get(given)).observe(state, config), "context": given}
        nodes = await self._get({**(state.get("context") or {}), **given})
        update: _State = await getattr(nodes, name)(state, config)
        return update

    async def _get(self, overrides: Mapping[str, Any]) -> Nodes:
        """The nodes, for settings that replace some of those the graph was made with.

        Raises:
            SettingsError: If a setting is out of range.
            PolicyError: If the policy's server cannot say what it serves.
        """
        ready = await self._policy.ready()
        settings = self._settings.overridden(overrides)
        made = self._made.get(settings)
        if made is None or made[0] is not ready:
            made = ready, Nodes(ready, settings=settings, maker=self._maker)
            while len(self._made) >= _MOST_MADE:
                self._made.pop(next(iter(self._made)), None)
            self._made[settings] = made
        return made[1]


def _checked_page(page: object) -> int:
    if not isinstance(page, int):
        raise SettingsError(f"page={page!r} is no page number; give a whole number from 1")
    return page


class BothWays(Runnable[Any, _State]):
    """Runs a coroutine function as a node.

    Not a `RunnableLambda`: in a trace each of those is a run of its own, with the state going in
    and coming out once more.
    """

    def __init__(
        self, run: Callable[[_State, RunnableConfig], Awaitable[_State]], *, name: str
    ) -> None:
        """Wrap a function.

        Args:
            run: Takes the state and the run's config; returns the update.
            name: Of the node.
        """
        self.name = name
        self._run = run

    async def ainvoke(
        self,
        input: _State,  # noqa: A002  # LangChain's name
        config: RunnableConfig | None = None,
        **_: Any,
    ) -> _State:
        """Run the node."""
        return await self._run(input, ensure_config(config))

    def invoke(
        self,
        input: _State,  # noqa: A002
        config: RunnableConfig | None = None,
        **_: Any,
    ) -> _State:
        """Run the node; blocking."""
        return run_sync(self.ainvoke(input, config))
