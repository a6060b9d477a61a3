"""Eyes for an agent: a tool that answers questions about images and documents it can only name."""

import asyncio
from contextlib import nullcontext
from typing import Any, ClassVar

from langchain_core.tools import ToolException
from pydantic import Field, PrivateAttr

from ergo_agent._common.sync import run_sync
from ergo_agent.agents.conversation import Conversation
from ergo_agent.agents.image_tool import (
    DOCUMENT,
    PAGE,
    PAGES,
    AgentState,
    ImageArguments,
    ImageTool,
    told_to_the_model,
)
from ergo_agent.agents.views import view_block, view_name
from ergo_agent.answer import VisionAnswer
from ergo_agent.documents.ranges import check_pages
from ergo_agent.documents.routes import route
from ergo_agent.episode.settings import check_question
from ergo_agent.episode.stopping import ended_in_words, nothing_in_words
from ergo_agent.errors import SettingsError
from ergo_agent.graphs import create_document_graph, create_vision_graph
from ergo_agent.graphs.guest import run_as_guest
from ergo_agent.policies.choice import choose_policy
from ergo_agent.report.words import verified_in_words

__all__ = ["ErgoVisionTool"]


_Told = tuple[str | list[dict[str, Any]], dict[str, Any]]


class VisionArguments(ImageArguments):
    """What a model calls the tool with."""

    image: str = Field(description=DOCUMENT)
    question: str = Field(description="One question about what the image shows, in full.")
    page: int | None = Field(default=None, description=PAGE)
    pages: str | None = Field(default=None, description=PAGES)


