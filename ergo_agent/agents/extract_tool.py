"""A form for an agent: a tool that fills the fields of a model from a document it can only name."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, ClassVar

from langchain_core.tools import ToolException
from pydantic import BaseModel, Field, PrivateAttr

from ergo_agent._common.sync import run_sync
from ergo_agent.agents.conversation import Conversation
from ergo_agent.agents.extract import aextract
from ergo_agent.agents.image_tool import (
    DOCUMENT,
    PAGE,
    PAGES,
    AgentState,
    ImageArguments,
    ImageTool,
    told_to_the_model,
)
from ergo_agent.errors import SettingsError
from ergo_agent.extraction.form import form_of
from ergo_agent.extraction.json_schema import model_from_schema
from ergo_agent.extraction.result import Extraction
from ergo_agent.policies.choice import choose_policy

__all__ = ["ExtractTool"]

_Told = tuple[str, dict[str, Any]]

_SCHEMA = (
    "What to fill in: a JSON schema of type object. Describe each property in a few words, as the "
    "document may call it; give dates format 'date', amounts type 'number', tables as an array of "
    "objects whose properties are the columns."
)


class FormArguments(ImageArguments):
    """What a model calls the tool with, where the form is given."""

    image: str = Field(description=DOCUMENT)
    page: int | None = Field(default=None, description=PAGE)
    pages: str | None = Field(default=None, description=PAGES)


class SchemaArguments(FormArguments):
    """What a model calls the tool with, where it says itself what it wants."""

    json_schema: dict[str, Any] = Field(description=_SCHEMA)


class ExtractTool(ImageTool):
    """Fills a model from an image or a document, and says where it read each value.

    Which model is up to you, or, where none is given, to the agent's model, which then writes a
    JSON schema. Images are named, confined and guarded as for `ErgoVisionTool`.

    The text it returns is JSON: the values, where they stand, and what was not found. The artifact
    is all of `Extraction.as_json()`.

    Raises:
        BudgetError: If no view fits the budget.
        SettingsError: If another setting is out of range, there is no such policy, or the model
            cannot be filled.
        MissingExtraError: If what the policy needs is not installed.
    """

    name: str = "fill_from_document"
    description: str = (
        "Read several values at once from an image or a document (PDF, folder of pages): fields of "
        "an invoice, a receipt, a form, rows of a table. Returns JSON with each value and where it "
        "was read; what the document does not say is null."
    )
    args_schema: Any = SchemaArguments

    form: Any = None
    """What is filled: a pydantic model or a JSON schema. Where it is left out, each call brings a
    JSON schema of its own."""

    policy: Any = None
    """Whom to ask, as `PolicyChoice` says."""

    max_vision_tokens: int | None = None
    """Hard cap over all views of one field; four times `view_budget` when left out."""

    max_zooms: int = 3
    """How many times the policy may zoom into a page for one field."""

    max_pages: int = 5
    """How many pages of a document may be opened for one field."""

    deadline: float | None = None
    """Seconds one field may take; None for no end."""

    settings_fields: ClassVar[frozenset[str]] = frozenset(
        {"view_budget", "max_vision_tokens", "max_zooms", "max_pages", "deadline"}
    )

    _model: type[BaseModel] | None = PrivateAttr(default=None)

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401  # pydantic's signature
        """Read the form; a policy given by its name is made here."""
        super().model_post_init(context)
        self.policy = choose_policy(self.policy)
        if self.form is not None:
            given = self.form
            self._model = model_from_schema(given) if isinstance(given, Mapping) else given
            form_of(self._model)  # it refuses what is no model
            self.args_schema = FormArguments

    def _run(
        self,
        image: str,
        page: int | None = None,
        pages: str | None = None,
        json_schema: dict[str, Any] | None = None,
        state: AgentState = None,
    ) -> _Told:
        return run_sync(self._arun(image, page, pages, json_schema, state))

    async def _arun(
        self,
        image: str,
        page: int | None = None,
        pages: str | None = None,
        json_schema: dict[str, Any] | None = None,
        state: AgentState = None,
    ) -> _Told:
        conversation = await asyncio.to_thread(Conversation.of_state, state)
        with told_to_the_model(conversation):
            held = await self._source(image, conversation)
            with held as name:
                try:
                    found = await aextract(
                        name,
                        self._model or json_schema or {},
                        page=page,
                        pages=pages,
                        policy=self.policy,
                        store=self.store,
                        limits=self.limits,
                        allowed_roots=self.allowed_roots,
                        allowed_hosts=self.allowed_hosts,
                        **{each: getattr(self._settings, each) for each in self.settings_fields},
                    )
                except SettingsError as error:  # a schema or pages that the model can put right
                    raise ToolException(f"Error: {error.for_model}") from error
        return _in_words(found), found.as_json()


def _in_words(found: Extraction[Any]) -> str:
    """What the agent's model is told: values and places, without passages and questions."""
    whole = found.as_json()
    places = {
        name: {"page": each.page, "region": list(each.region.as_tuple())}
        for name, each in found.fields.items()
        if each.region is not None
    }
    told = {
        "values": {name: each["value"] for name, each in whole["fields"].items()},
        "read_at": places,
        "not_found": whole["missing"],
        "problems": found.problems,
        "notes": whole["notes"],
    }
    return json.dumps({name: each for name, each in told.items() if each}, ensure_ascii=False)
