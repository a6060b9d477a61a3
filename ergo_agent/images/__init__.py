"""Images from any source: opened by their header, decoded once, shown in views.

This is the only part of the package that reads files, fetches images or decodes them. Only
`fetch` opens a network connection, and only to the hosts that it is given.
"""

from ergo_agent.images.cache import OriginalCache
from ergo_agent.images.data_urls import decode_data_url
from ergo_agent.images.encoder import EncodedView, data_url, encode_view, known_view
from ergo_agent.images.fetcher import fetch
from ergo_agent.images.hosts import AllowedHosts
from ergo_agent.images.limits import DEFAULT_LIMITS, GUARDED_LIMITS, ImageLimits
from ergo_agent.images.memory_store import MemoryStore
from ergo_agent.images.originals import Original, aopen_original, open_original
from ergo_agent.images.remote_stores import FsspecStore, open_store
from ergo_agent.images.sources import ImageSource
from ergo_agent.images.stores import DirectoryStore, ImageStore, digest_of
from ergo_agent.images.urls import bare_url, is_remote, may_be_written

__all__ = [
    "DEFAULT_LIMITS",
    "GUARDED_LIMITS",
    "AllowedHosts",
    "DirectoryStore",
    "EncodedView",
    "FsspecStore",
    "ImageLimits",
    "ImageSource",
    "ImageStore",
    "MemoryStore",
    "Original",
    "OriginalCache",
    "aopen_original",
    "bare_url",
    "data_url",
    "decode_data_url",
    "digest_of",
    "encode_view",
    "fetch",
    "is_remote",
    "known_view",
    "may_be_written",
    "open_original",
    "open_store",
]
