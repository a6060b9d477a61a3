"""The browser's way in, without the token on its command line, which every user of a machine sees.

A browser is told to open a file that only its own user can read; the file leads to the page.
"""

import os
import shutil
import threading
import webbrowser
from html import escape
from pathlib import Path
from tempfile import mkdtemp

__all__ = ["Entrance"]

_SECONDS = 60
"""For a browser to come; on a machine that starts it for the first time it takes ten."""

_LEADING = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url={url}">
<title>ergo-agent</title>
<a href="{url}">Open the page</a>
</html>
"""


class Entrance:
    """A file that leads to the page; it is there from the beginning, and gone after `close`."""

    def __init__(self, url: str) -> None:
        """Write the file.

        Args:
            url: With the token in it.
        """
        # a browser from a snap sees a home folder, and neither the system's /tmp nor hidden folders
        self._folder = Path(mkdtemp(prefix="ergo-agent-", dir=Path.home() if _snaps() else None))
        file = self._folder / "open.html"
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as leading:
            leading.write(_LEADING.format(url=escape(url)))
        self.url = file.as_uri()

    def open(self, *, entered: threading.Event) -> None:
        """Open a browser, and close once it has come, or after a minute; blocking.

        Args:
            entered: Set once somebody was let in.
        """
        webbrowser.open(self.url)
        entered.wait(_SECONDS)
        self.close()

    def close(self) -> None:
        """Remove the file."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _snaps() -> bool:
    return Path("/snap").is_dir() and os.access(Path.home(), os.W_OK)
