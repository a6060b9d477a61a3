"""The processes that decode what is not trusted: kept warm, bounded, replaced when they die.

No library for images has limits of its own that would help: 30 kB of PDF that draw one line 70,000
times keep pdfium busy for 7 s, a GIF of 239 kB took Pillow 1,616 MB, a JPEG 2000 of 1,398 bytes
654 MB. Nothing in a header tells such a file from an honest one.
"""

import atexit
import json
import mmap
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, NamedTuple

from ergo_agent.images.child import HEAD

try:
    import fcntl
except ImportError:  # Windows
    _SHARES = False
else:
    _SHARES = hasattr(os, "memfd_create") and hasattr(fcntl, "F_ADD_SEALS")  # Linux

__all__ = ["PROGRAM", "Overrun", "Reply", "run_job"]

PROGRAM = Path(__file__).with_name("child.py")

_KEPT_VARIABLES = frozenset({"PATH", "LD_LIBRARY_PATH", "SYSTEMROOT"})
"""Of the environment: where keys are, these processes have no business."""
_ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "16777216",
    "MALLOC_TRIM_THRESHOLD_": "33554432",
}
"""So that glibc reserves no address space for threads, gives large blocks back and keeps as much as
views take: a photograph of 12 megapixels took 24 ms more where each block was fetched anew."""

_WAITING = 10
"""How many times the seconds of processor time are waited by the clock, on a busy machine."""

_MOST = min(8, os.cpu_count() or 1)
"""Processes at once; each keeps 50 to 85 MB while it waits."""

_PIPE = 1 << 20
"""Bytes of a pipe, where the system can: an A4 page takes 20 ms less than through 64 KiB."""


_FETCHED = 64_000_000
"""Bytes of pixels for which memory is fetched before it is known that they can be decoded."""

_KEPT = 16_000_000
"""Bytes of what a process may keep between two jobs."""


class Overrun(Exception):  # noqa: N818  # becomes an error of the tree where the job is known
    """A process took more than it may, or broke over what it was given."""


class Reply(NamedTuple):
    """What a job came to."""

    told: dict[str, Any]
    pixels: bytearray | mmap.mmap
    """RGBX."""


