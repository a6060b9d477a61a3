"""The little that has to be known about file formats beyond what Pillow tells cheaply."""

import numpy as np

__all__ = ["count_gif_frames", "count_jpeg_scans", "jpeg_is_complete", "png_exif"]

_JPEG_START, _JPEG_SCAN, _JPEG_END = 0xD8, 0xDA, b"\xff\xd9"
_JPEG_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
_PNG_SIGNATURE_LENGTH = 8


def jpeg_is_complete(data: bytes) -> bool:
    """Whether an end marker follows the first scan; a cut JPEG has none.

    A JPEG whose segments cannot be followed counts as complete: the decoder will tell.
    """
    position = 0
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == _JPEG_SCAN:
            return data.rfind(_JPEG_END, position) != -1  # from the end, where it is
        if marker == 0xFF:  # fill byte
            position += 1
        elif marker in _JPEG_BARE_MARKERS:
            position += 2
        else:
            position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return True


def count_jpeg_scans(data: bytes) -> int:
    """Number of scans of a JPEG, those of a thumbnail in it counted too."""
    # in a scan, 0xFF is followed by 0; `bytes.count` takes 3.8 ms for 4 MB, this 0.4
    every = np.frombuffer(data, np.uint8)
    pairs = (every[at : at + (len(data) - at) // 2 * 2].view("<u2") for at in (0, 1))
    return sum(int(np.count_nonzero(each == _JPEG_SCAN << 8 | 0xFF)) for each in pairs)


def png_exif(data: bytes) -> bytes | None:
    """The content of a PNG's `eXIf` chunk, which may come after the pixels; None without one."""
    position = _PNG_SIGNATURE_LENGTH
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        if data[position + 4 : position + 8] == b"eXIf":
            return data[position + 8 : position + 8 + length]
        position += 12 + length
    return None


def count_gif_frames(data: bytes, *, most: int) -> int:
    """Number of frames of a GIF, counted without decoding, and no further than `most`."""
    position, frames = 13 + _colour_table_length(data, 10), 0
    while position < len(data) and frames < most:
        kind = data[position]
        if kind == 0x2C:  # an image: descriptor of 10 bytes, colour table, code size, blocks
            frames += 1
            position += 11 + _colour_table_length(data, position + 9)
        elif kind == 0x21:  # an extension: kind, label, blocks
            position += 2
        elif kind == 0x3B:  # the end
            break
        else:
            position += 1
            continue
        position = _after_blocks(data, position)
    return frames


def _colour_table_length(data: bytes, flags_at: int) -> int:
    """Bytes of the colour table announced by the flags at an offset."""
    if flags_at >= len(data) or not data[flags_at] & 0x80:
        return 0
    return 3 << ((data[flags_at] & 0x07) + 1)


def _after_blocks(data: bytes, position: int) -> int:
    """Offset behind a chain of length-prefixed blocks."""
    while position < len(data) and data[position]:
        position += data[position] + 1
    return position + 1
