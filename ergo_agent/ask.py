"""One call for one question about one image."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ergo_agent._common.sync import run_sync
from ergo_agent.answer import VisionAnswer
from ergo_agent.episode.settings import VisionSettings, check_question
from ergo_agent.episode.state import VisionInput
from ergo_agent.graphs import create_vision_graph
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

__all__ = ["aask", "ask"]


def ask(  # noqa: PLR0913  # all but the first two are keyword-only and optional
    image: ImageSource,
    question: str,
    *,
    page: int = 1,
    options: Sequence[str] = (),
    policy: PolicyChoice = None,
    store: ImageStore | None = None,
    limits: ImageLimits = DEFAULT_LIMITS,
    allowed_roots: Sequence[str | os.PathLike[str]] | None = None,
    allowed_hosts: Sequence[str] = (),
    **settings: Any,  # checked by VisionSettings
) -> VisionAnswer:
    """Answer a question about an image, coarse to fine; blocking.

    It may be called inside a running event loop, as in a notebook; `aask` does not block the loop.

    Args:
        image: A path, `data:`, `file://` or `http(s)://` URL, store digest, encoded bytes or Pillow
            image.
        question: What to answer.
        page: The page of a PDF, or the frame of a TIFF, from 1.
        options: Choices of a multiple-choice question; shown to the policy only once it has chosen
            where to look, as in the paper.
        policy: Whom to ask: a policy's name, a LangChain chat model or a `Policy`, as
            `PolicyChoice` says. "auto" when left out: the server at `ERGO_BASE_URL` where that is
            set, else the embedded reader, which needs no network. The result names who answered.
        store: Where originals and views are kept by digest; memory shared by the whole process,
            512 MiB at most, when left out.
        limits: What is too large to be opened.
        allowed_roots: Folders that image paths must lie in; any when left out. A relative path
            starts at the first of them in which it leads to something.
        allowed_hosts: Hosts that the image may be fetched from: `example.org`, `.example.org` (all
            below it too), `*` (any public host). None when left out: a question that names an
            address sends nothing unless its caller says so.
        **settings: Fields of `VisionSettings`: `view_budget`, `max_vision_tokens`, `max_zooms`, ...

    Returns:
        The answer with its evidence; its `answer` is None when it was not found.

    Raises:
        QuestionError: If the question is empty or too long.
        BudgetError: If no view fits the budget.
        SettingsError: If another setting is out of range, or there is no such policy.
        MissingExtraError: If what the policy needs is not installed.
        ImageError: If the image cannot be used as given.
        PolicyError: If the policy's model fails.
        TypeError: If a keyword is neither an argument nor a setting.
    """
    return run_sync(
        aask(
            image,
            question,
            page=page,
            options=options,
            policy=policy,
            store=store,
            limits=limits,
            allowed_roots=allowed_roots,
            allowed_hosts=allowed_hosts,
            **settings,
        )
    )


async def aask(  # noqa: PLR0913  # as for ask
    image: ImageSource,
    question: str,
    *,
    page: int = 1,
    options: Sequence[str] = (),
    policy: PolicyChoice = None,
    store: ImageStore | None = None,
    limits: ImageLimits = DEFAULT_LIMITS,
    allowed_roots: Sequence[str | os.PathLike[str]] | None = None,
    allowed_hosts: Sequence[str] = (),
    **settings: Any,  # checked by VisionSettings
) -> VisionAnswer:
    """Like `ask`, without blocking the event loop."""
    chosen = _settings(settings)
    checked = check_question(question, settings=chosen)
    hosts = AllowedHosts(allowed_hosts)
    roots = await asyncio.to_thread(checked_roots, allowed_roots)
    graph = _graph(choose_policy(policy), chosen, store, limits, roots)
    held, kind = HeldImage(""), kind_of_source(image)
    if kind == "remote":
        image = await fetch(str(image), hosts=hosts, limits=limits)
    if kind not in {"path", "digest"}:
        # so that no trace of the graph holds pixels, or an address with a key in it
        held = await graph.maker.hold(image)
        image = held.name
    given: VisionInput = {
        "image": image,
        "question": checked,
        "page": page,
        "options": list(options),
    }
    with held:
        output = await run_as_guest(graph, given)
    return VisionAnswer.model_validate(output["result"])


def _graph(
    policy: Policy,
    settings: VisionSettings,
    store: ImageStore | None,
    limits: ImageLimits,
    roots: tuple[Path, ...] | None,
) -> Any:  # noqa: ANN401  # LangGraph's own type needs four parameters
    """The graph for these, kept with the policy: compiling takes 4 ms.

    One with a store of the caller's is not kept, for the images in it would be kept with it.
    """
    key = ("graph", settings, limits, roots)
    graph = policy.kept.get(key) if store is None else None
    if graph is None:
        graph = create_vision_graph(
            policy=policy,
            settings=settings,
            store=store,
            limits=limits,
            allowed_roots=roots,
            checkpointer=False,
        )
        if store is None:
            policy.kept[key] = graph
    return graph


def _settings(given: Mapping[str, Any]) -> VisionSettings:
    unknown = sorted(given.keys() - VisionSettings.model_fields.keys())
    if unknown:
        raise TypeError(
            f"ask() got an unexpected keyword argument {unknown[0]!r}; "
            f"the settings are {', '.join(VisionSettings.model_fields)}"
        )
    return VisionSettings(**given)
