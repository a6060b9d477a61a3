"""Files that are small to store and large to open, and files that are two things at once."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import cache

from PIL import Image

__all__ = [
    "HOSTILE",
    "animated_png",
    "deflated",
    "encoded",
    "gif",
    "jpeg_comment",
    "jpeg_of_many_scans",
    "layered_gif",
    "nested_forms",
    "overlapping_tiff",
    "pdf",
    "pdf_page",
    "png",
    "png_chunk",
    "stream",
    "tiff",
    "tiff_of_many_frames",
    "wide_progressive_jpeg",
    "zipped",
]


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@cache
def deflated(megabytes: int, *, of: bytes = b"\0") -> bytes:
    """So many megabytes of a pattern, deflated to about a thousandth.

    One block is repeated, which takes no time.
    """
    part = (of * (1_000_000 // len(of) + 1))[: 1_000_000 // len(of) * len(of)]
    packer = zlib.compressobj(9)
    first = packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(megabytes):
        check = zlib.adler32(part, check)
    return first + block * (megabytes - 1) + b"\x03\0" + check.to_bytes(4)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + check


def png(width: int, height: int, *, data: bytes, before: bytes = b"", bits: int = 8) -> bytes:
    """A PNG, RGB at 8 bits and grey at fewer, whose pixels are whatever `data` inflates to."""
    header = struct.pack(">IIBBBBB", width, height, bits, 2 if bits == 8 else 0, 0, 0, 0)
    body = png_chunk(b"IHDR", header) + before + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def gif(
    *, frames: int = 1, screen: tuple[int, int] = (1, 1), frame: tuple[int, int] = (1, 1)
) -> bytes:
    """A GIF of frames with one pixel's data each, 20 bytes a frame."""
    header = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    one = b"\x2c" + struct.pack("<HHHHB", 0, 0, *frame, 0) + b"\x02\x02\x4c\x01\x00"
    return header + one * frames + b"\x3b"


def jpeg_of_many_scans(size: tuple[int, int], *, scans: int) -> bytes:
    """A progressive JPEG whose last scan is repeated."""
    data = encoded(Image.new("L", size), "JPEG", progressive=True)
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * scans + data[-2:]


def jpeg_comment(jpeg: bytes, comment: bytes) -> bytes:
    return jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + jpeg[2:]


def tiff(
    entries: Sequence[tuple[int, int, int]], *, data: bytes = b"", following: int = 0
) -> bytes:
    """A little-endian TIFF with one directory of long values: (tag, count, value).

    Its data lies at byte 8, the directory behind it.
    """
    at = 8 + len(data) + len(data) % 2
    directory = struct.pack("<H", len(entries))
    for tag, count, value in sorted(entries):
        directory += struct.pack("<HHII", tag, 4, count, value)
    head = b"II*\0" + struct.pack("<I", at)
    return (head + data).ljust(at, b"\0") + directory + struct.pack("<I", following or 0)


def tiff_of_many_frames(frames: int) -> bytes:
    """A TIFF of so many frames of one pixel, each with a directory of its own."""
    tags = [
        (256, 1),
        (257, 1),
        (258, 8),
        (259, 1),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, 1),
        (279, 1),
    ]
    length = 2 + 12 * len(tags) + 4
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    ends = [10 + (frame + 1) * length for frame in range(frames - 1)] + [0]
    directories = (
        struct.pack("<H", len(tags)) + entries + struct.pack("<I", following) for following in ends
    )
    return b"II*\0" + struct.pack("<I", 10) + b"\0\0" + b"".join(directories)


def stream(entries: bytes, data: bytes) -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(data), data)


def pdf(objects: Sequence[bytes], *, more: bytes = b"") -> bytes:
    """A PDF of these objects, the first of which is its catalogue."""
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%b"
        b"trailer<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF"
        % (count, table, count, more, len(out))
    )


def pdf_page(
    *objects: bytes, resources: bytes = b"", box: str = "0 0 300 300", catalogue: bytes = b""
) -> bytes:
    """A PDF of one page, whose content is object 4, the first of those given."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[%b]/Contents 4 0 R/Resources<<%b>>>>"
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R%b>>" % catalogue,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            page % (box.encode(), resources),
            *objects,
        ]
    )


def nested_forms(*, depth: int, width: int) -> bytes:
    """A page whose form draws another eight times, which draws another eight times, and so on."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 300 300]"
    forms = [
        stream(form + b"/Resources<</XObject<</F %d 0 R>>>>" % (6 + level), b"/F Do " * width)
        for level in range(depth)
    ]
    last = stream(form, b"0 0 9 9 re f")
    return pdf_page(stream(b"", b"/F Do"), *forms, last, resources=b"/XObject<</F 5 0 R>>")


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def animated_png(side: int, *, frames: int) -> bytes:
    """Frames of RGBA, each laid upon the one before, which is kept to go back to."""
    pixels = deflated(side * (4 * side + 1) // 1_000_000 + 1)
    parts = [png_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0))]
    parts.append(png_chunk(b"acTL", struct.pack(">II", frames, 0)))
    for number in range(frames):
        control = struct.pack(">IIIIIHHBB", max(0, 2 * number - 1), side, side, 0, 0, 1, 9, 2, 1)
        parts.append(png_chunk(b"fcTL", control))
        data = pixels if number == 0 else struct.pack(">I", 2 * number) + pixels
        parts.append(png_chunk(b"fdAT" if number else b"IDAT", data))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + png_chunk(b"IEND", b"")


