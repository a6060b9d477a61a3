"""What an original may be, and what decoding it may take."""

from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ergo_agent._common.text import quoted
from ergo_agent.errors import SettingsError

__all__ = ["DEFAULT_LIMITS", "GUARDED_LIMITS", "ImageLimits"]


class ImageLimits(BaseModel):
    """Bounds on what an image may be and take; exceeding one is an error.

    With `max_memory` and `decode_seconds` images are not trusted: they are decoded in a process
    that takes no more than that, whatever the file is. Without them they are decoded in this one.
    The others are checked against what the header says; they replace Pillow's process-wide
    `MAX_IMAGE_PIXELS`, which this package neither reads nor changes.

    Raises:
        SettingsError: If a limit is unknown or out of range.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    if not TYPE_CHECKING:  # type checkers go on seeing the fields

        def __init__(self, **values: object) -> None:
            """Check the values.

            Raises:
                SettingsError: If one is unknown or out of range.
            """
            try:
                super().__init__(**values)
            except ValidationError as error:
                problem = error.errors(include_url=False)[0]
                name = ".".join(map(str, problem["loc"]))
                given = f"{name}={quoted(values.get(name))}: " if name else ""
                raise SettingsError(f"ImageLimits: {given}{problem['msg']}") from None

    @model_validator(mode="after")
    def _both(self) -> Self:
        """A process that decodes is given both limits."""
        if (self.decode_seconds is None) != (self.max_memory is None):
            raise ValueError("max_memory and decode_seconds go together; give both, or neither")
        return self

    @property
    def guarded(self) -> bool:
        """Whether images are decoded in a process of their own, whose memory and time end."""
        return self.decode_seconds is not None

    max_bytes: int = Field(default=256 * 1024 * 1024, gt=0)
    """Most bytes an encoded image or document may have."""

    max_pixels: int = Field(default=256_000_000, gt=0)
    """Most pixels decoded, or drawn, at once; each takes four bytes then. A page with more is
    opened where its format gives parts by themselves, and no view of it takes more than that."""

    max_page_pixels: int = Field(default=20_000_000_000, gt=0)
    """Most pixels a page may have in all, whatever is decoded of it at once. A PDF page with more
    is drawn coarser."""

    max_frames: int = Field(default=1000, gt=0)
    """Most frames a TIFF, GIF, APNG, WebP or AVIF may have."""

    max_pages: int = Field(default=10_000, gt=0)
    """Most pages a PDF may have."""

    max_memory: int | None = Field(default=None, ge=100_000_000)
    """Most bytes that decoding an image may take, in the process that does so (which has 56 MB
    before) and in this one together; 100 MB at least. The system holds it, on Linux."""

    decode_seconds: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """Seconds of processor time that one step of reading an image may take: its header, its pixels,
    one view of what is too large to be handed over. After ten times as long by the clock it ends,
    too."""

    fetch_seconds: float = Field(default=15.0, gt=0, allow_inf_nan=False)
    """Seconds that fetching an image may take in all, redirects included."""

    pdf_dpi: int = Field(default=300, ge=36, le=1200)
    """Dots per inch at which a PDF page is rendered; this makes the original's pixels."""


DEFAULT_LIMITS = ImageLimits()
"""The limits that hold when none are given."""

GUARDED_LIMITS = ImageLimits(
    max_bytes=128 * 1024 * 1024,
    max_pixels=100_000_000,
    max_page_pixels=4_000_000_000,
    max_memory=480_000_000,
    decode_seconds=3.0,
)
"""The limits for images that nobody vouches for: all that a model or a remote user may name. The
tools for agents, the MCP server, the page and the graph that `langgraph.json` names have them."""
