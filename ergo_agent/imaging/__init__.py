"""Images from any source: opened by their header, decoded once, shown in views.

This is the only part of the package that reads files or decodes images. Nothing here opens a
network connection.
"""

from ergo_agent.imaging.cache import OriginalCache
from ergo_agent.imaging.data_urls import decode_data_url
from ergo_agent.imaging.limits import DEFAULT_LIMITS, ImageLimits
from ergo_agent.imaging.originals import Original, aopen_original, open_original
from ergo_agent.imaging.remote_stores import FsspecStore, open_store
from ergo_agent.imaging.sources import ImageSource
from ergo_agent.imaging.stores import DirectoryStore, ImageStore, MemoryStore, digest_of
from ergo_agent.imaging.views import EncodedView, data_url, encode_view, known_view

__all__ = [
    "DEFAULT_LIMITS",
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
    "data_url",
    "decode_data_url",
    "digest_of",
    "encode_view",
    "known_view",
    "open_original",
    "open_store",
]
