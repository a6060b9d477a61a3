"""What the nodes of a document's graph do, but for the look at a page, which is `page_node`."""

import time
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from langchain_core.runnables import RunnableConfig
from langgraph.runtime import get_runtime
from langgraph.types import Overwrite

from ergo_agent.documents.document import Document, hold_document
from ergo_agent.documents.finders import Found, PageFinder, Search
from ergo_agent.documents.survey import Survey, Surveyor
from ergo_agent.episode.episode import refuse_state
from ergo_agent.episode.events import PageOpened, PagesSurveyed, emit
from ergo_agent.episode.pages import DocumentPart, Hit
from ergo_agent.episode.settings import VisionSettings, check_options, check_question
from ergo_agent.episode.state import as_json, read_context
from ergo_agent.episode.stopping import OUT_OF_PAGES, OUT_OF_TIME, OUT_OF_TOKENS, StopReason
from ergo_agent.episode.terms import Terms
from ergo_agent.graphs.document_answer import joint_answer
from ergo_agent.graphs.looks import Looks
from ergo_agent.graphs.review_node import check_waiting
from ergo_agent.graphs.survey_facts import facts_of, trusted_pages, unread_pages
from ergo_agent.graphs.vision_graph import overrides_of
from ergo_agent.images.maker import ViewMaker
from ergo_agent.policies.base import Policy

__all__ = ["DocumentNodes"]

_State = dict[str, Any]

_MOST_HITS = 100
"""Kept in the state, with 150 bytes each: as many as `max_pages` may be."""


_SURVEY = 0.5
"""Of the deadline that a survey may take, as a coarse view may take half of the tokens: who has
read every page and has no time to look at one has no answer. A guess."""

_NO_TIME = 0.001
"""Seconds, where the survey took all: a page then ends by its deadline, and says so."""


