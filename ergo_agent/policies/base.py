"""What drives the graph: a chat model and the dialect it is spoken to in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cachetools import LRUCache
from langchain_core.language_models import BaseChatModel

from ergo_agent.dialects.base import Dialect
from ergo_agent.episode.moves import Stage
from ergo_agent.episode.settings import VisionSettings
from ergo_agent.episode.terms import Terms
from ergo_agent.images.shown_layers import ShownLayer
from ergo_agent.views.view import Form, View

__all__ = ["Policy"]

_KEPT = 16
"""Above all graphs for different settings; one is made in 4 ms."""


@dataclass(frozen=True)
class Policy:
    """A chat model together with its dialect."""

    model: BaseChatModel
    dialect: Dialect
    form: Form = "png"
    """What the model is known to take views as."""

    kept: LRUCache[tuple[Any, ...], Any] = field(
        default_factory=lambda: LRUCache(_KEPT), compare=False, repr=False
    )
    """What others made for this policy and may make again, each key beginning with what it is."""

    @property
    def name(self) -> str:
        """How results name the policy: the model and the dialect."""
        model = getattr(self.model, "model_name", None) or getattr(self.model, "model", None)
        return f"{model or self.model._llm_type}/{self.dialect.name}"

    @property
    def pages_at_once(self) -> int:
        """How many pages of a document are looked at side by side: what the model declares.

        One where it declares nothing. A server answers several as fast as one; a model in this
        process would only read pages that turn out not to be needed.
        """
        return int(getattr(self.model, "pages_at_once", 1))

    @property
    def episodes_at_once(self) -> int:
        """How many episodes a batch runs side by side: what the model declares.

        Eight where it declares nothing, as one asks of an API without knowing its limits; a batch
        takes fewer as soon as the server turns requests away.
        """
        return int(getattr(self.model, "episodes_at_once", 8))

    @property
    def takes_layer(self) -> bool:
        """Whether the model reads text layers of the pages that it is shown."""
        return bool(getattr(self.model, "takes_layer", False))

    def terms(self, settings: VisionSettings) -> Terms:
        """What an episode with this policy is bound by.

        Args:
            settings: What it may cost.
        """
        return Terms(settings, self.dialect.token_rule, self.form)

    async def ready(self) -> "Policy":
        """The policy, once what only its server knows is known; the same one each time."""
        return self

    def options(
        self,
        stage: Stage,
        views: Sequence[View],
        *,
        session: str | None = None,
        layer: ShownLayer | None = None,
    ) -> dict[str, Any]:
        """What the model is called with besides the messages.

        Args:
            stage: Where in the episode the question stands.
            views: All views shown so far, those of the question included, in order.
            session: What all requests of the episode have in common.
            layer: What of the page's text layer the views show, where it is to be trusted.

        Returns:
            `pattern`, the regular expression of the reply, for a model that declares
            `takes_pattern` and a dialect that has one; `session` for a model that declares
            `takes_session`; `layer` for one that declares `takes_layer`; `stop_tokens`, the
            dialect's, for one that declares `takes_stop_tokens`.
        """
        options: dict[str, Any] = {}
        if getattr(self.model, "takes_pattern", False):
            pattern = self.dialect.reply_pattern(stage, views)
            options |= {} if pattern is None else {"pattern": pattern}
        if session is not None and getattr(self.model, "takes_session", False):
            options["session"] = session
        if layer is not None and self.takes_layer:
            options["layer"] = layer
        if self.dialect.stop_tokens and getattr(self.model, "takes_stop_tokens", False):
            options["stop_tokens"] = self.dialect.stop_tokens
        return options
