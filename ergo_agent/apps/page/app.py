"""Which call is answered by what."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from ergo_agent.apps.page.answers import Refused, answer_error, read_body, read_json
from ergo_agent.apps.page.files import Listing, list_images
from ergo_agent.apps.page.forms import AskedFork, AskedRun, NamedFile, setting_ranges
from ergo_agent.apps.page.images import MOST_SIDE, PageImages
from ergo_agent.apps.page.log import EventLog
from ergo_agent.apps.page.policies import PagePolicies
from ergo_agent.apps.page.reports import report_of
from ergo_agent.apps.page.runs import Runs
from ergo_agent.apps.page.warmup import warm_up
from ergo_agent.errors import ErgoError
from ergo_agent.images import ImageLimits
from ergo_agent.images.encoder import view_type

__all__ = ["PageApp"]

_FILES = Path(__file__).with_name("static")
_KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}
"""For what is named by its digest."""

_UPLOADS = 2
"""Uploads taken at once, so that memory holds no more than so many that are not whole yet."""

_THREADS = 32
"""For what blocks. Calls of the embedded reader that were cancelled still hold theirs, and pictures
are not to wait for them."""

_GRACE = 1
"""Seconds in which a stream may say that its run was cancelled, when the server ends."""

_HEARTBEAT = 15
"""Seconds after which a stream in which nothing happens says that it is still there."""


class PageApp:
    """The calls of the page."""

    def __init__(self, *, root: Path | None, policies: PagePolicies, limits: ImageLimits) -> None:
        """Wire the parts.

        Args:
            root: The folder that was opened, all links followed; None for none.
            policies: Who can be asked.
            limits: What is too large to be opened.
        """
        self._root = root
        self._policies = policies
        self._limits = limits
        self._images = PageImages(root=root, limits=limits)
        self._uploads = 0
        self.runs = Runs(policies, limits=limits)
        """The runs that are remembered."""

    def starlette(self) -> Starlette:
        """The application, not guarded yet."""
        image = "/api/images/{digest}/{page}"
        run = "/api/runs/{run}"
        errors = (Refused, ErgoError, HTTPException, Exception)
        return Starlette(
            routes=[
                Route("/", self._index),
                Route("/page/{name}", self._file),
                Route("/api/setup", self._setup),
                Route("/api/files", self._listing),
                Route("/api/images", self._take_image, methods=["POST"]),
                Route(image, self._facts),
                Route(f"{image}/picture", self._picture),
                Route("/api/runs", self._told),
                Route("/api/runs", self._ask, methods=["POST"]),
                Route(run, self._cancel, methods=["DELETE"]),
                Route(f"{run}/events", self._events),
                Route(f"{run}/forks", self._fork, methods=["POST"]),
                Route(f"{run}/report", self._report),
                Route("/api/views/{digest}", self._view),
            ],
            exception_handlers=dict.fromkeys(errors, answer_error),
            lifespan=self._living,
        )

    @contextlib.asynccontextmanager
    async def _living(self, _: Starlette) -> AsyncIterator[None]:
        threads = ThreadPoolExecutor(_THREADS, "page")
        asyncio.get_running_loop().set_default_executor(threads)
        if self._policies.default == "ocr":
            warm_up()
        yield
        await self.runs.close()
        await asyncio.to_thread(self._policies.close)

    async def _index(self, _: Request) -> Response:
        return FileResponse(_FILES / "index.html", media_type="text/html")

    async def _file(self, request: Request) -> Response:
        name = request.path_params["name"]
        path = _FILES / name
        if path.suffix not in _KINDS or path.parent != _FILES or not path.is_file():
            raise Refused(404, "there is no such file")
        return FileResponse(path, media_type=_KINDS[path.suffix])

    async def _setup(self, _: Request) -> Response:
        return JSONResponse(
            {
                "root": None if self._root is None else self._root.name or str(self._root),
                "policies": await asyncio.to_thread(self._policies.menu),
                "default_policy": self._policies.default,
                "settings": setting_ranges(),
                "max_upload_bytes": self._limits.max_bytes,
            }
        )

    async def _listing(self, _: Request) -> Response:
        listing = Listing([], 0)
        if self._root is not None:
            listing = await asyncio.to_thread(list_images, self._root)
        return JSONResponse(listing._asdict())

    async def _take_image(self, request: Request) -> Response:
        if "json" in request.headers["content-type"]:
            named = await read_json(request, NamedFile)
            return JSONResponse(await self._images.open(named.path), status_code=201)
        if self._uploads >= _UPLOADS:
            raise Refused(503, f"{_UPLOADS} images are being taken already; try again in a moment")
        self._uploads += 1
        try:
            data = await read_body(request, most=self._limits.max_bytes, what="the image")
            name = unquote(request.headers.get("x-file-name", "image"), errors="replace")
            return JSONResponse(await self._images.keep(data, name=name), status_code=201)
        finally:
            self._uploads -= 1

    async def _facts(self, request: Request) -> Response:
        return JSONResponse(await self._images.facts(*_page_of(request)))

    async def _picture(self, request: Request) -> Response:
        given = request.query_params.get("side", "")
        side = _whole(given)
        if side is None or not 1 <= side <= MOST_SIDE:
            raise Refused(422, f"side={given[:20]} is no side; give 1 to {MOST_SIDE} pixels")
        data = await self._images.picture(*_page_of(request), side=side)
        return Response(data, media_type="image/jpeg", headers=_FOR_EVER)

    async def _ask(self, request: Request) -> Response:
        asked = await read_json(request, AskedRun)
        facts = await self._images.facts(asked.image, asked.page or 1)
        return JSONResponse({"run": self.runs.start(asked, facts=facts).id}, status_code=201)

    async def _told(self, _: Request) -> Response:
        return JSONResponse({"runs": self.runs.told()})

    async def _events(self, request: Request) -> Response:
        log = self.runs.get(request.path_params["run"]).log
        after = _whole(request.headers.get("last-event-id", "")) or 0
        if log.ended and after >= len(log.said):
            return Response(status_code=204)  # tells a browser not to connect again
        return EventSourceResponse(
            _sent(log, after),
            ping=_HEARTBEAT,
            sep="\n",
            shutdown_event=anyio.Event(),
            shutdown_grace_period=_GRACE,
        )

    async def _cancel(self, request: Request) -> Response:
        self.runs.get(request.path_params["run"]).cancel()
        return Response(status_code=204)

    async def _fork(self, request: Request) -> Response:
        run = self.runs.get(request.path_params["run"])
        fork = await self.runs.fork(run, await read_json(request, AskedFork))
        return JSONResponse({"run": fork.id}, status_code=201)

    async def _report(self, request: Request) -> Response:
        run = self.runs.get(request.path_params["run"])
        return await report_of(run, name=self._images.name(run.asked.image))

    async def _view(self, request: Request) -> Response:
        digest = request.path_params["digest"]
        if not self.runs.shows(digest):
            raise Refused(404, "no run that is remembered made this view; ask again")
        data = self._images.view(digest)
        return Response(data, media_type=view_type(data), headers=_FOR_EVER)


def _page_of(request: Request) -> tuple[str, int]:
    """The digest and the page that a call names."""
    given = request.path_params["page"]
    page = _whole(given)
    if page is None:
        raise Refused(404, f"{given[:20]} is no page; give a number from 1")
    return request.path_params["digest"], page


def _whole(text: str) -> int | None:
    """A whole number, or None where it is none of up to nine digits."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


async def _sent(log: EventLog, after: int) -> AsyncIterator[ServerSentEvent]:
    async for said in log.follow(after=after):
        yield ServerSentEvent(said.text, event=said.name, id=str(said.number))
