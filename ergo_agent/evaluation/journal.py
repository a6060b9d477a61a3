"""Outcomes on disk: a line is whole before its sample counts as done, so a killed run goes on.

A line that was being written when a run was killed is cut off; of two lines about the same sample,
mode and trial the later one holds.
"""

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from ergo_agent._common.json_lines import json_models
from ergo_agent.errors import SettingsError
from ergo_agent.evaluation.outcome import Key, Outcome

__all__ = ["Journal", "read_outcomes"]


class Journal:
    """The outcomes of a run, in memory and in their file; safe to use from several threads."""

    def __init__(self, path: Path, *, retry_errors: bool = False) -> None:
        """Read what an earlier run left, and cut off what it left unfinished.

        Args:
            path: The file; made by the first outcome.
            retry_errors: Whether samples that failed are to be asked again.

        Raises:
            SettingsError: If a line is no outcome, or the file cannot be read.
        """
        self._path = path
        self._lock = threading.Lock()
        _cut_unfinished(path)
        found = {outcome.key: outcome for outcome in read_outcomes(path)}
        self._known = {
            key: one for key, one in found.items() if not (retry_errors and one.error is not None)
        }

    def get(self, key: Key) -> Outcome | None:
        """What came of a sample, if it was asked."""
        return self._known.get(key)

    def add(self, outcome: Outcome) -> None:
        """Write an outcome, and then count it.

        Raises:
            SettingsError: If the file cannot be written.
        """
        line = f"{outcome.model_dump_json()}\n"
        with self._lock:
            try:
                with self._path.open("a", encoding="utf-8", errors="replace") as file:
                    file.write(line)
            except OSError as error:
                raise SettingsError(
                    f"{self._path} cannot be written ({error}); make room and run the same again"
                ) from error
            self._known[outcome.key] = outcome

    def among(self, keys: Iterable[Key]) -> list[Outcome]:
        """The outcomes of some keys, in their order; those not asked yet are passed over."""
        return [self._known[key] for key in keys if key in self._known]


def read_outcomes(path: Path) -> Iterator[Outcome]:
    """The outcomes of a file in the order of its lines; none where there is no file.

    Raises:
        SettingsError: If a line is none, or the file cannot be read.
    """
    if not path.exists():
        return
    try:
        for _, outcome in json_models(path, Outcome):
            yield outcome
    except SettingsError as error:
        raise SettingsError(f"{error}; move the folder away, or take out the line") from error


def _cut_unfinished(path: Path) -> None:
    if not path.exists():
        return
    with path.open("rb+") as file:
        data = file.read()
        if data and not data.endswith(b"\n"):
            file.truncate(data.rfind(b"\n") + 1)
