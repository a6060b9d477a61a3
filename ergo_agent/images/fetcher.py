"""Images fetched from the hosts that the owner allowed, and from no other place.

A host's name is looked up once for each request. Every address it has is checked, and the request
goes to an address that was checked, with the name in the `Host` header and in the TLS handshake: a
name that changes its address in between changes nothing. Redirects are followed here, each as if it
had been given.

Absent on purpose: cookies, proxies and credentials from the environment, and compressed replies.
They need httpx's client or its decoders; only its transport is used. The client would also log
addresses with their query, where signed addresses carry their key.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from ssl import SSLContext

import httpx

from ergo_agent.errors import (
    ImageAccessError,
    ImageFetchError,
    ImageFormatError,
    ImageNotFoundError,
    ImageTooLargeError,
)
from ergo_agent.images.formats import PDF
from ergo_agent.images.hosts import AllowedHosts, check_address, host_of
from ergo_agent.images.limits import DEFAULT_LIMITS, ImageLimits
from ergo_agent.images.urls import without_secrets

__all__ = ["fetch"]

_REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})
_SILENCE = 5.0
"""Seconds without a byte after which a host counts as unreachable."""
_HEADERS = {
    "Accept": f"image/*, {PDF}",
    "Accept-Encoding": "identity",
    "User-Agent": "ergo-agent",
}


async def fetch(url: str, *, hosts: AllowedHosts, limits: ImageLimits = DEFAULT_LIMITS) -> bytes:
    """The bytes at an `http(s)://` URL.

    Args:
        url: Where the image is.
        hosts: Where images may be fetched from.
        limits: Bounds the bytes, and the seconds that all of it may take.

    Raises:
        ImageAccessError: If the URL, its host, an address of it or a redirect is not allowed.
        ImageNotFoundError: If there is no such host, or nothing at that URL.
        ImageFetchError: If the host does not deliver.
        ImageTooLargeError: If it has too many bytes.
    """
    try:
        async with asyncio.timeout(limits.fetch_seconds):
            return await _followed(_allowed_url(url, hosts), hosts, limits)
    except TimeoutError:
        raise ImageFetchError(
            f"{without_secrets(url)} was not there within {limits.fetch_seconds:g} s; try again, "
            "or give the image in another way"
        ) from None


async def _followed(url: httpx.URL, hosts: AllowedHosts, limits: ImageLimits) -> bytes:
    """The bytes at a URL, or where it leads."""
    for _ in range(_REDIRECTS + 1):
        address = await _address(url, hosts)
        async with _reply(url, address) as response:
            if response.status_code not in _MOVED:
                _check_status(url, response)
                return await _body(url, response, limits)
            url = _next(url, response, hosts)
    raise ImageFetchError(
        f"{without_secrets(url)} lies behind more than {_REDIRECTS} redirects; "
        "give the address that they lead to"
    )


def _allowed_url(text: str, hosts: AllowedHosts) -> httpx.URL:
    """A URL that may be asked for, its addresses apart.

    Raises:
        ImageAccessError: If it may not.
    """
    named = without_secrets(text)
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise ImageAccessError(
            f"{named} is a network address that cannot be read; give http(s)://host/path"
        ) from None
    if url.scheme not in {"http", "https"}:
        raise ImageAccessError(f"{named} is a network address of another kind than http or https")
    if url.userinfo:
        raise ImageAccessError(
            f"{named} was given with a user name or password; give it without them"
        )
    if hosts.rule_for(url) is None:
        allowed = f"allowed are {hosts}" if hosts else "none is allowed"
        raise ImageAccessError(
            f"{named} is a network address on a host that images may not be fetched from "
            f"({allowed}); give another image, or the path of a file",
            owner="fetch the image and give its bytes, or name the host in allowed_hosts",
        )
    return url


async def _address(url: httpx.URL, hosts: AllowedHosts) -> str:
    """The address to connect to, once all that the host has are checked.

    Raises:
        ImageNotFoundError: If there is no such host.
        ImageAccessError: If one of its addresses is not allowed.
    """
    rule = hosts.rule_for(url)
    assert rule is not None  # _allowed_url has seen to it
    loop = asyncio.get_running_loop()
    host = host_of(url)
    try:
        found = await loop.getaddrinfo(host, url.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ImageNotFoundError(
            f"{without_secrets(url)}: there is no host {host} ({error}); check its spelling"
        ) from error
    addresses = [check_address(str(entry[4][0]), rule=rule) for entry in found]  # each, or none
    return addresses[0]


@asynccontextmanager
async def _reply(url: httpx.URL, address: str) -> AsyncIterator[httpx.Response]:
    """The reply of the host at an address, its body unread.

    Raises:
        ImageFetchError: If it does not answer, or breaks off.
    """
    host = host_of(url)
    name = f"[{host}]" if ":" in host else host
    request = httpx.Request(
        "GET",
        url.copy_with(host=address, fragment=None),
        headers={**_HEADERS, "Host": name if url.port is None else f"{name}:{url.port}"},
        extensions={"timeout": httpx.Timeout(_SILENCE).as_dict(), "sni_hostname": host},
    )
    try:
        async with httpx.AsyncHTTPTransport(verify=_certificates(), trust_env=False) as transport:
            response = await transport.handle_async_request(request)
            try:
                yield response
            finally:
                await response.aclose()
    except httpx.TransportError as error:
        # what a host that was reached sends is not repeated
        connecting = isinstance(error, httpx.ConnectError)
        said = (str(error) if connecting else "") or type(error).__name__
        raise ImageFetchError(
            f"{without_secrets(url)} could not be fetched ({said[:200]}); check the address, "
            "or give the image in another way"
        ) from error


@cache
def _certificates() -> SSLContext:
    """Whom to trust; read once, which takes 20 ms."""
    return httpx.create_ssl_context()


def _check_status(url: httpx.URL, response: httpx.Response) -> None:
    status, named = response.status_code, without_secrets(url)
    if status in _GONE:
        raise ImageNotFoundError(f"{named}: there is no such image ({status}); check the address")
    if status != httpx.codes.OK:
        raise ImageFetchError(
            f"{named}: the host refuses the image ({status}); check the address, "
            "or give the image in another way"
        )
    encoding = response.headers.get("content-encoding", "identity")
    if encoding.strip().lower() != "identity":
        raise ImageFetchError(
            f"{named}: the host sends the image compressed once more, unasked; "
            "give the image in another way"
        )


async def _body(url: httpx.URL, response: httpx.Response, limits: ImageLimits) -> bytes:
    """The body, never more of it than the limit allows.

    Raises:
        ImageTooLargeError: If it is longer.
        ImageFormatError: If it is empty.
    """
    named = without_secrets(url)
    announced = response.headers.get("content-length", "0")
    body = bytearray()
    too_large = announced.isdecimal() and int(announced) > limits.max_bytes
    if not too_large:
        async for chunk in response.aiter_raw():
            body += chunk
            too_large = len(body) > limits.max_bytes
            if too_large:
                break
    if too_large:
        raise ImageTooLargeError(
            f"{named} has more than {limits.max_bytes:,} bytes; give a smaller image",
            owner="raise ImageLimits.max_bytes",
        )
    if not body:
        raise ImageFormatError(f"{named} is empty; give the address of a complete image")
    return bytes(body)


def _next(url: httpx.URL, response: httpx.Response, hosts: AllowedHosts) -> httpx.URL:
    """Where a redirect leads, if that is allowed.

    Raises:
        ImageAccessError: If it is not.
    """
    named = without_secrets(url)
    try:
        target = str(url.join(response.headers.get("location", "")))
    except (httpx.InvalidURL, ValueError):
        raise ImageAccessError(f"{named} redirects to what is no address") from None
    if url.scheme == "https" and not target.lower().startswith("https:"):
        raise ImageAccessError(f"{named} redirects to an address without https; it was not fetched")
    try:
        return _allowed_url(target, hosts)
    except ImageAccessError as error:
        elsewhere = f"{named} redirects elsewhere: {error.for_model}"
        raise ImageAccessError(elsewhere, owner=error.owner) from None
