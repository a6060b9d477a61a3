"""Images made for tests."""

from pathlib import Path

from PIL import Image, ImageDraw

__all__ = ["save_picture"]


def save_picture(folder: Path, *, size: tuple[int, int] = (4000, 3000), name: str = "") -> Path:
    """A white page with a black frame and a diagonal, saved as PNG."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, size[0] - 1, size[1] - 1), outline="black")
    pen.line((0, 0, *size), fill="red", width=3)
    path = folder / (name or f"{size[0]}x{size[1]}.png")
    image.save(path, compress_level=1)
    return path
