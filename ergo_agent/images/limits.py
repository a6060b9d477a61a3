"""How large an original may be before it is refused."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["DEFAULT_LIMITS", "GUARDED_LIMITS", "ImageLimits"]


class ImageLimits(BaseModel):
    """Bounds that are checked before anything is decoded; exceeding one is an error.

    They replace Pillow's process-wide `MAX_IMAGE_PIXELS`, which this package neither reads nor
    changes.
    """

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="after")
    def _caged(self) -> Self:
        """A process that renders is given both limits."""
        if self.decode_seconds is not None and self.max_memory is None:
            raise ValueError("decode_seconds needs max_memory beside it")
        return self

    max_bytes: int = Field(default=256 * 1024 * 1024, gt=0)
    """Most bytes an encoded image or document may have."""

    max_pixels: int = Field(default=256_000_000, gt=0)
    """Most pixels one frame or one rendered page may have; each takes four bytes once decoded."""

    max_frames: int = Field(default=1000, gt=0)
    """Most frames a TIFF, GIF, APNG, WebP or AVIF may have."""

    max_pages: int = Field(default=2000, gt=0)
    """Most pages a PDF may have."""

    max_memory: int | None = Field(default=None, ge=50_000_000)
    """Most bytes that an image may need while it is decoded, its encoded bytes included, by what
    was measured for its format; 50 MB at least. None leaves it at `max_pixels`."""

    decode_seconds: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """Seconds of processor time that a PDF page may take, rounded up. It is then rendered in a
    process of its own, which takes 0.1 s longer, within `max_memory`; None renders it in this one.
    """

    fetch_seconds: float = Field(default=15.0, gt=0, allow_inf_nan=False)
    """Seconds that fetching an image may take in all, redirects included."""

    pdf_dpi: int = Field(default=300, ge=36, le=1200)
    """Dots per inch at which a PDF page is rendered; this makes the original's pixels."""


DEFAULT_LIMITS = ImageLimits()
"""The limits that hold when none are given."""

GUARDED_LIMITS = ImageLimits(
    max_bytes=128 * 1024 * 1024,
    max_pixels=96_000_000,
    max_memory=480_000_000,
    decode_seconds=3.0,
)
"""The limits for images that nobody vouches for, as those that an agent's model names."""