class _Process:
    """One of them; it does one job at a time."""

    def __init__(self) -> None:
        self._rooms: socket.socket | None = None
        theirs: socket.socket | None = None
        if _SHARES:
            self._rooms, theirs = socket.socketpair()
        rooms = None if theirs is None else theirs.fileno()
        begun = {"import_from": sys.path, "rooms": rooms}
        environment = {name: os.environ[name] for name in _KEPT_VARIABLES & os.environ.keys()}
        self._process = subprocess.Popen(  # noqa: S603  # our own program, by its path
            [sys.executable, "-I", str(PROGRAM), json.dumps(begun)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libtiff writes a line for each entry that it does not know
            bufsize=0,
            pipesize=_PIPE,
            env=environment | _ENVIRONMENT,
            pass_fds=() if rooms is None else (rooms,),
        )
        if theirs is not None:
            theirs.close()
        self.holds: int | None = None
        """The key of what it opened in its last job, and still has."""

    def run(self, asked: dict[str, Any], data: bytes, most: int, room: int) -> Reply | None:
        """Do a job; None where the process had ended before it was given.

        Raises:
            Overrun: If it exceeded a limit, or the reply is none.
        """
        clock = threading.Timer(_WAITING * asked["seconds"], self._process.kill)
        clock.daemon = True
        clock.start()
        try:
            return self._asked(asked, data, most, room)
        except (OSError, ValueError, EOFError) as error:
            self.end()
            raise Overrun from error
        except BaseException:  # an interrupt: the reply would be taken for that of the next job
            self.end()
            raise
        finally:
            clock.cancel()

    def _asked(self, asked: dict[str, Any], data: bytes, most: int, room: int) -> Reply | None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        again = asked["job"] in {"open", "draft"} or asked.get("alone")
        keep = bool(again) and len(data) <= _KEPT
        text = json.dumps({**asked, "room": room, "keep": keep}).encode()
        if self.holds == asked["key"]:
            data = b""
        self.holds = asked["key"] if keep else None
        shared = _SharedRoom(room) if room and self._rooms is not None else None
        try:
            if shared is not None and self._rooms is not None:
                socket.send_fds(self._rooms, [b"."], [shared.descriptor])
            for part in (HEAD.pack(len(text), len(data)) + text, data):
                _write(self._process.stdin, part)
            memory = None if shared is None else shared.mapped()
            head = _read(self._process.stdout, HEAD.size)
        except (BrokenPipeError, EOFError):
            if self._process.wait() == 0:  # it has had its day, see `child`
                return None
            raise
        finally:
            if shared is not None:
                os.close(shared.descriptor)
        told_length, pixel_length = HEAD.unpack(head)
        if told_length > 65_536 or pixel_length > most + (0 if memory else room):
            raise ValueError(f"a reply of {told_length} and {pixel_length} bytes")
        told = json.loads(_read(self._process.stdout, told_length))
        read = _read(self._process.stdout, pixel_length)
        return Reply(told, read if memory is None else memory)

    @property
    def gone(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()
        for end in (self._process.stdin, self._process.stdout, self._rooms):
            if end is not None:
                end.close()


class _SharedRoom:
    """New memory for a page's pixels, which a process is given, too, and whose length is fixed."""

    def __init__(self, length: int) -> None:
        self._length = length
        self.descriptor = os.memfd_create("ergo-agent", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self.descriptor, length)
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW
        fcntl.fcntl(self.descriptor, fcntl.F_ADD_SEALS, seals)

    def mapped(self) -> mmap.mmap:
        """The memory, here; fetched from the system while the process decodes, if it is not large.

        A photograph of 12 megapixels is there 15 ms earlier than if the process had to wait for
        each page of memory.
        """
        flags = mmap.MAP_SHARED | (mmap.MAP_POPULATE if self._length <= _FETCHED else 0)
        return mmap.mmap(self.descriptor, self._length, flags=flags)


def _write(pipe: IO[bytes], data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[pipe.write(rest) :]


def _read(pipe: IO[bytes], length: int) -> bytearray:
    read = bytearray(length)
    rest = memoryview(read)
    while rest:
        got = pipe.readinto(rest)  # type: ignore[attr-defined]
        if not got:
            raise EOFError
        rest = rest[got:]
    return read


_idle: list[_Process] = []
_lock = threading.Lock()
_places = threading.Semaphore(_MOST)


def run_job(asked: dict[str, Any], data: bytes, *, most: int, room: int) -> Reply:
    """Have a job done by a process that waits, or by a new one; blocking.

    Args:
        asked: What `jobs.reply_to` takes, and the bounds: `memory` in bytes, `seconds` of the
            processor. Jobs with the same `key` are about the same image and page.
        data: The encoded image.
        most: Bytes of pixels that the reply may have.
        room: Bytes of pixels of a whole page, which are shared where the system can.

    Raises:
        Overrun: If the process exceeded a limit; it was ended.
    """
    with _places:
        while True:
            process = _waiting(asked["key"])
            fresh = process is None
            process = process or _Process()
            reply = process.run(asked, data, most, room)
            if reply is not None:
                _idle.append(process)
                return reply
            process.end()
            if fresh:
                raise Overrun


def _waiting(key: int) -> _Process | None:
    """The process that has the image already, or the one used last, whose memory is warm."""
    with _lock:
        for process in [each for each in _idle if each.gone]:  # killed by others
            _idle.remove(process)
            process.end()
        for process in reversed(_idle):
            if process.holds == key:
                _idle.remove(process)
                return process
        return _idle.pop() if _idle else None


@atexit.register
def _end_all() -> None:
    while _idle:
        _idle.pop().end()


def _forget() -> None:
    """In a forked child, which would share the pipes with its parent."""
    global _places, _lock  # noqa: PLW0603
    _idle.clear()
    _lock = threading.Lock()
    _places = threading.Semaphore(_MOST)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
