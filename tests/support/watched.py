"""Questions asked in a process of their own, with all that Python itself reports meanwhile.

The audit hook that listens cannot be removed again, and until Python 3.12 any such hook makes
``sys.settrace``, which coverage calls for each thread, fail now and then. So it lives in a process
that nothing measures.
"""

import re
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Self

from ergo_agent import VisionAnswer, ask
from tests.support.scripted import scripted

WATCHED = frozenset(
    {
        *("open", "os.listdir", "os.scandir", "os.remove", "os.rename", "os.mkdir", "os.system"),
        *("subprocess.Popen", "os.exec", "os.posix_spawn", "os.fork", "exec", "compile", "import"),
        *("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "pickle.find_class"),
    }
)
ADDRESS = re.compile(r"0x[0-9a-f]+")

Reply = str | Callable[[object], str]


class Listening:
    """The hook, and what it has heard since it was last asked to listen."""

    def __init__(self) -> None:
        self.heard: set[str] | None = None
        sys.addaudithook(self._note)  # does nothing unless it is asked to

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        parsed = event == "compile" and arguments[1] == "<unknown>"  # inspect reads our own source
        if self.heard is not None and event in WATCHED and not parsed:
            self.heard.add(ADDRESS.sub("", f"{event} {arguments[:2]!r}"))


_listening: Listening | None = None


def _asked(
    question: str, replies: tuple[Reply, ...], given: dict[str, Any]
) -> tuple[VisionAnswer, set[str]]:
    global _listening  # noqa: PLW0603  one hook a process
    _listening = _listening or Listening()
    if replies:
        given = {**given, "policy": scripted(*replies)}
    heard = _listening.heard = set()
    try:
        return ask(question=question, **given), heard
    finally:
        _listening.heard = None


class Watch:
    """Asks questions in a process of its own, until it is closed."""

    def __init__(self) -> None:
        self._process = ProcessPoolExecutor(1, mp_context=get_context("spawn"))

    def during(
        self, question: str = "What is it?", *, replies: tuple[Reply, ...] = (), **given: Any
    ) -> tuple[VisionAnswer, set[str]]:
        """The answer of a question, and all that happened meanwhile.

        Args:
            question: The question.
            replies: What a scripted model writes, one turn each; none for the policy in ``given``.
            given: Further arguments of :func:`ergo_agent.ask`; pickled, as are the replies.
        """
        return self._process.submit(_asked, question, replies, given).result(timeout=120)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.shutdown()
