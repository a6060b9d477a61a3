"""How large an original may be before it is refused."""

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["DEFAULT_LIMITS", "ImageLimits"]


class ImageLimits(BaseModel):
    """Bounds that are checked before anything is decoded; exceeding one is an error.

    They replace Pillow's process-wide `MAX_IMAGE_PIXELS`, which this package neither reads nor
    changes.
    """

    model_config = ConfigDict(frozen=True)

    max_bytes: int = Field(default=256 * 1024 * 1024, gt=0)
    """Most bytes an encoded image or document may have."""

    max_pixels: int = Field(default=256_000_000, gt=0)
    """Most pixels one frame or one rendered page may have; each takes four bytes once decoded."""

    max_frames: int = Field(default=1000, gt=0)
    """Most frames a TIFF, GIF, APNG, WebP or AVIF may have."""

    max_pages: int = Field(default=2000, gt=0)
    """Most pages a PDF may have."""

    fetch_seconds: float = Field(default=15.0, gt=0, allow_inf_nan=False)
    """Seconds that fetching an image may take in all, redirects included."""

    pdf_dpi: int = Field(default=300, ge=36, le=1200)
    """Dots per inch at which a PDF page is rendered; this makes the original's pixels."""


DEFAULT_LIMITS = ImageLimits()
"""The limits that hold when none are given."""
