"""What every dialect does: how one model family is asked, and how its replies are read.

A reply is a LangChain message, so that a dialect may live in its text or in its tool calls. What
of it a later turn needs is kept as plain JSON (`record`), and made into messages again from that
(`replay`): an episode is always sent the same way, byte for byte.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable

from ergo_agent.episode.moves import Move, Stage
from ergo_agent.errors import MoveError
from ergo_agent.views.frames import Frame
from ergo_agent.views.tokens import TokenRule
from ergo_agent.views.view import View

__all__ = ["Dialect"]


class Dialect(ABC):
    """Prompts, move grammar, box frame, token rule and limits of one model family."""

    name: str
    frame: Frame
    """The frame that its boxes are written in; moves always hold view pixels."""

    token_rule: TokenRule
    """What a view costs, and the limits on its size and shape."""

    stop_tokens: tuple[str, ...] = ()
    """How the family ends a turn, where a server may not stop there by itself."""

    @abstractmethod
    def system_prompt(self) -> str | None:
        """The system message, or None for a family that is asked without one."""

    @abstractmethod
    def ask(self, question: str, views: Sequence[View], *, stage: Stage) -> str:
        """The text of the user turn that comes with the newly shown views.

        Args:
            question: The user's question, as given.
            views: All views shown so far, this turn's included, in order.
            stage: Where in the episode this turn stands.
        """

    @abstractmethod
    def second_question(self, error: MoveError, views: Sequence[View]) -> str:
        """The one second question after a reply that could not be used; no image comes with it."""

    @abstractmethod
    def read(self, reply: AIMessage, views: Sequence[View]) -> Move:
        """Read a reply, as tolerantly as is safe.

        Args:
            reply: What the model said, whatever it holds.
            views: All views shown so far; a box without a view number belongs to the last one.

        Returns:
            The move, its boxes in view pixels.

        Raises:
            ReplyFormatError: If it holds neither a usable box nor an answer. Nothing else.
        """

    @abstractmethod
    def last_words(self, reply: AIMessage) -> str | None:
        """The answer in a reply to the last question that was not read as one; None if none."""

    @abstractmethod
    def is_strict(self, reply: AIMessage, move: Move, views: Sequence[View]) -> bool:
        """Whether a reply that was read as `move` has the family's own strict form."""

    def reply_pattern(self, stage: Stage, views: Sequence[View]) -> str | None:  # noqa: ARG002
        """The regular expression of a whole reply, for servers that enforce one.

        Args:
            stage: Where in the episode the question stands.
            views: All views shown so far, those of the question included, in order.

        Returns:
            A pattern without anchors, lookaround or back references, so that vLLM's backends take
            it; None for a family whose replies are not bound by one.
        """
        return None

    def bind(self, model: BaseChatModel) -> Runnable[LanguageModelInput, AIMessage]:
        """The model, given what it needs to speak this dialect; as it is for a dialect of text.

        Raises:
            SettingsError: If the model cannot speak it.
        """
        return model

    def record(self, reply: AIMessage) -> dict[str, Any] | None:  # noqa: ARG002
        """What of a reply `replay` needs beyond its text, as plain JSON; None if nothing."""
        return None

    def replay(
        self,
        text: str,
        *,
        record: dict[str, Any] | None,  # noqa: ARG002
        error: str | None,  # noqa: ARG002
    ) -> list[BaseMessage]:
        """The messages that stand for a past reply, between two user turns.

        Args:
            text: The text of the reply.
            record: What `record` kept of it.
            error: Why it could not be used, if it could not.
        """
        return [AIMessage(text)]
