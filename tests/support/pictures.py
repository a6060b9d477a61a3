"""Images made for tests."""

import io
import struct
import zlib
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw

__all__ = ["save_bad_pictures", "save_picture"]


def save_picture(folder: Path, *, size: tuple[int, int] = (4000, 3000), name: str = "") -> Path:
    """A white page with a black frame and a diagonal, saved as PNG."""
    path = folder / (name or f"{size[0]}x{size[1]}.png")
    path.write_bytes(_encoded(size))
    return path


@cache
def _encoded(size: tuple[int, int]) -> bytes:
    """The page, encoded once: hundreds of tests begin with one."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, size[0] - 1, size[1] - 1), outline="black")
    pen.line((0, 0, *size), fill="red", width=3)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def save_bad_pictures(folder: Path) -> None:
    """What a user may give by mistake or malice: a folder, an empty file, a text, a JPEG cut short,
    a header that promises 40 billion pixels, an image too thin for any view.
    """
    (folder / "folder.png").mkdir()
    (folder / "empty.png").touch()
    (folder / "text.png").write_text("I am no image")
    whole = io.BytesIO()
    Image.effect_noise((400, 300), 50).save(whole, "JPEG")
    (folder / "truncated.jpg").write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])
    header = _png_chunk(b"IHDR", struct.pack(">IIBBBBB", 200_000, 200_000, 8, 2, 0, 0, 0))
    bomb = header + _png_chunk(b"IDAT", zlib.compress(bytes(10**6))) + _png_chunk(b"IEND", b"")
    (folder / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bomb)
    Image.new("L", (30_000, 20)).save(folder / "thin.png")
