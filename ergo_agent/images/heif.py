"""Formats that Pillow opens only with a plugin of another package: HEIC and HEIF, as phones write.

The plugin is pi-heif: pillow-heif without its encoder. It is loaded when the first such file comes,
which takes 12 ms.
"""

from functools import cache

__all__ = ["is_heif", "register_heif"]

_CODED = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
"""Brands of files whose pixels are HEVC. A file may have `mif1` before them, as AVIF may."""


def is_heif(data: bytes) -> bool:
    """Whether bytes begin like HEIC or HEIF: a box of brands, one of which is HEVC's."""
    if data[4:8] != b"ftyp":
        return False
    box = data[8 : min(int.from_bytes(data[:4], "big"), 512)]
    brands = {box[at : at + 4] for at in range(0, len(box), 4) if at != 4}  # 4: a version number
    return not brands.isdisjoint(_CODED)


@cache
def register_heif() -> None:
    """Have Pillow know them; each process that decodes calls this for itself.

    Thumbnails, depth maps and other images inside the file stay unread.
    """
    from pi_heif import register_heif_opener  # noqa: PLC0415  # only where it is needed

    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
