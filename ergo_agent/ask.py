"""One call for one question about one image or document, or for several questions."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from ergo_agent._common.sync import run_sync
from ergo_agent._common.text import quoted
from ergo_agent.answer import VisionAnswer
from ergo_agent.documents.document import DocumentSource
from ergo_agent.documents.finders import FinderChoice
from ergo_agent.documents.ranges import check_pages
from ergo_agent.documents.routes import route
from ergo_agent.episode.settings import VisionSettings, check_question
from ergo_agent.errors import QuestionError
from ergo_agent.graphs import create_document_graph, create_vision_graph
from ergo_agent.graphs.guest import run_as_guest
from ergo_agent.images import (
    DEFAULT_LIMITS,
    AllowedHosts,
    ImageLimits,
    ImageSource,
    ImageStore,
    fetch,
)
from ergo_agent.images.access import checked_roots
from ergo_agent.images.maker import HeldImage
from ergo_agent.images.sources import kind_of_source
from ergo_agent.policies.base import Policy
from ergo_agent.policies.choice import PolicyChoice, choose_policy

__all__ = [
    "Graphs",
    "aask",
    "aask_many",
    "ask",
    "ask_many",
    "asking",
    "checked_settings",
    "fetched",
]


def ask(  # noqa: PLR0913  # all but the first two are keyword-only and optional
    document: DocumentSource,
    question: str,
    *,
    page: int | None = None,
    pages: str | None = None,
    options: Sequence[str] = (),
    policy: PolicyChoice = None,
    finder: FinderChoice = None,
    store: ImageStore | None = None,
    limits: ImageLimits = DEFAULT_LIMITS,
    allowed_roots: Sequence[str | os.PathLike[str]] | None = None,
    allowed_hosts: Sequence[str] = (),
    **settings: Any,  # checked by VisionSettings
) -> VisionAnswer:
    """Answer a question about an image or a document, coarse to fine; blocking.

    Of a document of several pages the pages are surveyed, the best ones opened, and the others
    named in the result. It may be called inside a running event loop, as in a notebook; `aask` does
    not block the loop.

    Args:
        document: An image, a PDF or a TIFF: a path, `data:`, `file://` or `http(s)://` URL, store
            digest, encoded bytes or Pillow image. Or a list of them, or the path of a folder.
        question: What to answer.
        page: The only page to look at, from 1: of a PDF, a list, a folder, or the frame of a TIFF.
            All pages when left out; of an animation the first frame.
        pages: The pages to look at, such as `"2-5"` or `"1, 4-6"`; all when left out.
        options: Choices of a multiple-choice question; shown to the policy only once it has chosen
            where to look, as in the paper.
        policy: Whom to ask: a policy's name, a LangChain chat model or a `Policy`, as
            `PolicyChoice` says. "auto" when left out: the server at `ERGO_BASE_URL` where that is
            set, else the embedded reader, which needs no network. The result names who answered.
        finder: Who says which pages of a document to open, as `FinderChoice` says: "text" when left
            out.
        store: Where originals, views and surveys are kept by digest; memory shared by the whole
            process, 512 MiB at most, when left out.
        limits: What is too large to be opened.
        allowed_roots: Folders that paths must lie in; any when left out. A relative path starts at
            the first of them in which it leads to something.
        allowed_hosts: Hosts that the document may be fetched from: `example.org`, `.example.org`
            (all below it too), `*` (any public host). None when left out: a question that names an
            address sends nothing unless its caller says so.
        **settings: Fields of `VisionSettings`: `view_budget`, `max_vision_tokens`, `max_zooms`,
            `max_pages`, ...

    Returns:
        The answer with its evidence; its `answer` is None when it was not found.

    Raises:
        QuestionError: If the question is empty or too long, or a list of questions.
        BudgetError: If no view fits the budget.
        SettingsError: If another setting is out of range, or there is no such policy or finder.
        MissingExtraError: If what the policy needs is not installed.
        ImageError: If the document cannot be used as given.
        PolicyError: If the policy's model fails.
        TypeError: If a keyword is neither an argument nor a setting.
    """
    return run_sync(
        aask(
            document,
            question,
            page=page,
            pages=pages,
            options=options,
            policy=policy,
            finder=finder,
            store=store,
            limits=limits,
            allowed_roots=allowed_roots,
            allowed_hosts=allowed_hosts,
            **settings,
        )
    )


async def aask(  # noqa: PLR0913  # as for ask
    document: DocumentSource,
    question: str,
    *,
    page: int | None = None,
    pages: str | None = None,
    options: Sequence[str] = (),
    policy: PolicyChoice = None,
    finder: FinderChoice = None,
    store: ImageStore | None = None,
    limits: ImageLimits = DEFAULT_LIMITS,
    allowed_roots: Sequence[str | os.PathLike[str]] | None = None,
    allowed_hosts: Sequence[str] = (),
    **settings: Any,  # checked by VisionSettings
) -> VisionAnswer:
    """Like `ask`, without blocking the event loop."""
    chosen = checked_settings(settings)
    _check_one(question)
    asked = _Asked([check_question(question, settings=chosen)], page, pages, list(options))
    check_pages(page, pages)
    roots = await asyncio.to_thread(checked_roots, allowed_roots)
    graphs = Graphs(choose_policy(policy), finder, chosen, store, limits, roots)
    hosts = AllowedHosts(allowed_hosts)
    return (await _answers(await fetched(document, hosts, limits), asked, graphs))[0]


def ask_many(  # noqa: PLR0913  # as for ask
    document: DocumentSource,
    questions: Sequence[str],
    *,
    page: int | None = None,
    pages: str | None = None,
    policy: PolicyChoice = None,
    finder: FinderChoice = None,
    store: ImageStore | None = None,
    limits: ImageLimits = DEFAULT_LIMITS,
    allowed_roots: Sequence[str | os.PathLike[str]] | None = None,
    allowed_hosts: Sequence[str] = (),
    **settings: Any,  # checked by VisionSettings
) -> list[VisionAnswer]:
    """Answer several questions about one image or document; blocking.

    The document is opened and surveyed once; pages that several questions lead to are drawn once,
    and a server finds their first views in its cache. Each question has a budget of its own. A
    failing policy ends them all.

    Args:
        document: As for `ask`.
        questions: What to answer.
        page: As for `ask`.
        pages: As for `ask`.
        policy: As for `ask`.
        finder: As for `ask`.
        store: As for `ask`.
        limits: As for `ask`.
        allowed_roots: As for `ask`.
        allowed_hosts: As for `ask`.
        **settings: As for `ask`, of each question.

    Returns:
        The answers, in the order of the questions.

    Raises:
        QuestionError: If there is no question, or one is empty or too long.
        ErgoError: As `ask` raises it.
        TypeError: If a keyword is neither an argument nor a setting.
    """
    return run_sync(
        aask_many(
            document,
            questions,
            page=page,
            pages=pages,
            policy=policy,
            finder=finder,
            store=store,
            limits=limits,
            allowed_roots=allowed_roots,
            allowed_hosts=allowed_hosts,
            **settings,
        )
    )


async def aask_many(  # noqa: PLR0913  # as for ask_many
    document: DocumentSource,
    questions: Sequence[str],
    *,
    page: int | None = None,
    pages: str | None = None,
    policy: PolicyChoice = None,
    finder: FinderChoice = None,
    store: ImageStore | None = None,
    limits: ImageLimits = DEFAULT_LIMITS,
    allowed_roots: Sequence[str | os.PathLike[str]] | None = None,
    allowed_hosts: Sequence[str] = (),
    **settings: Any,  # checked by VisionSettings
) -> list[VisionAnswer]:
    """Like `ask_many`, without blocking the event loop."""
    chosen = checked_settings(settings)
    if isinstance(questions, str) or not isinstance(questions, Sequence) or not questions:
        raise QuestionError(
            f"questions={quoted(questions)} are none; give a list of texts, or one to ask()"
        )
    asked = [check_question(each, settings=chosen) for each in questions]
    check_pages(page, pages)
    roots = await asyncio.to_thread(checked_roots, allowed_roots)
    graphs = Graphs(choose_policy(policy), finder, chosen, store, limits, roots)
    source = await fetched(document, AllowedHosts(allowed_hosts), limits)
    return await _answers(source, _Asked(asked, page, pages, []), graphs)


class _Asked(NamedTuple):
    questions: list[str]
    page: int | None
    pages: str | None
    options: list[str]


class Graphs(NamedTuple):
    """Who answers, and what the graphs are made of.

    One that is made is kept with the policy, for compiling takes 4 ms; but not one with a store or
    finder of the caller's, for what is in it would be kept, too.
    """

    policy: Policy
    finder: FinderChoice
    settings: VisionSettings
    store: ImageStore | None
    limits: ImageLimits
    roots: tuple[Path, ...] | None

    def made(self, *, paged: bool) -> Any:  # noqa: ANN401  # LangGraph's own type needs four parameters
        """The graph of a document, or of one page."""
        finder = self.finder or "text"
        key = ("graph", paged and finder, self.settings, self.limits, self.roots)
        kept = self.store is None and isinstance(finder, str)
        graph = self.policy.kept.get(key) if kept else None
        if graph is None:
            given: dict[str, Any] = {
                "policy": self.policy,
                "settings": self.settings,
                "store": self.store,
                "limits": self.limits,
                "allowed_roots": self.roots,
                "checkpointer": False,
            }
            if paged:
                graph = create_document_graph(finder=finder, **given)
            else:
                graph = create_vision_graph(**given)
            if kept:
                self.policy.kept[key] = graph
        return graph


@asynccontextmanager
async def asking(
    source: DocumentSource,
    graphs: Graphs,
    *,
    page: int | None = None,
    pages: str | None = None,
    options: Sequence[str] = (),
) -> AsyncIterator[Callable[[str], Awaitable[VisionAnswer]]]:
    """A document, opened until the end of the block, for any number of questions about it.

    Args:
        source: As for `ask`, with what lies on other hosts as bytes.
        graphs: Who answers, and within what.
        page: As for `ask`.
        pages: As for `ask`.
        options: As for `ask`.

    Yields:
        What answers a question that was checked.
    """
    maker = graphs.made(paged=False).maker
    held = HeldImage("")
    if not isinstance(source, list | tuple) and kind_of_source(source) not in {"path", "digest"}:
        # so that no trace of the graph holds pixels, or an address with a key in it
        held = await maker.hold(source)
        source = held.name
    with held:
        way = await route(source, page=page, pages=pages, maker=maker)
        graph = graphs.made(paged=way.paged)

        async def answer(question: str) -> VisionAnswer:
            given = {**way.given, "question": question, "options": list(options)}
            output = await run_as_guest(graph, given)
            return VisionAnswer.model_validate(output["result"])

        with way.held or nullcontext():
            yield answer


async def _answers(source: DocumentSource, asked: _Asked, graphs: Graphs) -> list[VisionAnswer]:
    """Answer questions about a document, several side by side where the policy allows it.

    The first one runs alone: it makes the survey that the others find.
    """
    side_by_side = asyncio.Semaphore(graphs.policy.pages_at_once)
    opened = asking(source, graphs, page=asked.page, pages=asked.pages, options=asked.options)
    async with opened as answer:

        async def answered(question: str) -> VisionAnswer:
            async with side_by_side:
                return await answer(question)

        first = await answered(asked.questions[0])
        return [first, *await asyncio.gather(*map(answered, asked.questions[1:]))]


async def fetched(
    source: DocumentSource, hosts: AllowedHosts, limits: ImageLimits
) -> DocumentSource:
    """A document with what lies on other hosts as bytes.

    Raises:
        ImageError: If it may not be fetched, or its host does not deliver it.
    """
    if isinstance(source, list | tuple):
        return [await _fetched_one(each, hosts, limits) for each in source]
    return await _fetched_one(source, hosts, limits)  # type: ignore[arg-type]  # no list


async def _fetched_one(
    source: ImageSource, hosts: AllowedHosts, limits: ImageLimits
) -> ImageSource:
    if kind_of_source(source) == "remote":
        return await fetch(str(source), hosts=hosts, limits=limits)
    return source


def _check_one(question: object) -> None:
    if isinstance(question, list | tuple):
        raise QuestionError(
            f"{len(question)} questions were given to ask(), which takes one; give them to "
            "ask_many(document, questions)"
        )


def checked_settings(given: Mapping[str, Any], *, of: str = "ask") -> VisionSettings:
    """Settings as they were given to a function by their names.

    Raises:
        BudgetError: If a budget holds no view.
        SettingsError: If another is out of range.
        TypeError: If one is none.
    """
    unknown = sorted(given.keys() - VisionSettings.model_fields.keys())
    if unknown:
        raise TypeError(
            f"{of}() got an unexpected keyword argument {unknown[0]!r}; "
            f"the settings are {', '.join(VisionSettings.model_fields)}"
        )
    return VisionSettings(**given)
