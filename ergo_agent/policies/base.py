"""What drives the graph: a chat model and the dialect it is spoken to in."""

from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel

from ergo_agent.dialects.base import Dialect

__all__ = ["Policy"]


@dataclass(frozen=True)
class Policy:
    """A chat model together with its dialect."""

    model: BaseChatModel
    dialect: Dialect

    @property
    def name(self) -> str:
        """How results name the policy: the model and the dialect."""
        model = getattr(self.model, "model_name", None) or getattr(self.model, "model", None)
        return f"{model or self.model._llm_type}/{self.dialect.name}"

    async def ready(self) -> "Policy":
        """The policy, once what only its server knows is known; the same one each time."""
        return self
