"""Files that are being written: held by a lock while their writer lives.

A lock is let go by the system when its process ends, however that ends, and it is seen from other
containers and machines that share the folder, where a process number would say nothing.
"""

import contextlib
import os
import stat
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["ABANDONED_AFTER", "is_abandoned", "lock"]

_YOUNG = 60
"""Seconds in which a file is left alone: it is locked a moment after it is made."""

ABANDONED_AFTER = 24 * 60 * 60
"""Seconds after which nobody is writing any more, where locks cannot tell: 512 MiB over 10 kB/s
take 15 hours."""


def lock(descriptor: int) -> None:
    """Hold a file for as long as it is open, where the system and its file system can."""
    if fcntl is not None:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_abandoned(part: Path) -> bool:
    """Whether no process is writing a file any more.

    Raises:
        OSError: If it is gone, or cannot be looked at.
    """
    status = part.lstat()
    age = time.time() - status.st_mtime
    if age < _YOUNG or not stat.S_ISREG(status.st_mode):
        return False
    if fcntl is None:
        return age > ABANDONED_AFTER
    descriptor = os.open(part, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return age > ABANDONED_AFTER
    finally:
        os.close(descriptor)
    return True
