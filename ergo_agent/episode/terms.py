"""What an episode is bound by, as one value that is handed on whole."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ergo_agent.episode.settings import VisionSettings
from ergo_agent.views.tokens import TokenRule
from ergo_agent.views.view import Form

__all__ = ["Terms"]


class Terms(NamedTuple):
    """The settings of an episode, and the rule by which its policy counts what it is shown.

    `Policy.terms` makes them: a rule belongs to a model family, so nothing else has one to offer.
    """

    settings: VisionSettings
    """What the episode may cost, and its other limits."""

    rule: TokenRule
    """What a view costs, and the limits on its size and shape."""

    form: Form = "png"
    """What the policy is known to take views as."""

    def overridden(self, values: Mapping[str, Any]) -> "Terms":
        """These terms, some settings replaced; see `VisionSettings.overridden`.

        Raises:
            BudgetError: If a budget holds no view.
            SettingsError: If any other setting is unknown or outside its range.
        """
        return self._replace(settings=self.settings.overridden(values))
