"""Who can be asked, and why not."""

from typing import Any

from ergo_agent.policies.base import Policy
from ergo_agent.policies.choice import (
    PolicyChoice,
    check_usable,
    choose_policy,
    resolved_name,
    why_not_here,
)
from ergo_agent.policies.local import LocalChatModel
from ergo_agent.policies.registry import ways
from ergo_agent.report.words import who_in_words

__all__ = ["PagePolicies"]

_GIVEN = "given"
"""The name of a policy that came as an object."""


class PagePolicies:
    """The menu of policies."""

    def __init__(self, policy: PolicyChoice = None) -> None:
        """Say which is asked where a question names none.

        Args:
            policy: Its name, or a chat model or a `Policy`, which then is one more in the menu.

        Raises:
            SettingsError: If there is no such policy, or a variable that it needs is not set.
            MissingExtraError: If what it needs is not installed.
        """
        self._given: Policy | None = None
        self._used: dict[str, Policy] = {}
        if policy is None or isinstance(policy, str):
            self.default = resolved_name("auto" if policy is None else policy)
            check_usable(self.default)
        else:
            self._given, self.default = choose_policy(policy), _GIVEN

    def menu(self) -> list[dict[str, Any]]:
        """Each policy with its name, what to call it, and why it cannot be asked, if it cannot."""
        listed = [
            {"name": name, "title": way.title, "why_not": why_not_here(name)}
            for name, way in ways().items()
        ]
        if self._given is not None:
            listed.insert(
                0, {"name": _GIVEN, "title": who_in_words(self._given.name), "why_not": None}
            )
        return listed

    def check(self, name: str) -> None:
        """Refuse a policy that cannot be asked.

        Raises:
            SettingsError: If there is no such policy, or a variable that it needs is not set.
            MissingExtraError: If what it needs is not installed.
        """
        if name != _GIVEN or self._given is None:
            check_usable(name)

    def get(self, name: str) -> Policy:
        """The policy of a name; blocking: the first time it may load a model.

        Raises:
            FatalError: If it cannot be had.
        """
        if name == _GIVEN and self._given is not None:
            return self._given
        policy = self._used[name] = choose_policy(name)
        return policy

    def close(self) -> None:
        """Give back what models that were loaded into this process hold; blocking."""
        for policy in self._used.values():
            if isinstance(policy.model, LocalChatModel):
                policy.model.close()
