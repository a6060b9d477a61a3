"""What the tools do: a question answered, a form filled, the whole image small, parts of it large.

They stand on `ErgoVisionTool` and on the tools of the graph; here is only what is MCP's: roots,
progress, errors that the model is told, and pictures as MCP content. Each call stands for itself,
so nothing of a client has to be remembered between calls.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool
from mcp.types import CallToolResult
from pydantic import Field

from ergo_agent.agents.extract_tool import ExtractTool
from ergo_agent.agents.image_tool import ImageTool
from ergo_agent.agents.vision_tool import ErgoVisionTool
from ergo_agent.answer import VisionAnswer
from ergo_agent.apps.mcp import replies
from ergo_agent.apps.mcp.progress import reporting
from ergo_agent.apps.mcp.roots import narrowed
from ergo_agent.apps.mcp.sdk import Context, ToolError
from ergo_agent.dialects import choose_dialect
from ergo_agent.episode.planning import plan_crop
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import (
    BudgetError,
    ErgoError,
    ImageError,
    MoveError,
    QuestionError,
    RegionError,
)
from ergo_agent.images import GUARDED_LIMITS
from ergo_agent.images.maker import ViewMaker
from ergo_agent.policies.choice import PolicyChoice, choose_policy
from ergo_agent.tools import create_observe_tool, create_zoom_tool
from ergo_agent.tools.base import call_tool
from ergo_agent.tools.observe import Observation
from ergo_agent.views.frames import Boxed, BoxFrame
from ergo_agent.views.geometry import Region, ViewBox, ViewMap
from ergo_agent.views.view import View

__all__ = ["ImageTools", "ServerOptions"]

_ASKED = {"view_budget", "max_vision_tokens", "max_zooms", "max_pages", "deadline", "verify"}
"""The settings that `ErgoVisionTool` takes."""

Image = Annotated[
    str,
    Field(
        description="Path of an image or PDF in the server's folders; absolute, or relative to one."
    ),
]
Question = Annotated[str, Field(description="One question about what the image shows, in full.")]
Page = Annotated[int, Field(description="Page of a PDF or frame of a TIFF, from 1.")]
Document = Annotated[
    str,
    Field(
        description="Path of an image, a PDF or a folder of pages in the server's folders; "
        "absolute, or relative to one."
    ),
]
OnlyPage = Annotated[
    int | None, Field(description="The only page to look at, from 1; all pages when left out.")
]
Pages = Annotated[
    str | None,
    Field(description="The pages to look at, such as '2-5' or '1, 4-6'; all when left out."),
]
JsonSchema = Annotated[
    dict[str, Any],
    Field(
        description="A JSON schema of type object: its properties are what is looked for. Describe "
        "each in a few words, as the document may call it; give dates format 'date', amounts type "
        "'number', tables as an array of objects whose properties are the columns."
    ),
]
Box = Annotated[
    list[float],
    Field(min_length=4, max_length=4, description="[left, top, right, bottom] in the frame."),
]
Boxes = Annotated[list[Box], Field(min_length=1, description="What to see closer; at most 4.")]
InFrame = Annotated[
    BoxFrame,
    Field(
        description="What the boxes are written in: 'view', pixels of the picture that observe "
        "showed; 'original', pixels of the original; 'thousandths' of its width and height, "
        "from 0 to 1000."
    ),
]


class ServerOptions(NamedTuple):
    """What the owner of the server decides."""

    roots: tuple[Path, ...]
    """Folders that images may come from, as `checked_roots` gives them."""

    policy: PolicyChoice = None
    """Who answers `ask_image`, as `PolicyChoice` says."""

    settings: VisionSettings = VisionSettings()
    """What a question, and each picture, may cost."""

    use_client_roots: bool = True
    """Whether a client's own roots narrow the folders."""


