"""What the nodes do: each calls the tool of its own name, and reports how long it took."""

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from cachetools import LRUCache
from langchain_core.runnables import Runnable, RunnableConfig, ensure_config
from langgraph.runtime import get_runtime
from langgraph.types import Overwrite

from ergo_agent._common.sync import run_sync
from ergo_agent._common.text import quoted
from ergo_agent.answer import VisionAnswer
from ergo_agent.documents.survey import Surveyor
from ergo_agent.episode.episode import Next, read_episode
from ergo_agent.episode.events import tell_view
from ergo_agent.episode.moves import Answer
from ergo_agent.episode.record import Evidence, ImageFacts
from ergo_agent.episode.settings import VisionSettings, check_options, check_question
from ergo_agent.episode.state import as_json, read_context
from ergo_agent.episode.stopping import UNUSABLE
from ergo_agent.errors import SettingsError
from ergo_agent.graphs.policy_node import PolicyNode
from ergo_agent.graphs.review_node import ReviewNode, check_waiting
from ergo_agent.graphs.verify_node import VerifyNode
from ergo_agent.graphs.vision_graph import overrides_of
from ergo_agent.images.maker import HeldImage, ViewMaker
from ergo_agent.images.sources import kind_of_source, written_name
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
        self._surveyor = Surveyor(maker)
        self._observe = create_observe_tool(maker, terms=self._terms)
        self._zoom = create_zoom_tool(maker)
        self._answer = create_answer_tool()
        self.policy = PolicyNode(policy, terms=self._terms, maker=maker)
        """The node that asks the policy."""

        self.review = ReviewNode(self._terms)
        """The node that asks a person about a zoom."""

        self.verify = VerifyNode(policy, terms=self._terms, maker=maker, asking=self.policy)
        """The node that asks for the answer again from its crops alone."""

    async def observe(self, state: _State, config: RunnableConfig) -> _State:
        """Begin an episode: check the question, open the image, make the coarse view."""
        clock = time.perf_counter()
        if self._settings.review_zooms:
            check_waiting()
        question = check_question(state.get("question"), settings=self._settings)
        options = check_options(state.get("options", []), settings=self._settings)
        named, source = await self._named(state.get("image"))
        page = _checked_page(state.get("page", 1))
        with named as image:
            arguments = {"image": image, "page": page}
            if source is not None and source != image:
                arguments["source"] = source
            seen: Observation = await call_tool(self._observe, arguments, config)
            trusted = await self._believed(state, seen.facts, source)
        tell_view(seen.view)
        return {
            "image": image if source else seen.facts.digest,
            "question": question,
            "options": options,
            "source": source,
            "session": secrets.token_hex(16),  # random: a router matches by its beginning
            "facts": as_json(seen.facts),
            "trusted_layer": trusted,
            "views": Overwrite([as_json(seen.view)]),
            "turns": Overwrite([]),
            "reviews": Overwrite([]),
            "timings": Overwrite([["observe", time.perf_counter() - clock]]),
            "next": as_json(Next(do="question")),
            "stop_reason": None,
        }

    async def _believed(self, state: _State, facts: ImageFacts, source: str | None) -> bool:
        """Whether the policy may read the page's text layer, as the document's survey found."""
        surveyed = state.get("surveyed_layer")
        if surveyed is not None or not self._policy.takes_layer:
            return bool(surveyed)
        return await self._surveyor.believes(facts, source=source)

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
        episode = read_episode(state)
        said = episode.next.answer or Answer(text=None)
        arguments = {
            "text": said.text,
            "boxes": [(list(box), view) for box, view in said.boxes],
            "views": [as_json(view) for view in episode.views],
            "page": episode.facts.page,
            "quote": said.quote,
        }
        evidence: list[Evidence] = await call_tool(self._answer, arguments, config)
        evidence = [e.model_copy(update={"read_from": said.read_from}) for e in evidence]
        seconds = time.perf_counter() - clock
        result = VisionAnswer(
            question=episode.question,
            answer=said.text,
            confidence=said.confidence,
            reasoning=said.reasoning,
            evidence=evidence,
            stop_reason=episode.stop_reason or UNUSABLE,
            verified=episode.next.verified,
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

    async def _named(self, image: object) -> tuple[HeldImage, str | None]:
        """A name under which the tools find the image, and its path or URL if it has one.

        What is no path is put into the store first, so that no trace and no state holds pixels, or
        an address with a key in it.
        """
        name, kind = written_name(image), kind_of_source(image)
        if kind == "path":
            return HeldImage(str(name)), name
        if kind == "digest":
            return self._maker.holding(str(image)), None
        return await self._maker.hold(image), name  # type: ignore[arg-type]  # all other kinds


class NodesWhenReady:
    """The nodes, made once the policy has learnt from its server what views cost it."""

    def __init__(self, policy: Policy, *, settings: VisionSettings, maker: ViewMaker) -> None:
        """Keep what they are made of; see `Nodes`."""
        self._policy = policy
        self._settings = settings
        self._maker = maker
        self._made: LRUCache[VisionSettings, tuple[Policy, Nodes]] = LRUCache(_MOST_MADE)
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
        nodes = await self._get({**read_context(state), **given})
        with self._maker.holding(_digest_of(state)):  # also of an episode that is resumed
            update: _State = await getattr(nodes, name)(state, config)
        return update

    async def _get(self, overrides: Mapping[str, Any]) -> Nodes:
        """The nodes, for settings that replace some of those the graph was made with.

        Raises:
            SettingsError: If a setting is out of range, or above what the graph was made with.
            PolicyError: If the policy's server cannot say what it serves.
        """
        settings = self._settings.overridden(overrides)
        ready = await self._policy.ready()
        made = self._made.get(settings)
        if made is None or made[0] is not ready:
            made = ready, Nodes(ready, settings=settings, maker=self._maker)
            self._made[settings] = made
        return made[1]


def _digest_of(state: _State) -> str:
    """Of the image that an episode is about; empty in a state that names none."""
    facts = state.get("facts")
    return str(facts.get("digest", "")) if isinstance(facts, Mapping) else ""


def _checked_page(page: object) -> int:
    if not isinstance(page, int) or page.bit_length() > 63:  # what a checkpoint keeps
        raise SettingsError(f"page={quoted(page)} is no page number; give a whole number from 1")
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
