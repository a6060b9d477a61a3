"""What every tool that takes an image by name has in common."""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from langchain_core.tools import BaseTool, ToolException
from langgraph.prebuilt import InjectedState
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PrivateAttr, ValidationError
from pydantic.json_schema import SkipJsonSchema

from ergo_agent.agents.conversation import Conversation, GivenImage, GivenView
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.errors import (
    BudgetError,
    ErgoError,
    ImageAccessError,
    ImageError,
    ImageFetchError,
    ImageFormatError,
    ImageNotFoundError,
    ImageTooLargeError,
    MoveError,
    QuestionError,
)
from ergo_agent.images import GUARDED_LIMITS, AllowedHosts, ImageLimits, ImageStore
from ergo_agent.images.access import checked_roots
from ergo_agent.images.maker import HeldImage, ViewMaker
from ergo_agent.images.sources import kind_of_source
from ergo_agent.tools.base import told

__all__ = [
    "DOCUMENT",
    "PAGE",
    "PAGES",
    "AgentState",
    "ImageArguments",
    "ImageTool",
    "told_to_the_model",
]

AgentState = Annotated[SkipJsonSchema[Any], InjectedState, PlainSerializer(lambda _: None)]
"""The state of the graph that a tool is called in.

`ToolNode` fills it in, no model is told of it, and it is None where nobody runs a graph. A
`ToolRuntime` would be the newer way to it, but one that stands on `_run` alone is not filled in
where there is an explicit `args_schema` (langchain#34558). LangChain dumps a tool's arguments for
each call; the state, with all images in it, is left out of that.
"""

PAGE = "Page of a PDF or frame of a TIFF, from 1."
PAGES = "Pages to look at, as '2-5' or '1, 4-6'; all when left out."
_IMAGE = (
    "The image or PDF: one in this conversation by its name, as 'image 1', 'the last image' or the "
    "name of its file; or else a path, a URL, or the digest of a stored image."
)
DOCUMENT = (
    "The image, PDF or folder of pages: one in this conversation by its name, as 'image 1', 'the "
    "last image' or the name of its file; or else a path, a URL, or the digest of a stored one."
)

_OFTEN_THE_USERS = (ImageFormatError, ImageFetchError, ImageTooLargeError, BudgetError)
"""What is wrong with the image itself: a model puts it right only if it has tools for files."""


class ImageArguments(BaseModel):
    """What the arguments of each of these tools begin with."""

    image: str = Field(description=_IMAGE)
    state: AgentState = None


class ImageTool(BaseTool):
    """A tool that takes an image by name: a path, a URL, a digest, or one in the conversation."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    response_format: Literal["content", "content_and_artifact"] = "content_and_artifact"
    handle_tool_error: Any = True
    handle_validation_error: Any = told

    allowed_roots: Sequence[str | os.PathLike[str]] | None = None
    """Folders that image paths must lie in, all links followed; a relative path starts at the first
    in which it leads to something. They are fixed, and must be there, at construction.
    The working directory at construction when left out: an agent must not read every file."""

    allowed_hosts: Sequence[str] = ()
    """Hosts that images may be fetched from by URL: `example.org`, `.example.org` (all below it
    too), `*` (any public host), as `AllowedHosts` reads them. None when left out. It holds for a
    URL in the conversation just as for one that the model writes."""

    open_file_id: Callable[[str], bytes] | None = None
    """Gives the bytes of an image that the conversation holds only by the id of a provider's file
    store. Such images cannot be opened when left out. It is called in a worker thread; an
    `ImageError` that it raises is told to the model, anything else ends the run."""

    store: ImageStore | None = None
    """Where originals and views are kept by digest; memory shared by the process when left out."""

    limits: ImageLimits = GUARDED_LIMITS
    """What is too large to be opened: less than for `ask`, whose images a person names."""

    view_budget: int = 1280
    """Most vision tokens of one view."""

    settings_fields: ClassVar[frozenset[str]] = frozenset({"view_budget"})
    """The fields of the tool that are fields of `VisionSettings`."""

    _maker: ViewMaker = PrivateAttr()
    _settings: VisionSettings = PrivateAttr()

    if not TYPE_CHECKING:  # type checkers go on seeing the fields

        def __init__(self, **values: object) -> None:
            """Check the settings; what is wrong with one is raised as it is, not as pydantic's."""
            given = self.settings_fields & values.keys()
            VisionSettings(**{name: values[name] for name in given})
            AllowedHosts(values.get("allowed_hosts", ()))
            values["allowed_roots"] = checked_roots(values.get("allowed_roots"))
            try:
                super().__init__(**values)
            except ValidationError as error:
                problem = error.errors()[0].get("ctx", {}).get("error")
                raise (problem if isinstance(problem, ErgoError) else error) from None

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401  # pydantic's signature
        """Settle what may be looked at, and where images may come from."""
        super().model_post_init(context)
        self._settings = VisionSettings(
            **{name: getattr(self, name) for name in self.settings_fields & self.model_fields_set}
        )
        if self.allowed_roots is None:
            self.allowed_roots = [Path.cwd()]
        self._maker = ViewMaker(
            store=self.store,
            limits=self.limits,
            allowed_roots=self.allowed_roots,
            allowed_hosts=self.allowed_hosts,
        )

    async def _source(self, image: str, conversation: Conversation | None) -> HeldImage:
        """What opens a named image: its digest where it is in the conversation, else the name.

        Raises:
            ImageError: If it cannot be opened, or is not allowed.
        """
        found = conversation.find(image) if conversation else None
        return HeldImage(image) if found is None else await self._held(found)

    async def _held(self, found: GivenImage | GivenView) -> HeldImage:
        """An image in the conversation, held in the store by its digest.

        Raises:
            ImageError: If it cannot be opened, or is not allowed.
        """
        image = found.image
        if image.kind != "file_id" or kind_of_source(image.source) == "digest":
            return await self._maker.hold(image.source)
        if self.open_file_id is None:
            raise ImageAccessError(
                f"{found.name} lies in a provider's file store, which this tool cannot open; "
                "ask for the image itself, or for another one"
            )
        return await self._maker.hold(await asyncio.to_thread(self.open_file_id, image.source))


@contextmanager
def told_to_the_model(conversation: Conversation | None) -> Iterator[None]:
    """Turn what a model can put right into a `ToolException`, whose text the model is shown.

    Args:
        conversation: Where it was looked for; what is there is listed where nothing was found.
    """
    try:
        yield
    except (ImageError, QuestionError, BudgetError, MoveError) as error:
        text = f"Error: {error.for_model}"
        if isinstance(error, _OFTEN_THE_USERS):
            text = f"{text}. If you cannot do that, tell the user"
        missed = isinstance(error, ImageNotFoundError | ImageAccessError)
        if conversation is not None and missed:
            text = f"{text}. {conversation.listing()}"
        raise ToolException(text) from error
