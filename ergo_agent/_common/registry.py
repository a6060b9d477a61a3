"""Things that are chosen by name, registered from inside the package and from outside alike."""

import logging
import re
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ergo_agent.errors import SettingsError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["Registry", "loaded"]

_E = TypeVar("_E")
_logger = logging.getLogger(__name__)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Registry(Generic[_E]):
    """Entries by name, in the order in which they came; safe to use from several threads.

    A package of somebody else's names a module in the entry-point group; it is imported when names
    are first looked up, and registers what it has.
    """

    def __init__(self, what: str, *, group: str) -> None:
        """Begin empty.

        Args:
            what: What an entry is, for messages.
            group: The entry-point group, such as `ergo_agent.dialects`.
        """
        self._what = what
        self._group = group
        self._entries: dict[str, _E] = {}
        self._lock = threading.RLock()
        self._broken: dict[object, Exception] = {}
        self._complete = False

    def add(self, name: str, entry: _E) -> None:
        """Register an entry; the same name again replaces it.

        Raises:
            SettingsError: If the name is not in lower case, with digits and underscores.
        """
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name == "auto":
            raise SettingsError(
                f"{name!r} is no name for a {self._what}; give lower-case letters, digits and "
                "underscores, beginning with a letter"
            )
        self._entries[name] = entry

    def get(self, name: object) -> _E | None:
        """The entry of a name, if there is one.

        Raises:
            SettingsError: If the package that has it cannot be imported.
        """
        found = self.all().get(name) if isinstance(name, str) else None
        if found is None and name in self._broken:
            raise SettingsError(
                f"the entry point {name!r} of {self._group} cannot be loaded "
                f"({self._broken[name]!r:.200}); mend or uninstall the package that it belongs to"
            )
        return found

    def all(self) -> dict[str, _E]:
        """Every entry by its name, those of other installed packages included.

        One that cannot be imported is logged and left out: it must not spoil the others.
        """
        from importlib.metadata import entry_points  # noqa: PLC0415  # 30 ms, and not needed twice

        with self._lock:
            if not self._complete:
                self._complete = True  # what is imported below may look names up itself
                for point in entry_points(group=self._group):
                    self._load(point)
            return dict(self._entries)

    def so_far(self) -> tuple[str, ...]:
        """The names of what is registered by now: no other package is looked for (30 ms)."""
        return tuple(self._entries)

    def _load(self, point: "EntryPoint") -> None:
        try:
            point.load()
        except Exception as error:  # a stranger's module may raise anything
            self._broken[point.name] = error
            _logger.warning("%s of %s cannot be loaded: %r", point.name, self._group, error)


def loaded(target: str) -> Any:  # noqa: ANN401  # whatever stands there
    """What `module:name` names; imported now, so that nothing is before it is needed."""
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)
