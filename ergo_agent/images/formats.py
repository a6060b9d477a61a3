"""Formats of pages, by what their bytes begin like: PDFs, rasters, and those of other packages.

A format of somebody else's is registered like those of this package, by `register_format` in a
module that the entry-point group `ergo_agent.page_formats` names. Under limits that bound memory
and time its reader runs, as all do, in the process that decodes.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from ergo_agent._common.registry import Registry
from ergo_agent.images.decoder import PageReader

__all__ = ["PDF", "format_names", "reader_for", "register_format"]

PDF = "application/pdf"
"""The media type of a PDF."""

_Maker = TypeVar("_Maker", bound=Callable[..., PageReader])


class _Format(NamedTuple):
    make: Callable[..., PageReader]
    begins: Callable[[bytes], bool]


_formats: Registry[_Format] = Registry("page format", group="ergo_agent.page_formats")


def register_format(name: str, *, begins: Callable[[bytes], bool]) -> Callable[[_Maker], _Maker]:
    """Register a format: a decorator for a class that reads it, a subclass of `Whole`.

    It is made as `reader(data, page=page, limits=limits)`, and raises an `ImageError` over what it
    cannot read.

    Args:
        name: What the format is called; the same name again replaces it.
        begins: Whether a file's bytes are of this format. Of formats that take a file the one that
            was registered last counts.

    Raises:
        SettingsError: If the name cannot be one.
    """

    def register(make: _Maker) -> _Maker:
        _formats.add(name, _Format(make, begins))
        return make

    return register


def format_names() -> tuple[str, ...]:
    """The names of all formats."""
    return tuple(_formats.all())


def reader_for(data: bytes) -> Callable[..., PageReader] | None:
    """What reads a file; None where its bytes are of no registered format."""
    for found in reversed(_formats.all().values()):
        if found.begins(data):
            return found.make
    return None
