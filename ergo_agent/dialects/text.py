"""What dialects that live in the text of a reply have in common."""

import re
from abc import abstractmethod
from collections.abc import Sequence

from langchain_core.messages import AIMessage

from ergo_agent.dialects.base import Dialect
from ergo_agent.dialects.messages import reply_text
from ergo_agent.dialects.replies import last_words
from ergo_agent.episode.moves import Move
from ergo_agent.views.view import View

__all__ = ["TextDialect"]

_VIEW = re.compile(r' view="\d+"')


class TextDialect(Dialect):
    """A dialect whose replies are text: `parse` reads it, `write` writes its strict form."""

    @abstractmethod
    def parse(self, reply: str, views: Sequence[View]) -> Move:
        """Read the text of a reply; see `Dialect.read`.

        Raises:
            ReplyFormatError: If it holds neither a usable box nor an answer. Nothing else.
        """

    @abstractmethod
    def write(self, move: Move, views: Sequence[View]) -> str:
        """The strict form of `move`, as this family writes it."""

    def read(self, reply: AIMessage, views: Sequence[View]) -> Move:
        """Read a reply; see `Dialect.read`."""
        return self.parse(reply_text(reply), views)

    def last_words(self, reply: AIMessage) -> str | None:
        """The answer in a reply that is no move; see `Dialect.last_words`."""
        return last_words(reply_text(reply))

    def is_strict(self, reply: AIMessage, move: Move, views: Sequence[View]) -> bool:
        """Whether a reply is what `write` writes, but for white space and view numbers."""
        return _bare(self.write(move, views)) == _bare(reply_text(reply))


def _bare(reply: str) -> str:
    return "".join(_VIEW.sub("", reply).split()).replace("<think></think>", "")
