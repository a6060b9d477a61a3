"""Eyes for an agent: a tool that answers questions about images the agent can only name."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from langchain_core.tools import BaseTool, ToolException
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from ergo_agent.errors import BudgetError, ImageError, QuestionError
from ergo_agent.graphs import create_vision_graph
from ergo_agent.imaging import GUARDED_LIMITS, ImageLimits, ImageStore
from ergo_agent.policies.choice import PolicyChoice, choose_policy
from ergo_agent.result import VisionAnswer
from ergo_agent.running import run_sync
from ergo_agent.settings import VisionSettings

__all__ = ["ErgoVisionTool"]


_SETTINGS = frozenset({"view_budget", "max_vision_tokens", "max_zooms", "deadline"})
"""The fields of the tool that are fields of `VisionSettings`."""


class VisionArguments(BaseModel):
    """What a model calls the tool with."""

    image: str = Field(description="Path of the image or PDF, or the digest of a stored image.")
    question: str = Field(description="One question about what the image shows, in full.")
    page: int = Field(default=1, description="Page of a PDF or frame of a TIFF, from 1.")


class ErgoVisionTool(BaseTool):
    """Answers a question about a high-resolution image, coarse to fine, and says where it read it.

    The text it returns holds the answer, its regions in original pixels and its cost; the artifact
    is the whole `VisionAnswer`. What a model can put right (no such image, a path outside the
    allowed folders, an empty question) comes back as text. A failing policy raises `PolicyError`.

    Raises:
        BudgetError: If no view fits the budget.
        SettingsError: If another setting is out of range, or there is no such policy.
        MissingExtraError: If what the policy needs is not installed.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str = "look_at_image"
    description: str = (
        "Answer a question about an image or a PDF page, however large, by looking at it closely. "
        "Returns the answer and where it was read, or says that it was not found. "
        "Ask one question at a time."
    )
    args_schema: Any = VisionArguments
    response_format: Literal["content", "content_and_artifact"] = "content_and_artifact"
    handle_tool_error: Any = True

    policy: Any = None
    """Whom to ask, as `PolicyChoice` says: a policy's name, a LangChain chat model or a `Policy`.
    "auto" when left out: the server at `ERGO_BASE_URL` where that is set, else the embedded reader,
    which needs no network."""

    allowed_roots: Sequence[str | os.PathLike[str]] | None = None
    """Folders that image paths must lie in, all links followed; relative paths start at the first.
    The working directory at construction when left out: an agent must not read every file."""

    allowed_hosts: Sequence[str] = ()
    """Hosts that images may be fetched from by URL: `example.org`, `.example.org` (all below it
    too), `*` (any public host), as `AllowedHosts` reads them. None when left out."""

    view_budget: int = 1280
    """Most vision tokens of one view."""

    max_vision_tokens: int | None = None
    """Hard cap over all views of one question; four times `view_budget` when left out."""

    max_zooms: int = 3
    """How many times the policy may zoom for one question."""

    deadline: float | None = None
    """Seconds one question may take; None for no end."""

    store: ImageStore | None = None
    """Where originals and views are kept by digest; memory shared by the process when left out."""

    limits: ImageLimits = GUARDED_LIMITS
    """What is too large to be opened: less than for `ask`, whose images a person names."""

    _graph: Any = PrivateAttr()

    if not TYPE_CHECKING:  # type checkers go on seeing the fields

        def __init__(self, **values: object) -> None:
            """Check the settings, and make the graph; a policy given by its name is made here."""
            VisionSettings(**{name: values[name] for name in _SETTINGS & values.keys()})
            policy: PolicyChoice = values.get("policy")
            super().__init__(**{**values, "policy": choose_policy(policy)})

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401  # pydantic's signature
        """Make the graph."""
        super().model_post_init(context)
        if self.allowed_roots is None:
            self.allowed_roots = [Path.cwd()]
        settings = VisionSettings(**{name: getattr(self, name) for name in _SETTINGS})
        self._graph = create_vision_graph(
            policy=self.policy,
            settings=settings,
            store=self.store,
            limits=self.limits,
            allowed_roots=self.allowed_roots,
            allowed_hosts=self.allowed_hosts,
        )

    def _run(self, image: str, question: str, page: int = 1) -> tuple[str, VisionAnswer]:
        return run_sync(self._arun(image, question, page))

    async def _arun(self, image: str, question: str, page: int = 1) -> tuple[str, VisionAnswer]:
        try:
            output = await self._graph.ainvoke(
                {"image": image, "question": question, "page": page, "options": []}
            )
        except (ImageError, QuestionError, BudgetError) as error:
            raise ToolException(f"Error: {error}") from error
        answer = VisionAnswer.model_validate(output["result"])
        return _in_words(answer), answer


def _in_words(answer: VisionAnswer) -> str:
    """What the agent's model is told."""
    image = answer.image
    page = f"page {image.page} of {image.page_count}, {image.width}x{image.height} pixels"
    views = "1 view" if len(answer.views) == 1 else f"{len(answer.views)} views"
    cost = f"{answer.ledger.spent} vision tokens in {views}"
    if answer.answer is None:
        return f"Not found in the image ({page}; stopped by {answer.stop_reason}; {cost})."
    regions = "; ".join(str(list(found.region.as_tuple())) for found in answer.evidence)
    return (
        f"{answer.answer}\n"
        f"Read at [left, top, right, bottom] = {regions} ({page}; {answer.stop_reason}; {cost})."
    )
