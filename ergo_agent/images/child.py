"""Decodes what is not trusted, one job after the other; run as a program by `process`.

A job comes in on stdin and its reply goes out on stdout, each as a `HEAD`, that much JSON and that
many bytes: the encoded image in, pixels as RGBX out. Where the system can, the pixels of a whole
page are written into memory that both programs share, which comes over a socket. Memory and
processor time are bounded anew for each job; one that exceeds them ends the program, and with it
all that the job did.
"""

import contextlib
import gc
import importlib
import json
import mmap
import os
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import IO, Any

HEAD = struct.Struct(">IQ")
"""Lengths of the JSON and of the bytes that follow it."""

_LEFT_OVER = 64_000_000
"""Bytes that a job may leave behind; a program that has kept more ends, and another is started."""

_OF_THE_NEXT = 8
"""What earlier jobs left of address space may take one part in so many of what the next one may
have; else a new program does that job. Decoders left 3 to 36 MB, and an image that just fits its
limit was refused for it."""


def main() -> None:
    """Answer jobs until stdin ends."""
    begun = json.loads(sys.argv[1])
    sys.path.extend(begun["import_from"])
    rooms = None if begun["rooms"] is None else socket.socket(fileno=begun["rooms"])
    _without_faces("ergo_agent", "ergo_agent.images")
    jobs = importlib.import_module("ergo_agent.images.jobs")
    with contextlib.suppress(BrokenPipeError):  # nobody waits any more
        _serve(sys.stdin.buffer, sys.stdout.buffer, rooms, jobs)


def _without_faces(*packages: str) -> None:
    """Let these packages' modules be imported without what they export: 0.15 s and not 1 s."""
    for name in packages:
        package = ModuleType(name)
        package.__path__ = [str(Path(__file__).parents[2].joinpath(*name.split(".")))]
        sys.modules[name] = package


def _serve(
    questions: IO[bytes], replies: IO[bytes], rooms: socket.socket | None, jobs: ModuleType
) -> None:
    gc.freeze()  # to collect what a job left takes 1 ms then, not 10
    address_space, resident = _taken()
    while len(head := questions.read(HEAD.size)) == HEAD.size:
        asked_length, data_length = HEAD.unpack(head)
        asked = json.loads(questions.read(asked_length))
        before = _taken()
        if jobs.prepare(asked):
            address_space += _taken()[0] - before[0]
            resident += _taken()[1] - before[1]
        if not _has_room(asked, _taken()[0] - address_space):
            _give_back()
            if _OF_THE_NEXT * (_taken()[0] - address_space) > asked["memory"]:
                return
        with _bounded(address_space + asked["memory"], asked["seconds"]):
            room = _room(rooms) if asked["room"] and rooms is not None else None
            told, pixels = jobs.reply_to(asked, questions.read(data_length), room)
            text = json.dumps(told).encode()
            replies.write(HEAD.pack(len(text), told.get("bytes", 0)) + text)
            for strip in pixels:
                replies.write(strip)
            replies.flush()
            del pixels, room
        gc.collect()
        if _taken()[1] > resident + _LEFT_OVER:
            return


def _has_room(asked: dict[str, Any], left_over: int) -> bool:
    """Whether what earlier jobs left cannot be missing to the next one."""
    return bool(left_over <= min(asked["spare"], asked["memory"] // _OF_THE_NEXT))


def _give_back() -> None:
    """Give memory that is not used back; a large image, or a small limit, makes it necessary."""
    importlib.import_module("ergo_agent._common.memory").give_back_memory()


def _room(rooms: socket.socket) -> mmap.mmap:
    """The memory that is shared for a job; its length is sealed."""
    _, [room], _, _ = socket.recv_fds(rooms, 1, 1)
    try:
        return mmap.mmap(room, 0)
    finally:
        os.close(room)


@contextlib.contextmanager
def _bounded(address_space: int, seconds: float) -> Iterator[None]:
    """Bound memory and processor time where the system can; too much time kills the program."""
    try:
        import resource  # noqa: PLC0415  # not on Windows, where the other end's clock remains
        import signal  # noqa: PLC0415
    except ImportError:
        yield
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):  # macOS has no such limit
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (address_space, most))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _taken() -> tuple[int, int]:
    """Bytes of address space and of memory that the program has; zeros where nobody counts."""
    try:
        import resource  # noqa: PLC0415

        address_space, resident = Path("/proc/self/statm").read_text("ascii").split()[:2]
    except (ImportError, OSError):
        return 0, 0
    page = resource.getpagesize()
    return int(address_space) * page, int(resident) * page


if __name__ == "__main__":
    main()
