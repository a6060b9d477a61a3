"""Renders one page of a PDF in a process of its own; run as a program by `caged_pdfs`.

It imports nothing of this package: it starts in 0.1 s. The document comes in on stdin. Out go one
line of JSON with what the document is like, and the page's pixels as RGB where it may be rendered.
"""

import contextlib
import json
import math
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Read what is asked for from the command line, and answer."""
    asked: dict[str, Any] = json.loads(sys.argv[1])
    sys.path.extend(asked["import_from"])
    import pypdfium2 as pdfium  # noqa: PLC0415  # found only now

    _limit(memory=asked["max_memory"], seconds=asked["decode_seconds"])
    try:
        document = pdfium.PdfDocument(sys.stdin.buffer.read())
        document.init_forms()
        _answer(document, asked)
    except pdfium.PdfiumError as error:
        _say({"error": str(error)})


def _limit(*, memory: int, seconds: float) -> None:
    """Bound what this process may take, where the system can: memory on top of what it has."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  # not on Windows

        pages = int(Path("/proc/self/statm").read_text().split()[0])  # Linux
        taken = pages * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds), math.ceil(seconds) + 1))
        resource.setrlimit(resource.RLIMIT_AS, (taken + memory, taken + memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(document: Any, asked: dict[str, Any]) -> None:  # noqa: ANN401
    pages, page = len(document), asked["page"]
    facts: dict[str, Any] = {"pages": pages}
    if not (pages <= asked["max_pages"] and 1 <= page <= pages):
        return _say(facts)
    sides = [side * asked["scale"] for side in document.get_page_size(page - 1)]
    if not all(math.isfinite(side) and side > 0 for side in sides):
        return _say({**facts, "size": [0, 0]})
    size = [math.ceil(side) for side in sides]
    if size[0] * size[1] > asked["max_pixels"]:
        return _say({**facts, "size": size})
    bitmap = document[page - 1].render(scale=asked["scale"], rev_byteorder=True)
    rendered = [bitmap.width, bitmap.height]
    _say({**facts, "size": size, "rendered": rendered, "stride": bitmap.stride, "ok": True})
    sys.stdout.buffer.write(bitmap.buffer)
    sys.stdout.buffer.flush()
    return None


def _say(facts: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n")


if __name__ == "__main__":
    main()
