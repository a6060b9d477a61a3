"""Texts as terms for counting: words without case, accents and endings; numbers as they stand."""

import re
import unicodedata
from functools import lru_cache

from ergo_agent._common.stems import stemmed

__all__ = ["terms_of"]

_WORD = re.compile(r"\w+")
_REMEMBERED = 50_000
_LONGEST = 40
"""Letters of a term; what is longer is no word."""

_stem = lru_cache(_REMEMBERED)(stemmed)


def terms_of(text: str) -> list[str]:
    """The terms of a text, in order.

    Args:
        text: Whatever stands on a page or in a question.
    """
    return [_stem(word[:_LONGEST]) for word in _WORD.findall(_plain(text))]


def _plain(text: str) -> str:
    """Lower case without accents."""
    apart = unicodedata.normalize("NFKD", text[:200_000]).casefold()
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
