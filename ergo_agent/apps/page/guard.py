"""Who may call: this machine's own page, and nobody else.

A web page that is open in the same browser can send requests to this address. It cannot name it by
another name (the Host header is checked, against DNS rebinding) and has no cookie of ours; where it
runs on another port of this machine, whose cookies a browser does not tell apart, its Origin and
Sec-Fetch-Site give it away.
"""

import hmac
import secrets
import threading
from collections.abc import Mapping
from types import MappingProxyType

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ergo_agent.apps.loopback import names_of
from ergo_agent.apps.page.answers import refusal

__all__ = ["Guard"]

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)
_ENTERED = (
    '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>ergo-agent</title>'
    '<link rel="icon" href="/page/icon.svg">'
    '<meta http-equiv="refresh" content="0; url=/"><a href="/">Open the page</a></html>'
)
_READS = frozenset({"GET", "HEAD"})
_BODIES = frozenset({"application/json", "application/octet-stream"})
_OWN_SITES = frozenset({"same-origin", "none"})


class Guard:
    """Stands before the application: checks who calls, and adds what every answer says."""

    def __init__(self, app: ASGIApp, *, host: str, port: int) -> None:
        """Make the secrets of this start.

        Args:
            app: What is guarded.
            host: The address that is listened on.
            port: Its port.
        """
        self._app = app
        self._names = names_of(host, port)
        self._cookie = f"ergo_agent_{port}"
        self._key = secrets.token_urlsafe(32)
        self.token = secrets.token_urlsafe(32)
        """What the URL that is printed lets one in with."""

        self.entered = threading.Event()
        """Set once somebody was let in."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # a web socket: there is none here
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope)
        answer: ASGIApp = self._refused(request) or self._entered(request) or self._app
        await answer(scope, receive, _with_headers(send, api=_is_api(request)))

    def _refused(self, request: Request) -> Response | None:
        headers = request.headers
        host = headers.get("host", "")
        if host.lower() not in self._names:
            return refusal(403, "this is not the page's address; use the URL that was printed")
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{host}" and request.method not in _READS:
            return refusal(403, f"requests from {origin[:100]} are not answered; use the page")
        if not _is_api(request):
            return None
        if headers.get("sec-fetch-site", "none") not in _OWN_SITES or not self._knows(request):
            return refusal(403, "this browser was not let in; open the URL that was printed")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if request.method == "POST" and kind not in _BODIES:
            return refusal(415, f"send {' or '.join(sorted(_BODIES))} as Content-Type")
        return None

    def _entered(self, request: Request) -> Response | None:
        """For the page itself: let in whoever has the token, and tell others what to do."""
        if request.scope["path"] != "/" or request.method not in _READS:
            return None
        token = request.query_params.get("token")
        if token is not None and _same(token, self.token):
            self.entered.set()
            # no redirect: in one that began in a file, browsers leave strict cookies out
            answer = HTMLResponse(_ENTERED)
            answer.set_cookie(self._cookie, self._key, httponly=True, samesite="strict")
            return answer
        if self._knows(request):
            return None
        text = "Open the URL that `ergo-agent ui` printed: it holds the token of this start.\n"
        return PlainTextResponse(text, status_code=403)

    def _knows(self, request: Request) -> bool:
        return _same(request.cookies.get(self._cookie, ""), self._key)


def _is_api(request: Request) -> bool:
    return str(request.scope["path"]).startswith("/api/")  # as the routes read it


def _same(given: str, secret: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def _with_headers(send: Send, *, api: bool) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store" if api else "no-cache")
        await send(message)

    return sending