class ErgoVisionTool(ImageTool):
    """Answers a question about an image or a document, coarse to fine, and says where it read it.

    Of a document of several pages, or a folder, it opens those that promise an answer, and says
    which it has not looked at.

    The model names the image: a path, a URL, a digest, or one in the conversation ("image 1", "the
    last image", the name of a file that was sent), which is found through the state of the graph
    that the tool runs in. Called without a graph, it knows no conversation.

    The text it returns holds the answer, its regions in original pixels and its cost; the artifact
    is the whole `VisionAnswer` as JSON, as a checkpoint keeps it: `VisionAnswer.model_validate`
    reads it. What a model can put right (no such image, a path outside the allowed folders, an
    empty question) comes back as text. A failing policy raises `PolicyError`.

    Raises:
        BudgetError: If no view fits the budget.
        SettingsError: If another setting is out of range, or there is no such policy.
        MissingExtraError: If what the policy needs is not installed.
    """

    name: str = "look_at_image"
    description: str = (
        "Answer a question about an image or a document (PDF, folder of pages), however large, by "
        "looking at it closely. Returns the answer and where it was read, or says that it was not "
        "found and which pages were not looked at. Ask one question at a time."
    )
    args_schema: Any = VisionArguments

    policy: Any = None
    """Whom to ask, as `PolicyChoice` says: a policy's name, a LangChain chat model or a `Policy`.
    "auto" when left out: the server at `ERGO_BASE_URL` where that is set, else the embedded reader,
    which needs no network."""

    max_vision_tokens: int | None = None
    """Hard cap over all views of one question; four times `view_budget` when left out, for each
    page that may be opened."""

    max_zooms: int = 3
    """How many times the policy may zoom into a page for one question."""

    max_pages: int = 5
    """How many pages of a document may be opened for one question."""

    finder: Any = None
    """Who says which pages of a document to open, as `FinderChoice` says; "text" when left out."""

    deadline: float | None = None
    """Seconds one question may take; None for no end."""

    verify: bool = False
    """Whether an answer is asked for again from its crops alone; the text says what came of it."""

    return_images: bool = False
    """Whether the crops that the answer stands on come back beside the text, as image blocks. Chat
    Completions servers refuse images in tool messages: `VisionMiddleware` moves them."""

    settings_fields: ClassVar[frozenset[str]] = frozenset(
        {"view_budget", "max_vision_tokens", "max_zooms", "max_pages", "deadline", "verify"}
    )

    _graph: Any = PrivateAttr()
    _document_graph: Any = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401  # pydantic's signature
        """Make the graphs; a policy given by its name is made here."""
        super().model_post_init(context)
        self.policy = choose_policy(self.policy)
        given: dict[str, Any] = {
            "policy": self.policy,
            "settings": self._settings,
            "store": self.store,
            "limits": self.limits,
            "allowed_roots": self.allowed_roots,
            "allowed_hosts": self.allowed_hosts,
            "checkpointer": False,
        }
        self._graph = create_vision_graph(**given)
        self._document_graph = create_document_graph(finder=self.finder, **given)

    def _run(
        self,
        image: str,
        question: str,
        page: int | None = None,
        pages: str | None = None,
        state: AgentState = None,
    ) -> _Told:
        return run_sync(self._arun(image, question, page, pages, state))

    async def _arun(
        self,
        image: str,
        question: str,
        page: int | None = None,
        pages: str | None = None,
        state: AgentState = None,
    ) -> _Told:
        conversation = await asyncio.to_thread(Conversation.of_state, state)
        with told_to_the_model(conversation):
            _check_pages(page, pages)
            checked = check_question(question, settings=self._settings)
            held = await self._source(image, conversation)
            way = await route(held.name, page=page, pages=pages, maker=self._maker)
            with way.held or nullcontext():
                output = await run_as_guest(
                    self._document_graph if way.paged else self._graph,
                    {**way.given, "question": checked, "options": []},
                )
        result = output["result"]
        answer = VisionAnswer.model_validate(result)
        text = _in_words(answer)
        with held:
            return await self._with_crops(text, answer) if self.return_images else text, result

    async def _with_crops(self, text: str, answer: VisionAnswer) -> str | list[dict[str, Any]]:
        """The text, and each view that the answer was read in with its place."""
        wanted = dict.fromkeys(found.crop for found in answer.evidence)
        views = {view.digest: view for view in answer.views if view.digest in wanted}
        if not views:
            return text
        shown = [answer.in_image(views[digest]) for digest in wanted]
        names = "; ".join(
            f"{view_name(image, view)} = {[*view.region.as_tuple()]}" for image, view in shown
        )
        blocks = [await view_block(self._maker, image, view) for image, view in shown]
        return [{"type": "text", "text": f"{text}\nShown: {names}."}, *blocks]


def _check_pages(page: int | None, pages: str | None) -> None:
    """Refuse what names no pages: the model can put it right."""
    try:
        check_pages(page, pages)
    except SettingsError as error:
        raise ToolException(f"Error: {error.for_model}") from error


def _in_words(answer: VisionAnswer) -> str:
    """What the agent's model is told."""
    image = answer.image
    page = f"page {image.page} of {image.page_count}, {image.width}x{image.height} pixels"
    views = "1 view" if len(answer.views) == 1 else f"{len(answer.views)} views"
    cost = f"{answer.ledger.spent} vision tokens in {views}"
    where = "image"
    if answer.document is not None:
        where = "document"
        cost = f"{cost}; {answer.document.in_words}"
    ended = ended_in_words(answer.stop_reason)
    if answer.answer is None:
        if answer.document is not None:
            page = f"{image.page_count} pages"
        found = {"not found": f"Not found in the {where}", "no answer": "There is no answer"}
        what = found[nothing_in_words(answer.stop_reason)]
        return f"{what} ({page}; {cost}{ended})."
    if answer.verified is not None:
        cost = f"{verified_in_words(answer.verified)}; {cost}"
    regions = "; ".join(str(list(found.region.as_tuple())) for found in answer.evidence)
    return (
        f"{answer.answer}\nRead at [left, top, right, bottom] = {regions} ({page}; {cost}{ended})."
    )
