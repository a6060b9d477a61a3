"""What is done with each item: a question is asked, or a model is filled."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel

from ergo_agent.batch.outcome import Outcome
from ergo_agent.batch.rows import Row
from ergo_agent.extraction.form import form_of
from ergo_agent.extraction.json_schema import model_from_schema
from ergo_agent.extraction.named_models import named_model
from ergo_agent.images.hosts import AllowedHosts
from ergo_agent.images.remote_stores import open_store

if TYPE_CHECKING:  # the work imports what it needs when it is made: an actor, not its driver
    from ergo_agent.documents.document import DocumentSource
    from ergo_agent.documents.finders import FinderChoice
    from ergo_agent.policies.base import Policy
    from ergo_agent.policies.choice import PolicyChoice

__all__ = ["Job", "Schema", "Work"]

Schema = str | type[BaseModel] | Mapping[str, Any]
"""A model to be filled: a class, a JSON schema, or the name of a file as the command line takes
it."""


class Work(Protocol):
    """What is done with each item of a batch."""

    at_once: int
    """How many items the policy bears at once."""

    async def terms(self) -> str:
        """All that an outcome depends on besides its row; equal texts for equal outcomes.

        Raises:
            ErgoError: If nothing can be done at all.
        """

    async def do(self, row: Row) -> Outcome:
        """What comes of a row.

        Raises:
            ErgoError: Why nothing does.
        """


@dataclass(frozen=True)
class Job:
    """What a batch is to do, as plain data: calling it makes the work, on whichever machine."""

    schema: Schema | None = None
    """None where questions are asked."""

    policy: "PolicyChoice" = None
    dialect: str | None = None
    finder: "FinderChoice" = None
    store: str | None = None
    """Where views are kept; the memory of the process, 512 MiB of it at most, where left out."""

    allowed_roots: Sequence[str | os.PathLike[str]] | None = None
    allowed_hosts: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self) -> Work:
        """The work.

        Raises:
            SettingsError: If the policy, the schema, the store or a setting is none.
            BudgetError: If a budget holds no view.
            MissingExtraError: If what the policy needs is not installed.
            TypeError: If a setting has a name that none has.
        """
        from ergo_agent.ask import checked_settings  # noqa: PLC0415
        from ergo_agent.documents.finders import choose_finder  # noqa: PLC0415
        from ergo_agent.policies.choice import choose_policy  # noqa: PLC0415

        settings = checked_settings(self.settings, of="run_batch")
        choose_finder(self.finder)
        AllowedHosts(self.allowed_hosts)
        given: dict[str, Any] = {
            "policy": choose_policy(self.policy, dialect=self.dialect),
            "finder": self.finder,
            "store": None if self.store is None else open_store(self.store),
            "allowed_roots": self.allowed_roots,
            "allowed_hosts": self.allowed_hosts,
            **self.settings,
        }
        finder = self.finder if isinstance(self.finder, str | None) else type(self.finder).__name__
        terms = f"{finder or 'text'} {settings.model_dump_json()}"
        if self.schema is None:
            return _Asking(given, terms)
        model = _model(self.schema)
        form_of(model)
        return _Filling(given, f"{terms} {_as_text(model)}", model)


def _model(schema: Schema) -> type[BaseModel]:
    if isinstance(schema, str):
        return named_model(schema)
    return schema if isinstance(schema, type) else model_from_schema(schema)


def _as_text(model: type[BaseModel]) -> str:
    """A model as a text that stays the same as long as the model does."""
    return json.dumps(model.model_json_schema(), sort_keys=True)


class _Asking:
    """Asks the question of a row."""

    def __init__(self, given: Mapping[str, Any], terms: str) -> None:
        self._given = given
        self._terms = terms
        self._policy: Policy = given["policy"]
        self.at_once = self._policy.episodes_at_once

    async def terms(self) -> str:
        """The policy by its name, which only its server may know, and the settings."""
        return f"{(await self._policy.ready()).name} {self._terms}"

    async def do(self, row: Row) -> Outcome:
        """Ask."""
        from ergo_agent.ask import aask  # noqa: PLC0415

        answer = await aask(_source(row), row.question or "", **_pages(row), **self._given)
        return Outcome.of_answer(answer)


class _Filling(_Asking):
    """Fills a model from the document of a row."""

    def __init__(self, given: Mapping[str, Any], terms: str, model: type[BaseModel]) -> None:
        super().__init__(given, terms)
        self._model = model

    async def do(self, row: Row) -> Outcome:
        """Extract."""
        from ergo_agent.agents.extract import aextract  # noqa: PLC0415

        pages = {name: value for name, value in _pages(row).items() if name != "options"}
        found = await aextract(_source(row), self._model, **pages, **self._given)
        return Outcome.of_extraction(found)


def _source(row: Row) -> "DocumentSource":
    assert row.document is not None, row  # such rows never get here
    return list(row.document) if isinstance(row.document, tuple) else row.document


def _pages(row: Row) -> dict[str, Any]:
    return {"page": row.page, "pages": row.pages, "options": row.options}
