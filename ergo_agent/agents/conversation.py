"""The images in an agent's conversation, and what its model may call them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Self

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from ergo_agent.agents.views import SeenView, is_view_id, views_of
from ergo_agent.errors import ImageNotFoundError
from ergo_agent.images import is_remote
from ergo_agent.images.blocks import SentImage, read_image
from ergo_agent.images.urls import without_secrets

__all__ = ["Conversation", "GivenImage", "GivenView"]

_NOUN = r"(?:image|picture|photo|photograph|figure|document|file|attachment|pdf|scan)"
_NUMBERED = re.compile(
    rf"(?:(?:the )?{_NOUN}[ _#-]*(?:(?:no\.?|number) ?)?)?#?(\d{{1,4}})", re.ASCII
)
_ORDINAL = re.compile(rf"(?:the |this |that )?(?:([a-z]+|\d{{1,4}}[a-z]{{2}}) )?{_NOUN}", re.ASCII)
_VIEW = re.compile(r"(?:the )?view[ _#-]*([0-9a-f]{6})", re.ASCII)
_LAST_VIEW = re.compile(r"(?:the )?(?:last|latest|newest|most recent) view", re.ASCII)
_WORDS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_LAST = frozenset({"last", "latest", "newest", "recent"})
_LONGEST_NAME = 60
"""Of what is read as "image 2" or "the last image"; all else is a file's name, path or URL."""

_LISTED = 20
"""Most images that an error lists; the last ones."""


class GivenImage(NamedTuple):
    """An image that somebody put into the conversation."""

    number: int
    image: SentImage
    speaker: str

    @property
    def name(self) -> str:
        """What models call it."""
        return f"image {self.number}"

    @property
    def described(self) -> str:
        """Its name, file and origin, on one line; a URL without what may be secret in it."""
        label = self.image.file_name
        if label is None and self.image.kind == "url" and is_remote(self.image.source):
            label = without_secrets(self.image.source)
        label = "" if label is None else f"{_printable(label)}, "
        return f"{self.name} ({label}from {self.speaker})"


class GivenView(NamedTuple):
    """A view that a tool showed, with its pixels."""

    seen: SeenView
    image: SentImage

    @property
    def name(self) -> str:
        """What models call it."""
        return self.seen.name


class Conversation:
    """Everything in some messages that shows something.

    Images are numbered from 1 in the order in which they came, whoever sent them. Views that this
    package's tools showed have names of their own, so that they do not shift the numbers.
    """

    def __init__(self, messages: Sequence[BaseMessage]) -> None:
        """Look through the messages.

        Args:
            messages: All of the conversation, in order.
        """
        self.images: list[GivenImage] = []
        self.views: dict[str, GivenView] = {}
        for message in messages:
            self._read(message)

    @classmethod
    def of_state(cls, state: object) -> Self | None:
        """The conversation in a graph's state; None where there is no state.

        What is no LangChain message is passed over: a model that makes up a state of its own, which
        `ToolNode` takes away and plain `invoke` does not, can write JSON and no messages.
        """
        if state is None:
            return None
        return cls([message for message in _listed(state) if isinstance(message, BaseMessage)])

    def find(self, name: str) -> GivenImage | GivenView | None:
        """What a model means by a name; None where it means nothing in the conversation.

        Args:
            name: "image 2", "the last image", "view 3f9a2c", or the name of a file that was sent.

        Raises:
            ImageNotFoundError: If it is formed like a name in the conversation, but nothing there
                has it.
        """
        wanted = name.strip().strip("\"'`").strip()
        for given in reversed(self.images):
            if given.image.file_name is not None and given.image.file_name == wanted:
                return given
        if len(wanted) > _LONGEST_NAME:
            return None
        simple = " ".join(wanted.lower().split())
        found = self._view(simple)
        return self._image(simple) if found is None and self.images else found

    def listing(self) -> str:
        """One sentence about everything that has a name."""
        names = [given.described for given in self.images]
        names += [given.name for given in self.views.values()]
        if not names:
            return "The conversation holds no image."
        earlier = len(names) - _LISTED
        more = f"{earlier} earlier ones; " if earlier > 0 else ""
        return f"The conversation holds {more}{'; '.join(names[-_LISTED:])}."

    def names_by_key(self) -> dict[str, str]:
        """The name of each image by `SentImage.key`; of equal images that of the first."""
        return {given.image.key: given.name for given in reversed(self.images)}

    def _read(self, message: BaseMessage) -> None:
        seen: dict[str, SeenView] = {}
        if isinstance(message, ToolMessage):
            seen = {view.name: view for view in views_of(message.artifact)}
        for image in _images(message):
            name = (image.block_id or "").replace("_", " ")
            if is_view_id(image.block_id) and name in seen:
                self.views.pop(name, None)  # shown again, it becomes the last one
                self.views[name] = GivenView(seen[name], image)
            else:
                self.images.append(GivenImage(len(self.images) + 1, image, _speaker(message)))

    def _view(self, name: str) -> GivenView | None:
        if _LAST_VIEW.fullmatch(name) and self.views:
            return next(reversed(self.views.values()))
        asked = _VIEW.fullmatch(name)
        if asked is None:
            return None
        known = self.views.get(f"view {asked[1]}")
        if known is None:
            raise ImageNotFoundError(f"there is no view {asked[1]} in the conversation")
        return known

    def _image(self, name: str) -> GivenImage | None:
        number = self._number(name)
        if number is None:
            return None
        if not 1 <= number <= len(self.images):
            raise ImageNotFoundError(f"there is no image {number} in the conversation")
        return self.images[number - 1]

    def _number(self, name: str) -> int | None:
        """The number that is meant; None where a name means none."""
        numbered = _NUMBERED.fullmatch(name)
        if numbered:
            return int(numbered[1])
        ordinal = _ORDINAL.fullmatch(name.replace("most recent", "recent"))
        if ordinal is None:
            return None
        word = ordinal[1]
        if word is None:
            return self._only(name)
        if word in _LAST:
            return len(self.images)
        if word in _WORDS:
            return _WORDS.index(word) + 1
        return int(word[:-2]) if word[:-2].isdecimal() else None

    def _only(self, name: str) -> int:
        if len(self.images) > 1:
            raise ImageNotFoundError(f"it is not clear which image {name!r} is; give its number")
        return 1


def _listed(state: object) -> Sequence[Any]:
    """The messages of a state, be it a list, a mapping or an object, under whatever key."""
    if isinstance(state, list | tuple):
        return state
    fields = state if isinstance(state, Mapping) else getattr(state, "__dict__", {})
    lists = [value for value in fields.values() if isinstance(value, list | tuple)]
    return fields.get("messages") or next(filter(_has_message, lists), [])


def _has_message(values: Sequence[Any]) -> bool:
    return any(isinstance(value, BaseMessage) for value in values)


def _images(message: BaseMessage) -> Iterator[SentImage]:
    content = message.content if isinstance(message.content, list) else []
    return (image for image in map(read_image, content) if image is not None)


def _speaker(message: BaseMessage) -> str:
    if isinstance(message, ToolMessage):
        return f"the tool {_printable(message.name)}" if message.name else "a tool"
    if isinstance(message, HumanMessage):
        return "the user"
    return "the assistant" if isinstance(message, AIMessage) else "the instructions"


def _printable(text: str) -> str:
    """A text from outside on one line, and short."""
    return "".join(mark if mark.isprintable() else " " for mark in text[:80])
