"""One call for a model that is to be filled from an image or a document."""

import asyncio
import os
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

from pydantic import BaseModel

from ergo_agent._common.sync import run_sync
from ergo_agent.ask import Graphs, asking, checked_settings, fetched
from ergo_agent.documents.document import Document, DocumentSource, hold_document
from ergo_agent.documents.finders import FinderChoice, choose_finder
from ergo_agent.documents.ranges import check_pages
from ergo_agent.extraction.assembly import assembled
from ergo_agent.extraction.field_answers import Ask
from ergo_agent.extraction.filler import Filled, Filler
from ergo_agent.extraction.form import form_of
from ergo_agent.extraction.json_schema import model_from_schema
from ergo_agent.extraction.result import Extraction
from ergo_agent.images import DEFAULT_LIMITS, AllowedHosts, ImageLimits, ImageStore
from ergo_agent.images.access import checked_roots
from ergo_agent.images.maker import ViewMaker
from ergo_agent.policies.base import Policy
from ergo_agent.policies.choice import PolicyChoice, choose_policy

__all__ = ["aextract", "extract"]

M = TypeVar("M", bound=BaseModel)


def extract(  # noqa: PLR0913  # all but the first two are keyword-only and optional
    document: DocumentSource,
    model: type[M] | Mapping[str, Any],
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
) -> Extraction[M]:
    """Fill a pydantic model from an image or a document; blocking.

    Each field is looked for by itself, by its title, description or name, and comes with its
    place. What is not located has no value and is listed; a text that is not what the field takes
    is told, and not bent until it fits. A `list` of models takes the rows of a table.

    Args:
        document: As for `ask`.
        model: A class derived from `pydantic.BaseModel`, or a JSON schema of type object.
        page: As for `ask`.
        pages: As for `ask`.
        policy: As for `ask`.
        finder: As for `ask`.
        store: As for `ask`.
        limits: As for `ask`.
        allowed_roots: As for `ask`.
        allowed_hosts: As for `ask`.
        **settings: As for `ask`, of each field.

    Returns:
        The model, and for each field its value, its quote, and where it stands.

    Raises:
        SettingsError: If the model cannot be filled from texts, or the schema not be read.
        ErgoError: As `ask` raises it.
        TypeError: If a keyword is neither an argument nor a setting.
    """
    return run_sync(
        aextract(
            document,
            model,
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


async def aextract(  # noqa: PLR0913  # as for extract
    document: DocumentSource,
    model: type[M] | Mapping[str, Any],
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
) -> Extraction[M]:
    """Like `extract`, without blocking the event loop."""
    clock = time.perf_counter()
    chosen = checked_settings(settings, of="extract")
    made: Any = model if isinstance(model, type) else model_from_schema(model)
    form = form_of(made)
    check_pages(page, pages)
    asked = await choose_policy(policy).ready()
    roots = await asyncio.to_thread(checked_roots, allowed_roots)
    maker = ViewMaker(store=store, limits=limits, allowed_roots=roots)
    source = await fetched(document, AllowedHosts(allowed_hosts), limits)
    held = await hold_document(source, maker=maker, page=page, pages=pages)
    with held as opened:
        filler = Filler(
            opened, policy=asked, finder=choose_finder(finder), settings=chosen, maker=maker
        )

        def questions(whom: Policy) -> AbstractAsyncContextManager[Ask]:
            graphs = Graphs(whom, finder, chosen, store, limits, roots)
            return asking(_named(opened), graphs, page=page, pages=pages)

        filled = await filler.fill(form, questions)
    seconds = time.perf_counter() - clock
    return _extraction(made, filled, opened, asked, seconds, store, limits)


def _named(document: Document) -> DocumentSource:
    """The document by what it is kept under, so that it is not fetched or decoded again."""
    names = [part.source or part.digest for part in document.parts]
    return names[0] if len(names) == 1 else list(names)


def _extraction(  # noqa: PLR0913, PLR0917  # private, and each is another thing
    model: type[M],
    filled: Filled,
    document: Document,
    policy: Policy,
    seconds: float,
    store: ImageStore | None,
    limits: ImageLimits,
) -> Extraction[M]:
    values = {tuple(each.name.split(".")): each.value for each in filled.answers}
    lists = {path: found.rows for path, found in filled.rows.items()}
    whole = assembled(model, values, lists)
    fields = {each.name: each for each in filled.answers}
    missing = [each.name for each in filled.answers if each.value is None]
    for path, found in filled.rows.items():
        fields |= {each.name: each for each in found.answers}
        missing += [] if found.rows else [".".join(path)]
    return Extraction(
        value=whole.value,
        fields=fields,
        missing=tuple(missing),
        policy=policy.name,
        parts=document.parts,
        vision_tokens=filled.vision_tokens,
        notes=(*filled.notes, *([whole.note] if whole.note else [])),
        seconds=seconds,
        store=store,
        limits=limits,
    )
