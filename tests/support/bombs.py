"""Files that are small to store and large to open, and files that are two things at once."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

from PIL import Image

__all__ = [
    "deflated",
    "encoded",
    "gif",
    "jpeg_comment",
    "jpeg_of_many_scans",
    "nested_forms",
    "pdf",
    "pdf_page",
    "png",
    "png_chunk",
    "stream",
    "tiff",
    "tiff_of_many_frames",
    "zipped",
]


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


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
