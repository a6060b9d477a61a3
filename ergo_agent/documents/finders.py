"""Who says which pages to open: page finders, by name.

A finder of somebody else's is registered like those of this package, by `register_finder` in a
module that the entry-point group `ergo_agent.page_finders` names.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeVar, runtime_checkable

from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableConfig

from ergo_agent._common.registry import Registry, loaded
from ergo_agent.documents.document import Document
from ergo_agent.documents.survey import Survey
from ergo_agent.episode.pages import Hit
from ergo_agent.episode.terms import Terms
from ergo_agent.errors import SettingsError
from ergo_agent.images.maker import ViewMaker
from ergo_agent.policies.base import Policy

__all__ = [
    "FinderChoice",
    "Found",
    "PageFinder",
    "Search",
    "choose_finder",
    "finder_names",
    "register_finder",
]

_Maker = TypeVar("_Maker", bound=Callable[[], Any])


class Search(NamedTuple):
    """What a finder is asked, and what it may use."""

    question: str
    document: Document
    survey: Survey | None
    """A text for each page; None for a finder that needs no text."""

    policy: Policy
    terms: Terms
    """What the episode is bound by."""

    maker: ViewMaker
    """Opens pages and makes views."""

    max_vision_tokens: int
    """What the finder may spend."""

    config: RunnableConfig
    """Of the run, for what is called: callbacks, tags."""


class Found(NamedTuple):
    """What a finder found."""

    hits: list[Hit]
    """The best first; pages that it says nothing of may be missing."""

    vision_tokens: int = 0
    """What it spent."""


@runtime_checkable
class PageFinder(Protocol):
    """Ranks the pages of a document for a question."""

    name: str
    """How results name it."""

    needs_text: bool
    """Whether it ranks by the pages' texts; else no survey is made."""

    async def find(self, search: Search) -> Found:
        """The pages worth opening.

        Raises:
            ErgoError: If it cannot say.
        """


FinderChoice = str | PageFinder | BaseRetriever | None
"""What a finder may be given as:

- `"text"` or None: by words and by meaning, from the survey's texts;
- `"policy"`: the policy is shown small pages and says which to open, for documents of pictures;
- any LangChain retriever whose documents have a `page` in their metadata, counted from 1; see
  `RetrieverFinder` for other habits;
- a `PageFinder`, or the name of one that another package registered.
"""

_finders: Registry[str | Callable[[], Any]] = Registry(
    "page finder", group="ergo_agent.page_finders"
)


def register_finder(name: str) -> Callable[[_Maker], _Maker]:
    """Register a finder: a decorator for its class, or a function that makes one.

    Args:
        name: What it is chosen by; the same name again replaces it.

    Raises:
        SettingsError: If the name cannot be one.
    """

    def register(make: _Maker) -> _Maker:
        _finders.add(name, make)
        return make

    return register


def finder_names() -> tuple[str, ...]:
    """The names of all finders."""
    return tuple(_finders.all())


def choose_finder(finder: FinderChoice = None) -> PageFinder:
    """The finder that is meant.

    Raises:
        SettingsError: If there is none of that name, or what was given is none.
    """
    if isinstance(finder, BaseRetriever):
        from ergo_agent.documents.retriever_finder import RetrieverFinder  # noqa: PLC0415

        return RetrieverFinder(finder)
    if finder is not None and not isinstance(finder, str):
        if isinstance(finder, PageFinder):
            return finder
        raise SettingsError(
            f"finder is a {type(finder).__name__}, which finds no pages; give one of "
            f"{', '.join(finder_names())}, a LangChain retriever, or a PageFinder"
        )
    make = _finders.get(finder or "text")
    if make is None:
        raise SettingsError(
            f"finder={finder!r} is unknown; give one of {', '.join(finder_names())}, a LangChain "
            "retriever, or a PageFinder"
        )
    made = loaded(make)() if isinstance(make, str) else make()
    if not isinstance(made, PageFinder):
        raise SettingsError(
            f"finder={finder!r} was registered with what makes a {type(made).__name__}; it has to "
            "make a PageFinder"
        )
    return made


_finders.add("text", "ergo_agent.documents.text_finder:TextFinder")
_finders.add("policy", "ergo_agent.documents.policy_finder:PolicyFinder")