class DocumentNodes:
    """The nodes of one graph, and what they share."""

    def __init__(
        self, policy: Policy, *, finder: PageFinder, settings: VisionSettings, maker: ViewMaker
    ) -> None:
        """Wire the nodes.

        Args:
            policy: Whom to ask.
            finder: Says which pages to open.
            settings: What an episode may cost.
            maker: Opens pages.
        """
        self._policy = policy
        self._finder = finder
        self._settings = settings
        self._maker = maker
        self._surveyor = Surveyor(maker)

    async def survey(self, state: _State, config: RunnableConfig) -> _State:
        """Begin an episode: check the question, open the document, know a text for each page."""
        del config  # as every node has it
        clock = time.perf_counter()
        given = overrides_of(get_runtime().context)
        settings = self._settings.overridden(given)
        if settings.review_zooms:
            check_waiting()
        question = check_question(state.get("question"), settings=settings)
        options = check_options(state.get("options") or [], settings=settings)
        held = await hold_document(
            state["document"], maker=self._maker, page=state.get("page"), pages=state.get("pages")
        )
        with held as document:
            known: _State = {}
            if self._has_a_choice(document):
                known = facts_of(await self._surveyed(document, settings, unread=()))
        return {
            "question": question,
            "options": options,
            "parts": [as_json(part) for part in document.parts],
            "asked": [list(each) for each in document.asked],
            "surveyed": known,
            "finder_tokens": 0,
            "looks": Overwrite([]),
            "opening": [],
            "context": given,
            "timings": {"survey": time.perf_counter() - clock},
            "stop_reason": None,
        }

    async def find(self, state: _State, config: RunnableConfig) -> _State:
        """Rank the pages for the question."""
        clock = time.perf_counter()
        now = await self._now(state)
        document = _document(state)
        found, name = Found([Hit(page=page) for page in document.pages[:_MOST_HITS]]), ""
        if len(document.pages) > 1:
            found, name = await self._found(document, now, state, config), self._finder.name
        timings = {**state["timings"], "find": time.perf_counter() - clock}
        return {
            "hits": [as_json(hit) for hit in found.hits[:_MOST_HITS]],
            "finder": name,
            "finder_tokens": found.vision_tokens,
            "timings": timings,
        }

    async def open(self, state: _State, config: RunnableConfig) -> _State:
        """Decide which pages are looked at next, and what that may cost."""
        del config
        now = await self._now(state)
        looks = Looks.of(state)
        stop = self._stop(now, looks)
        if stop is not None or looks.settled:
            return {"opening": [], "stop_reason": stop}
        rank, settings = len(looks.looks), now.settings
        left_pages = min(settings.max_pages, len(now.hits)) - rank
        left = settings.document_budget - looks.spent
        affordable = left // _fair_share(settings)
        count = max(1, min(now.policy.pages_at_once, left_pages, affordable))
        each = min(4 * settings.view_budget, left // count)
        opening, trusted = [], trusted_pages(state, _document(state))
        for hit in now.hits[rank : rank + count]:
            page: _State = {"rank": rank, "max_vision_tokens": each, "batch": looks.batches}
            if state["surveyed"]:
                page["trusted_layer"] = hit.page in trusted
            if settings.deadline is not None:
                left_seconds = max(_NO_TIME, settings.deadline - looks.seconds)
                page["deadline"] = min(settings.deadline, left_seconds)
            opening.append(page)
            rank += 1
            emit(
                PageOpened(
                    page=hit.page,
                    of=_document(state).page_count,
                    score=hit.score,
                    why=hit.why,
                    max_vision_tokens=each,
                    place=hit.place,
                )
            )
        return {"opening": opening}

    async def answer(self, state: _State, config: RunnableConfig) -> _State:
        """End an episode: join the looks into one result."""
        del config
        now = await self._now(state)
        looks, document = Looks.of(state), _document(state)
        result = joint_answer(
            looks, state, document=document, terms=now.terms, policy=now.policy.name
        )
        return {"answer": result.answer, "result": as_json(result)}

    def _stop(self, now: "_Now", looks: Looks) -> StopReason | None:
        """Why no other page is opened; None where one is, or there was none yet."""
        settings = now.settings
        opened = len(looks.looks)
        if opened == 0:
            return None if now.hits else "not_found"
        if opened >= len(now.hits):
            return looks.nothing
        if opened >= settings.max_pages:
            return OUT_OF_PAGES
        if settings.deadline is not None and looks.seconds >= settings.deadline:
            return OUT_OF_TIME
        left = settings.document_budget - looks.spent
        return OUT_OF_TOKENS if left < _fair_share(settings) else None

    async def _found(
        self, document: Document, now: "_Now", state: _State, config: RunnableConfig
    ) -> Found:
        survey = None
        if self._finder.needs_text:
            unread = unread_pages(state, document)
            survey = await self._surveyed(document, now.settings, unread=unread)
        search = Search(
            question=now.question,
            document=document,
            survey=survey,
            policy=now.policy,
            terms=now.terms,
            maker=self._maker,
            max_vision_tokens=now.settings.document_budget // 2,
            config=config,
        )
        return await self._finder.find(search)

    async def _surveyed(
        self, document: Document, settings: VisionSettings, *, unread: Collection[int]
    ) -> Survey:
        """The survey; from the shelf but for the first time, and in a process that took over."""

        def tell(done: int, of: int) -> None:
            emit(PagesSurveyed(done=done, of=of))

        seconds = None if settings.deadline is None else settings.deadline * _SURVEY
        return await self._surveyor.survey(
            document,
            max_quick_looks=settings.max_quick_looks,
            seconds=seconds,
            unread=unread,
            tell=tell,
        )

    def _has_a_choice(self, document: Document) -> bool:
        """Whether there is more than one page, and the finder ranks by texts."""
        return self._finder.needs_text and len(document.pages) > 1

    async def _now(self, state: _State) -> "_Now":
        """What holds at this point of an episode."""
        given = overrides_of(get_runtime().context)
        settings = self._settings.overridden({**read_context(state), **given})
        policy = await self._policy.ready()
        hits = [Hit.model_validate(hit) for hit in state.get("hits") or []]
        return _Now(str(state["question"]), settings, policy, policy.terms(settings), hits)


def _fair_share(settings: VisionSettings) -> int:
    """Vision tokens without which no further page is opened.

    Half of what a page may cost is its first view. At half a view's budget, 640 vision tokens, a
    page's words are still found (91 %, see `quick_engine`); who has seen less has not looked.
    """
    return settings.view_budget


class _Now(NamedTuple):
    question: str
    settings: VisionSettings
    policy: Policy
    terms: Terms
    hits: list[Hit]


def _document(state: Mapping[str, Any]) -> Document:
    """The document of an episode, from its state.

    Raises:
        StateError: If what is there is none.
    """
    try:
        parts = tuple(DocumentPart.model_validate(part) for part in state["parts"])
        asked = tuple((int(first), int(last)) for first, last in state["asked"])
    except (KeyError, TypeError, ValueError):
        refuse_state("parts or asked", state.get("parts"), "they name no document")
    return Document(parts, asked)
