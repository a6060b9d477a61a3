"""How much of a server is taken: bodies with an end, replies in time, and no way to other hosts.

A server is told where the question and its images go by its address alone. A redirect with 307 or
308 would carry both, and the answer, to whomever it names.
"""

import time
import zlib
from collections.abc import Iterator

import httpx

from ergo_agent.errors import PolicyReplyError, PolicyRequestError, PolicyTimeoutError
from ergo_agent.images import bare_url

__all__ = ["ACCEPTED", "BodyMeter", "check_redirect"]

ACCEPTED = "gzip, deflate"
"""The encodings that are asked for: those whose size can be bounded while they are unpacked."""

_MOST = 8 * 2**20
"""Bytes of a body once it is unpacked. A chunk of a streamed reply has 234 bytes for a token of six
letters, so this holds 35 thousand tokens, thirty times the 1,024 asked for by default. What
`json.loads` makes of as much: 209 MB of `{},`, 285 MB of `[{}],`, 393 MB of lists 500 deep."""
_PIECE = 64 * 2**10


class BodyMeter:
    """Counts and unpacks one body as it comes."""

    def __init__(self, where: str, *, encoding: str, seconds: float | None) -> None:
        """Begin with nothing.

        Args:
            where: Who sends it, to be named in errors.
            encoding: Its `Content-Encoding`.
            seconds: How long all of it may take.

        Raises:
            PolicyReplyError: If it is packed in a way that was not asked for.
        """
        self._where = where
        self._left = _MOST
        self._seconds = seconds
        self._end = None if seconds is None else time.monotonic() + seconds
        name = encoding.strip().lower() or "identity"
        if name not in {"identity", "gzip", "x-gzip", "deflate"}:
            raise PolicyReplyError(
                f"{where} sends its reply packed as {name[:40]!r}, which was not asked for; have "
                f"it send {ACCEPTED} or nothing of the kind"
            )
        # 32 more than the window: by its first bytes, zlib's own header or gzip's
        self._unpacker = None if name == "identity" else zlib.decompressobj(zlib.MAX_WBITS + 32)

    def parts(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk of the body holds, in pieces.

        Raises:
            PolicyReplyError: If the body gets too long, or cannot be unpacked.
            PolicyTimeoutError: If it takes too long.
        """
        if self._end is not None and time.monotonic() > self._end:
            raise PolicyTimeoutError(
                f"{self._where} gave no whole reply in time ({self._seconds:g} s); raise timeout=, "
                "or ask less of it"
            )
        if self._unpacker is None:
            yield self._counted(chunk)
            return
        while True:
            try:
                piece = self._unpacker.decompress(chunk, _PIECE)
            except zlib.error as error:
                raise PolicyReplyError(
                    f"{self._where} sends a reply that cannot be unpacked ({error}); look into "
                    "what stands between it and you"
                ) from error
            if not piece:
                return
            yield self._counted(piece)
            chunk = self._unpacker.unconsumed_tail

    def _counted(self, piece: bytes) -> bytes:
        self._left -= len(piece)
        if self._left < 0:
            raise PolicyReplyError(
                f"{self._where} sends more than {_MOST:,} bytes in one reply; no reply has so "
                "many: check that base_url names a chat completions API"
            )
        return piece


def check_redirect(asked: str, location: str) -> None:
    """Refuse a redirect that leaves the server, or its encryption.

    Args:
        asked: The URL that was asked.
        location: Where it leads, as the server wrote it.

    Raises:
        PolicyRequestError: If it is not the same host and port, or no longer https.
    """
    here = httpx.URL(asked)
    try:
        there = here.join(location)
    except (httpx.InvalidURL, ValueError):
        there = httpx.URL()
    if there.host == here.host and (there.scheme, there.port) in {
        (here.scheme, here.port),
        ("https", None),
    }:
        return
    leads = f"to {bare_url(str(there))}" if there.host else "to what is no address"
    raise PolicyRequestError(
        f"the server at {bare_url(asked)} sends the request on {leads}; it is not followed, since "
        "question and images would go with it: give that address as base_url if it is meant"
    )
