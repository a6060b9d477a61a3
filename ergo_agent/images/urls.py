"""Addresses on a network: told from paths, and written without what is secret in them."""

import re
from urllib.parse import urlsplit

from ergo_agent.images.files import shortened

__all__ = ["bare_url", "is_remote", "may_be_written", "quoted", "without_secrets"]

_REMOTE = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def is_remote(text: object) -> bool:
    """Whether a text is an address on a network, of whatever kind; `file://` is none."""
    return isinstance(text, str) and text[:5].lower() != "file:" and bool(_REMOTE.match(text))


def bare_url(url: object) -> str:
    """A URL without user, password, query and fragment: signed addresses carry their key there."""
    text = str(url)
    try:
        parts = urlsplit(text)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return f"{text.partition('://')[0]}://..."
    query = "?..." if parts.query or parts.fragment else ""
    return f"{parts.scheme}://{host}{parts.path}{query}"


def without_secrets(url: object) -> str:
    """A bare URL as messages about images quote it, on one line and not too long."""
    return shortened(bare_url(url))


def quoted(source: str) -> str:
    """A path, URL or file id as messages quote it."""
    return without_secrets(source) if is_remote(source) else shortened(source)


def may_be_written(url: str) -> bool:
    """Whether a URL has no part in which keys are carried, so that a state may keep it."""
    return not any(mark in url for mark in "?#@")
