"""How large the base install is, and what is large in it.

    python -m scripts.base_size build/size

The folder is a fresh virtual environment with nothing but this package in it, as `make size` makes
it. Sizes are blocks on disk, as `du` counts them, in MB of 2**20 bytes; what the files' lengths add
up to is smaller and said too. Fails where the install is above its limit or has torch in it.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

__all__ = ["LIMIT", "main"]

LIMIT = 600
"""MB."""

_MB = 2**20
_SHOWN = 12
_TOOLS = ("pip", "setuptools", "pkg_resources")
"""What `python -m venv` itself puts in; setuptools only before Python 3.12."""


def main(environment: Path) -> None:
    """Measure and print; exit with a message where something is wrong."""
    (packages,) = environment.glob("lib/python*/site-packages")
    blocks: Counter[str] = Counter()
    lengths = bytecode = 0
    for path in _entries(environment):
        size = path.lstat().st_blocks * 512
        blocks[_package(path, packages)] += size
        lengths += path.lstat().st_size
        bytecode += size * (path.suffix == ".pyc")
    total = blocks.total() / _MB
    tools = sum(blocks[name] for name in _TOOLS) / _MB
    for name, size in blocks.most_common(_SHOWN):
        print(f"{size / _MB:6.0f} MB  {name}")
    print(f"{total:6.0f} MB  all on disk ({lengths / _MB:.0f} MB by the files' lengths), of which")
    print(f"{bytecode / _MB:6.0f} MB  bytecode that pip compiles, all packages together")
    print(f"{tools:6.0f} MB  pip and setuptools, which every environment has")
    if "torch" in blocks:
        sys.exit("the base install has torch in it")
    if total >= LIMIT:
        sys.exit(f"the base install is {total:.0f} MB large; it may be {LIMIT}")


def _entries(folder: Path) -> Iterator[Path]:
    """The folder and all in it; nothing twice, and no link followed."""
    yield folder
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            yield from _entries(path)
        else:
            yield path


def _package(path: Path, packages: Path) -> str:
    """The package a path belongs to; the libraries and the metadata beside it count as its own."""
    if packages not in path.parents:
        return "the environment itself"
    first = path.relative_to(packages).parts[0]
    return first.removesuffix(".libs").split("-")[0].replace("opencv_python_headless", "cv2")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