class ImageTools:
    """The tools of one server."""

    def __init__(self, options: ServerOptions) -> None:
        """Make the policy.

        Args:
            options: What the owner decided.

        Raises:
            SettingsError: If there is no such policy.
            MissingExtraError: If what it needs is not installed.
        """
        self._options = options
        self._policy = choose_policy(options.policy)
        # nothing is known of the model behind a client that looks for itself
        self._terms = Terms(options.settings, choose_dialect(model=None).token_rule)

    async def ask_image(  # noqa: PLR0913  # keyword-only
        self,
        *,
        context: Context,
        roots: list[str] | None,
        image: Document,
        question: Question,
        page: OnlyPage = None,
        pages: Pages = None,
    ) -> Annotated[CallToolResult, replies.Answered]:
        """Answer a question about an image or a document."""
        with _told_to_the_model():
            tool = ErgoVisionTool(
                policy=self._policy,
                allowed_roots=self._roots(roots),
                **self._options.settings.model_dump(include=_ASKED),
            )
            asked = {"image": image, "question": question, "page": page, "pages": pages}
            message = await _called(tool, asked, context)
        answer = VisionAnswer.model_validate(message.artifact)
        return replies.reply(replies.answered(answer), str(message.content))

    async def extract(  # noqa: PLR0913  # keyword-only
        self,
        *,
        context: Context,
        roots: list[str] | None,
        image: Document,
        json_schema: JsonSchema,
        page: OnlyPage = None,
        pages: Pages = None,
    ) -> Annotated[CallToolResult, replies.Extracted]:
        """Fill a form from an image or a document."""
        with _told_to_the_model():
            tool = ExtractTool(
                form=json_schema,
                policy=self._policy,
                allowed_roots=self._roots(roots),
                **self._options.settings.model_dump(include=_ASKED),
            )
            asked = {"image": image, "page": page, "pages": pages}
            message = await _called(tool, asked, context)
        return replies.reply(replies.extracted(message.artifact), str(message.content))

    async def observe(
        self,
        *,
        context: Context,
        roots: list[str] | None,
        image: Image,
        page: Page = 1,
    ) -> Annotated[CallToolResult, replies.Observed]:
        """Show the whole image, small."""
        with _told_to_the_model():
            maker = self._maker(roots)
            with await maker.hold(image) as digest:  # so that no trace of the tool holds a data URL
                seen = await self._observed(maker, digest, page)
                picture = await maker.url(seen.view, digest)
        facts = replies.observed(seen)
        await context.report_progress(1, 1, "observe: the whole image")
        return replies.reply(facts, replies.Picture(replies.observed_in_words(facts), picture))

    async def zoom(  # noqa: PLR0913  # keyword-only
        self,
        *,
        context: Context,
        roots: list[str] | None,
        image: Image,
        boxes: Boxes,
        frame: InFrame = "view",
        page: Page = 1,
    ) -> Annotated[CallToolResult, replies.Zoomed]:
        """Show parts of the image, large."""
        crops: list[replies.Crop] = []
        pictures: list[replies.Picture] = []
        with _told_to_the_model():
            maker = self._maker(roots)
            with await maker.hold(image) as digest:
                seen = await self._observed(maker, digest, page)
                regions = self._regions(boxes, seen, frame)
                tool = create_zoom_tool(maker)
                for number, region in enumerate(regions, start=1):
                    view = await self._zoomed(tool, seen, region)
                    crops.append(replies.crop(view))
                    said = replies.crop_in_words(crops[-1], number=number)
                    pictures.append(replies.Picture(said, await maker.url(view, digest)))
                    await context.report_progress(number, len(regions), f"zoom: {said}")
        facts = replies.Zoomed(original=replies.size(seen.view.original), crops=crops)
        return replies.reply(facts, *pictures)

    def _roots(self, client: Sequence[str] | None) -> tuple[Path, ...]:
        """The folders that this call may read from.

        Raises:
            ImageAccessError: If the client's roots leave none.
        """
        options = self._options
        return narrowed(options.roots, to=client if options.use_client_roots else None)

    def _maker(self, client: Sequence[str] | None) -> ViewMaker:
        return ViewMaker(limits=GUARDED_LIMITS, allowed_roots=self._roots(client))

    async def _observed(self, maker: ViewMaker, digest: str, page: int) -> Observation:
        """The coarse view; the same one each time, so that its pixels are a frame."""
        tool = create_observe_tool(maker, terms=self._terms)
        seen: Observation = await call_tool(tool, {"image": digest, "page": page}, {})
        return seen

    async def _zoomed(self, tool: BaseTool, seen: Observation, region: Region) -> View:
        planned = plan_crop(
            region,
            original=seen.view.original,
            page=seen.facts.page,
            max_tokens=self._options.settings.view_budget,
            margin=0.0,
            terms=self._terms,
        )
        made: View = await call_tool(tool, {"image": seen.facts.digest, "view": planned}, {})
        return made

    def _regions(
        self, boxes: Sequence[Sequence[float]], seen: Observation, frame: BoxFrame
    ) -> list[Region]:
        """The boxes in original pixels.

        Raises:
            RegionError: If there are too many, or one is no box of the image in this frame.
        """
        most = self._options.settings.max_regions
        if len(boxes) > most:
            raise RegionError(f"{len(boxes)} boxes were given; give at most {most} at once")
        whole = seen.view.original
        boxed = Boxed(whole, ViewMap(Region.whole(whole), seen.view.shown))
        return [boxed.region(ViewBox(*box), frame=frame) for box in boxes]


async def _called(tool: ImageTool, asked: dict[str, Any], context: Context) -> ToolMessage:
    """What a tool returns; what it says is wrong is an error of this one."""
    call = {"type": "tool_call", "id": tool.name, "name": tool.name, "args": asked}
    async with reporting(context.report_progress):
        message: ToolMessage = await tool.ainvoke(call)
    if message.status == "error":
        raise ToolError(str(message.content).removeprefix("Error: "))
    return message


@contextmanager
def _told_to_the_model() -> Iterator[None]:
    """Errors of this package as tool errors: the model reads what was wrong, and may act on it.

    What only who runs the server can put right, such as a policy that cannot be reached, it can but
    pass on.
    """
    try:
        yield
    except (ImageError, QuestionError, BudgetError, MoveError) as error:
        raise ToolError(error.for_model) from error
    except ErgoError as error:
        text = f"{error.for_model}. Only who runs this server can put that right: tell the user"
        raise ToolError(text) from error
