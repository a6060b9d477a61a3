"""What the state keeps of a survey: whose text comes from where, and how large the pages are."""

from collections.abc import Mapping, Sequence
from typing import Any

from ergo_agent.documents.document import Document
from ergo_agent.documents.survey import Survey
from ergo_agent.episode.episode import refuse_state
from ergo_agent.episode.pages import pages_of_words

__all__ = ["facts_of", "trusted_pages", "unread_pages"]

_MOST_SIZES = 50
_MOST_NOTES = 20


def unread_pages(state: Mapping[str, Any], document: Document) -> set[int]:
    """The pages that the survey left without a text.

    Args:
        state: Of the episode.
        document: What it is about.

    Raises:
        StateError: If it names none.
    """
    return _named(state, "unread", document)


def trusted_pages(state: Mapping[str, Any], document: Document) -> set[int]:
    """The pages whose text layer the survey found to be right.

    Args:
        state: Of the episode.
        document: What it is about.

    Raises:
        StateError: If it names none.
    """
    return _named(state, "text_layer", document)


def _named(state: Mapping[str, Any], name: str, document: Document) -> set[int]:
    ranges = str((state.get("surveyed") or {}).get(name) or "")
    try:
        return {page for page in pages_of_words(ranges) if page <= document.page_count}
    except ValueError:
        refuse_state(f"surveyed.{name}", ranges, "it names no pages")


def facts_of(survey: Survey) -> dict[str, Any]:
    """What the state keeps of a survey: whose text comes from where, and how large it all is."""
    return {
        "text_layer": survey.by("text_layer"),
        "quick_look": survey.by("quick_look"),
        "unread": survey.by("none"),
        "notes": list(_few(survey.notes())),
        "sizes": _sizes(survey),
    }


def _sizes(survey: Survey) -> list[list[int]]:
    """Width, height and how many pages have them; of most documents one entry."""
    counted: dict[tuple[int, int], int] = {}
    for page in survey.pages.values():
        if page.size.area:
            counted[page.size] = counted.get(page.size, 0) + 1
    common = sorted(counted.items(), key=lambda pair: -pair[1])[:_MOST_SIZES]
    return [[*size, count] for size, count in common]


def _few(notes: Sequence[str]) -> Sequence[str]:
    if len(notes) <= _MOST_NOTES:
        return notes
    return [*notes[:_MOST_NOTES], f"and {len(notes) - _MOST_NOTES} more"]