def layered_gif(side: int, *, frames: int) -> bytes:
    """Frames that are partly transparent, and after each of which the one before is restored."""
    data = encoded(Image.new("P", (side, side)), "GIF")
    start = data.index(b"\x2c" + struct.pack("<HHHH", 0, 0, side, side))
    control = b"\x21\xf9\x04" + bytes([3 << 2 | 1]) + b"\0\0\0\0"
    return data[:start] + (control + data[start:-1]) * frames + b"\x3b"


def overlapping_tiff(*, frames: int, entries: int) -> bytes:
    """Directories of so many entries, each of which begins twelve bytes behind the one before.

    What is the number of entries of one is the end of an entry of another.
    """
    wanted = {256: 1, 257: 1, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 1, 279: 1}
    records = [struct.pack("<HHHIH", entries, 700, 1, 1, 0)] * (entries + frames)
    for at, (tag, value) in enumerate(wanted.items(), start=frames):
        records[at] = struct.pack("<HHHIH", entries, tag, 3, 1, value)
    for at in range(frames - 1):  # where the next directory is stands behind the entries
        records[entries + at] = struct.pack("<HIIH", entries, 8 + 12 * (at + 1), 0, 0)
    return b"II*\0" + struct.pack("<I", 8) + b"".join(records)


def wide_progressive_jpeg(side: int) -> bytes:
    """Three channels in full, whose coefficients are kept for all scans."""
    data = encoded(Image.new("RGB", (320, 240)), "JPEG", progressive=True, subsampling=0)
    return data.replace(b"\x08\x00\xf0\x01\x40", b"\x08" + struct.pack(">HH", side, side))


def _png_of_chunks() -> bytes:
    return png(1, 1, data=deflated(1), before=png_chunk(b"aaAa", b"") * 400_000)


def _jpeg_filled(filling: bytes) -> bytes:
    data = encoded(Image.new("RGB", (320, 240)), "JPEG")
    return data[:2] + filling + data[2:]


HOSTILE: dict[str, tuple[Callable[[], bytes], int]] = {
    "apng-frame-4": (lambda: animated_png(5400, frames=4), 4),
    "gif-restored-frame-4": (lambda: layered_gif(8900, frames=4), 4),
    "gif-beyond-screen-frame-2": (lambda: _gif_growing(16_000), 2),
    "jpeg-progressive-444": (lambda: wide_progressive_jpeg(9000), 1),
    "jpeg-fill-bytes": (lambda: _jpeg_filled(b"\xff" * 3_000_000), 1),
    "jpeg-empty-segments": (lambda: _jpeg_filled(b"\xff\xfe\0\2" * 700_000), 1),
    "jpeg2000-rgba": (lambda: encoded(Image.new("RGBA", (5300, 5300)), "JPEG2000"), 1),
    "tiff-rgba": (lambda: _tiff_blank("RGBA"), 1),
    "tiff-cmyk": (lambda: _tiff_blank("CMYK"), 1),
    "tiff-overlapping": (lambda: overlapping_tiff(frames=1000, entries=60_000), 1),
    "tiff-resolutions": (
        lambda: tiff(
            [(256, 1, 1), (257, 1, 1), (258, 1, 8), (262, 1, 1), (282, 3_000_000, 8)],
            data=bytes(12_000_000),
        ),
        1,
    ),
    "avif-rgba": (lambda: encoded(Image.new("RGBA", (7000, 7000)), "AVIF", speed=10), 1),
    "ppm-comments": (lambda: b"P3 9000 9000 255\n" + b"#\n" * 2_000_000, 1),
    "png-empty-chunks": (_png_of_chunks, 1),
    "png-orientations": (
        lambda: png(
            1,
            1,
            data=deflated(1),
            before=png_chunk(
                b"eXIf",
                b"II*\0\x08\0\0\0\x01\0"
                + struct.pack("<HHII", 274, 3, 3_000_000, 26)
                + bytes(6_000_004),
            ),
        ),
        1,
    ),
    "webp-rgba": (lambda: encoded(Image.new("RGBA", (7000, 7000)), "WEBP", method=0), 1),
    "bmp-large": (lambda: encoded(Image.new("1", (30_000, 3000)), "BMP"), 1),
    "pdf-forms": (lambda: nested_forms(depth=8, width=8), 1),
}
"""What takes most of each format, with the page that does; by name."""


def _tiff_blank(mode: str) -> bytes:
    return encoded(Image.new(mode, (8000, 8000)), "TIFF", compression="tiff_deflate")


def _gif_growing(side: int) -> bytes:
    """A second frame that is far larger than the screen, and cleared after it was shown."""
    header = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    small = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x4c\x01\x00"
    large = b"\x2c" + struct.pack("<HHHHB", 0, 0, side, side, 0) + b"\x02\x02\x4c\x01\x00"
    control = b"\x21\xf9\x04" + bytes([2 << 2 | 1]) + b"\0\0\0\0"
    return header + small + control + large + control + large + b"\x3b"
